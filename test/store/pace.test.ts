import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'
import { type PaceParts, paceCell, paceOf, setHurry, threadPace } from '../../src/store/pace.js'

/** A machine whose time goes on only in pauses and in work; `others` share of a core is taken by other threads. */
function machine(others: () => number = () => 0.2) {
  let time = 1_000
  let isUrgent = false
  const pauses: number[] = []
  const parts: PaceParts = {
    now: () => time,
    isUrgent: () => isUrgent,
    pause(ms) {
      pauses.push(ms)
      time += ms
      return others()
    },
  }
  return {
    parts,
    pauses,
    work: (ms: number) => {
      time += ms
    },
    hurry: () => {
      isUrgent = true
    },
    time: () => time,
  }
}

describe('the pace of the store', () => {
  it('is short pieces with short pauses while others work as well', () => {
    const { parts, pauses, work } = machine()
    const pace = paceOf(parts, 1_000)
    for (let piece = 0; piece < 100; piece++) {
      work(0.1)
      pace.breathe()
    }
    expect(pauses).toHaveLength(33)
    expect(new Set(pauses)).toEqual(new Set([0.5]))
  })

  it('is longer pieces while nobody else works', () => {
    const { parts, pauses, work } = machine(() => 0)
    const pace = paceOf(parts, 1_000)
    for (let piece = 0; piece < 100; piece++) {
      work(0.1)
      pace.breathe()
    }
    expect(pauses).toHaveLength(4)
  })

  it('waits while others need a whole core, until what is to be stored is old', () => {
    const { parts, pauses, work, time } = machine(() => 1)
    const pace = paceOf(parts, 900)
    pace.waitForRoom()
    expect(time()).toBeGreaterThanOrEqual(1_300)
    expect(time()).toBeLessThan(1_306)
    const before = pauses.length
    work(50)
    pace.breathe()
    expect(pauses).toHaveLength(before)
  })

  it('goes on as soon as there is room', () => {
    let looks = 0
    const { parts, pauses } = machine(() => (++looks < 3 ? 1 : 0.1))
    paceOf(parts, 1_000).waitForRoom()
    expect(pauses).toEqual([0.5, 5, 5])
  })

  it('knows no pauses when somebody waits', () => {
    const { parts, pauses, work, hurry } = machine(() => 1)
    const pace = paceOf(parts, 1_000)
    hurry()
    pace.waitForRoom()
    work(10)
    pace.breathe()
    expect(pauses).toEqual([])
  })

  it('commits after a tenth of a second, but not while there is still time', () => {
    const young = machine()
    const first = paceOf(young.parts, 1_000)
    young.work(200)
    expect(first.isEnough()).toBe(false)
    young.work(201)
    expect(first.isEnough()).toBe(true)
    const old = machine()
    const second = paceOf(old.parts, 0)
    old.work(99)
    expect(second.isEnough()).toBe(false)
    old.work(2)
    expect(second.isEnough()).toBe(true)
  })
})

describe('a pause of a thread', () => {
  it('ends at once when the other one says that somebody waits, and is one again afterwards', () => {
    const cell = paceCell()
    const parts = threadPace(cell)
    const took = (ms: number) => {
      const at = parts.now()
      parts.pause(ms)
      return parts.now() - at
    }
    setHurry(cell, true)
    expect(parts.isUrgent()).toBe(true)
    expect(took(60_000)).toBeLessThan(30_000)
    setHurry(cell, false)
    expect(parts.isUrgent()).toBe(false)
    expect(took(20)).toBeGreaterThanOrEqual(19)
  })

  it('tells how much the process worked meanwhile', async () => {
    const parts = threadPace(paceCell())
    expect(parts.pause(50)).toBeLessThan(1)
    const busy = new Worker('for (;;);', { eval: true })
    await once(busy, 'online')
    expect(parts.pause(300)).toBeGreaterThan(0.05)
    await busy.terminate()
  })
})
