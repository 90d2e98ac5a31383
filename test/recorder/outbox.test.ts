import { setImmediate } from 'node:timers/promises'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { Outbox } from '../../src/recorder/outbox.js'
import type { ToWorker } from '../../src/store/thread.js'
import { started } from '../support/records.js'

function outbox(isThere: () => boolean, maxBytes = 64 * 1024 * 1024) {
  const posted: ToWorker[] = []
  const urged: boolean[] = []
  let tries = 0
  const box = new Outbox(
    (message) => {
      tries++
      if (isThere()) posted.push(message)
      return isThere()
    },
    () => undefined,
    maxBytes,
    (isUrgent) => void urged.push(isUrgent),
  )
  return { box, posted, urged, tries: () => tries }
}

const messages = (count: number) =>
  Array.from({ length: count }, (_, index) => started({ requestId: `ar-${index}` }))

afterEach(() => void vi.useRealTimers())

describe('what waits for the store', () => {
  it('leaves soon when it is little, and with what follows when it is a burst', () => {
    vi.useFakeTimers()
    const { box, posted } = outbox(() => true)
    for (const message of messages(3)) box.add(message, 'full')
    vi.advanceTimersByTime(60)
    expect(posted).toMatchObject([{ entries: { length: 3 } }])
    box.settle({ type: 'stored', id: 1, stored: 3, orphans: 0, rejected: [] })
    for (const message of messages(40)) box.add(message, 'full')
    vi.advanceTimersByTime(60)
    for (const message of messages(5)) box.add(message, 'full')
    expect(posted).toHaveLength(1)
    vi.advanceTimersByTime(300)
    expect(posted).toMatchObject([{}, { entries: { length: 45 } }])
  })

  it('is copied into a buffer that the store had and gave back, when it is large', () => {
    vi.useFakeTimers()
    const { box, posted } = outbox(() => true)
    const lent = () => posted.flatMap((message) => (message.type === 'batch' ? message.lent : []))
    const ask = (letter: string) => {
      box.add(started({ requestId: `ar-${letter}`, body: Buffer.alloc(300 * 1024, letter) }), 'full')
      vi.advanceTimersByTime(60)
    }
    ask('a')
    const [first] = lent()
    box.settle({ type: 'stored', id: 1, stored: 1, orphans: 0, rejected: [], spare: lent() })
    ask('b')
    expect(lent()).toEqual([first, first])
    expect(new TextDecoder().decode(first).slice(0, 3)).toBe('bbb')
    box.settle({ type: 'stored', id: 2, stored: 1, orphans: 0, rejected: [], spare: lent().slice(1) })
    box.forgetSpare()
    ask('c')
    expect(lent()[2]).not.toBe(first)
    box.add(started({ requestId: 'ar-small', body: Buffer.alloc(1_000) }), 'full')
    vi.advanceTimersByTime(60)
    expect(lent()).toHaveLength(3)
  })

  it('is not offered again and again while nobody is there, and goes at once when somebody is', () => {
    let isThere = false
    const { box, posted, tries } = outbox(() => isThere)
    for (const message of messages(5_000)) box.add(message, 'full')
    expect(tries()).toBe(1)
    isThere = true
    box.sendAgain()
    expect(posted).toMatchObject([{ type: 'batch', entries: { length: 5_000 } }])
  })

  it('leaves when its bodies are many bytes, however few messages it is', () => {
    const { box, posted } = outbox(() => true)
    const body = Buffer.alloc(400 * 1024)
    for (const message of messages(40)) box.add({ ...message, body }, 'full')
    expect(posted).toEqual([])
    box.add({ ...started({ requestId: 'ar-last' }), body }, 'full')
    expect(posted).toMatchObject([{ type: 'batch', entries: { length: 41 } }])
  })

  it('leaves bodies out when thousands of messages wait, because these are never dropped', () => {
    const { box } = outbox(() => true, 1024 * 1024)
    const body = Buffer.alloc(100)
    for (const message of messages(4_000)) box.add({ ...message, body }, 'full')
    expect(box.counts().bodiesDropped).toBe(0)
    for (const message of messages(1_000)) box.add({ ...message, body }, 'full')
    const { bodiesDropped, queuedMessages } = box.counts()
    expect(bodiesDropped).toBeGreaterThan(0)
    expect(queuedMessages).toBe(5_000)
  })

  it('is handed over bit by bit when it is much, so that nobody waits for that', async () => {
    const { box, posted } = outbox(() => true)
    for (const message of messages(1_024)) box.add(message, 'full')
    expect(posted).toMatchObject([{ entries: { length: 64 } }])
    await setImmediate()
    expect(posted).toHaveLength(2)
    await expect.poll(() => posted.length).toBe(16)
    const ids = posted.flatMap((message) => (message.type === 'batch' ? message.entries : []))
    expect(ids.map(({ message }) => message.requestId)).toEqual(
      messages(1_024).map(({ requestId }) => requestId),
    )
  })

  it('all leaves at once when somebody waits for it in the middle of that', async () => {
    const { box, posted } = outbox(() => true)
    for (const message of messages(1_030)) box.add(message, 'full')
    box.send()
    await setImmediate()
    expect(posted).toMatchObject([{ entries: { length: 64 } }, { entries: { length: 966 } }])
  })

  it('leaves in its order when all of it is copied, though many came behind a large body', async () => {
    const { box, posted } = outbox(() => true)
    const body = Buffer.alloc(3 * 1024 * 1024, 'words ')
    box.add(started({ requestId: 'ar-large', body }), 'full')
    for (const message of messages(1_100)) box.add(message, 'full')
    expect(posted).toEqual([])
    await expect.poll(() => posted.length).toBe(18)
    const entries = posted.flatMap((message) => (message.type === 'batch' ? message.entries : []))
    expect(entries.map(({ message }) => message.requestId)).toEqual([
      'ar-large',
      ...messages(1_100).map(({ requestId }) => requestId),
    ])
    // Byte by byte the runner takes seconds for it.
    const [large] = entries.map(({ message }) =>
      message.type === 'request-started' ? message.body : undefined,
    )
    expect(large instanceof Uint8Array && body.equals(large)).toBe(true)
  })

  it('is urgent when somebody asks for it, until all of it is stored', () => {
    const { box, urged } = outbox(() => true)
    box.send()
    expect(urged).toEqual([])
    for (const message of messages(3)) box.add(message, 'full')
    box.send()
    for (const message of messages(2)) box.add(message, 'full')
    box.send()
    expect(urged).toEqual([true])
    box.settle({ type: 'stored', id: 1, stored: 3, orphans: 0, rejected: [] })
    expect(urged).toEqual([true])
    box.settle({ type: 'stored', id: 2, stored: 2, orphans: 0, rejected: [] })
    expect(urged).toEqual([true, false])
  })

  it('is urgent when it takes half of the room for it', () => {
    const { box, urged } = outbox(() => true, 1_000)
    const body = Buffer.alloc(251)
    box.add({ ...started({ requestId: 'ar-1' }), body }, 'full')
    expect(urged).toEqual([])
    box.add({ ...started({ requestId: 'ar-2' }), body }, 'full')
    expect(urged).toEqual([true])
  })

  it('is settled by the word about the last batch', () => {
    const { box } = outbox(() => true)
    const body = Buffer.alloc(100)
    for (const count of [1, 2, 3]) {
      for (const message of messages(count)) box.add({ ...message, body }, 'full')
      box.send()
    }
    box.settle({ type: 'stored', id: 2, stored: 3, orphans: 0, rejected: [] })
    expect(box.counts()).toMatchObject({ queuedBytes: 300, queuedMessages: 3, stored: 3 })
  })
})
