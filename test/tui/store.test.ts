// The store tells whoever draws at most fifteen times a second, however much happens; nothing is lost on the way.
import { describe, expect, it } from 'vitest'
import type { Effect } from '../../src/tui/effect.js'
import { createStore, FRAME_MS, type Timers } from '../../src/tui/store.js'
import { opened, update } from '../../src/tui/update.js'
import { empty, NOW } from './samples.js'

/** A clock that goes on when it is told to. */
function handClock(): Timers & { pass(ms: number): void } {
  let now = 0
  let waiting: { at: number; action: () => void }[] = []
  return {
    monotonic: () => now,
    after(ms, action) {
      const one = { at: now + ms, action }
      waiting.push(one)
      return () => {
        waiting = waiting.filter((other) => other !== one)
      }
    },
    pass(ms) {
      const end = now + ms
      for (;;) {
        const [next] = waiting.filter(({ at }) => at <= end).sort((one, other) => one.at - other.at)
        if (next === undefined) break
        now = Math.max(now, next.at)
        waiting = waiting.filter((other) => other !== next)
        next.action()
      }
      now = end
    },
  }
}

function opening(timers: Timers) {
  const ran: Effect[] = []
  const store = createStore({
    first: opened(empty()),
    update,
    run: (effect) => ran.push(effect),
    timers,
    frameMs: FRAME_MS,
  })
  return { store, ran }
}

describe('the store', () => {
  it('draws at most fifteen frames in a second of a thousand messages, the last of them too', () => {
    const clock = handClock()
    const { store } = opening(clock)
    const drawn: number[] = []
    store.subscribe(() => drawn.push(store.model().now))
    for (let at = 1; at <= 1_000; at++) {
      clock.pass(1)
      store.dispatch({ type: 'tick', now: NOW + at })
    }
    clock.pass(100)
    expect(drawn.length).toBeGreaterThan(10)
    expect(drawn.length).toBeLessThanOrEqual(16)
    expect(drawn.at(-1)).toBe(NOW + 1_000)
  })

  it('draws a single key at once', () => {
    const clock = handClock()
    const { store } = opening(clock)
    clock.pass(1_000)
    let drawn = 0
    store.subscribe(() => {
      drawn += 1
    })
    store.dispatch({ type: 'key', key: { name: '?', text: '?' } })
    clock.pass(1)
    expect(drawn).toBe(1)
    clock.pass(5_000)
    expect(drawn).toBe(1)
  })

  it('runs effects in their order, the first ones when it opens', () => {
    const clock = handClock()
    const { store, ran } = opening(clock)
    clock.pass(1)
    store.dispatch({ type: 'retry' })
    store.dispatch({ type: 'key', key: { name: 'q', text: 'q' } })
    expect(ran.map(({ type }) => type)).toEqual(['follow', 'follow', 'quit'])
  })

  it('no longer tells who has left', () => {
    const clock = handClock()
    const { store } = opening(clock)
    let drawn = 0
    const stop = store.subscribe(() => {
      drawn += 1
    })
    stop()
    store.dispatch({ type: 'tick', now: NOW + 1 })
    clock.pass(1_000)
    expect(drawn).toBe(0)
  })
})
