import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it, vi } from 'vitest'
import { openStoring } from '../../src/store/storing.js'
import type { FromWorker, ToWorker } from '../../src/store/thread.js'
import type { Entry } from '../../src/store/writer.js'
import { started } from '../support/records.js'

type Batch = Extract<ToWorker, { type: 'batch' }>

const batch = (id: number, count: number, about: Partial<Batch> = {}): Batch => ({
  type: 'batch',
  id,
  entries: Array.from({ length: count }, (_, index) => ({
    message: started({ requestId: `ar-${id}-${index}` }),
    bodiesDropped: 0,
  })),
  bytes: 0,
  lent: [],
  since: 0,
  isAlone: false,
  ...about,
})

/** `taken`: how many messages a commit takes. */
function storing(taken = Number.POSITIVE_INFINITY, refuse: () => void = () => undefined) {
  const commits: number[] = []
  const said: FromWorker[] = []
  const store = openStoring({
    file: 'axonhub.db',
    say: (message) => void said.push(message),
    waitForRoom: () => undefined,
    settled: (lent) => [...lent],
    write(entries: readonly Entry[]) {
      refuse()
      const count = Math.min(taken, entries.length)
      commits.push(count)
      return { stored: count, orphans: 0, rejected: [], taken: count }
    },
  })
  return { store, commits, said }
}

const settled = async () => {
  await turn()
  await turn()
}

describe('batches that wait for the store', () => {
  it('share a commit, and are told of by the last one', async () => {
    const { store, commits, said } = storing()
    for (const id of [1, 2, 3]) store.take(batch(id, 10))
    expect(commits).toEqual([])
    await settled()
    expect(commits).toEqual([30])
    expect(said).toEqual([{ type: 'stored', id: 3, stored: 30, orphans: 0, rejected: [] }])
  })

  it('keep the buffers that were lent with them until all of it is stored', async () => {
    let isFull = true
    const { store, said } = storing(1, () => {
      if (isFull) throw Object.assign(new Error('full'), { name: 'SqliteError', code: 'SQLITE_FULL' })
    })
    const [one, two] = [new ArrayBuffer(1), new ArrayBuffer(2)]
    store.take(batch(1, 2, { lent: [one] }))
    store.take(batch(2, 1, { lent: [two] }))
    await settled()
    expect(said).toMatchObject([{ type: 'blocked' }])
    isFull = false
    await vi.waitFor(() => expect(said[1]).toMatchObject({ type: 'stored', id: 2, spare: [one, two] }))
  })

  it('are told of when all of them are stored, however many commits it takes', async () => {
    const { store, commits, said } = storing(25)
    store.take(batch(1, 40))
    store.take(batch(2, 20))
    await settled()
    expect(commits).toEqual([25, 25, 10])
    expect(said).toMatchObject([{ id: 2, stored: 60 }])
  })

  it('are written at once when they are many, or when they are asked for', () => {
    const { store, commits } = storing()
    store.take(batch(1, 1_000))
    expect(commits).toEqual([])
    store.take(batch(2, 24))
    expect(commits).toEqual([1_024])
    store.take(batch(3, 5))
    store.flush()
    expect(commits).toEqual([1_024, 5])
  })

  it('share nothing with one that is to be alone, and is written at once', async () => {
    const { store, commits, said } = storing()
    store.take(batch(1, 2))
    store.take(batch(2, 3, { isAlone: true }))
    expect(commits).toEqual([2, 3])
    store.take(batch(3, 4, { isAlone: true }))
    store.take(batch(4, 5))
    store.take(batch(5, 6))
    await settled()
    expect(commits).toEqual([2, 3, 4, 11])
    expect(said).toMatchObject([{ id: 1 }, { id: 2 }, { id: 3 }, { id: 5 }])
  })

  it('wait in their order while the disk refuses', async () => {
    let isFull = true
    const { store, commits, said } = storing(Number.POSITIVE_INFINITY, () => {
      if (isFull) throw Object.assign(new Error('full'), { name: 'SqliteError', code: 'SQLITE_FULL' })
    })
    store.take(batch(1, 1))
    await settled()
    expect(said).toMatchObject([{ type: 'blocked' }])
    store.take(batch(2, 2))
    store.flush()
    await settled()
    expect(commits).toEqual([])
    isFull = false
    await expect.poll(() => said.at(-1), { timeout: 5_000 }).toMatchObject({ type: 'stored', id: 2 })
    expect(commits).toEqual([1, 2])
    store.stop()
  })

  it('that have become many meanwhile are told of bit by bit, so that there is room for others again', async () => {
    let isFull = true
    const { store, commits, said } = storing(Number.POSITIVE_INFINITY, () => {
      if (isFull) throw Object.assign(new Error('full'), { name: 'SqliteError', code: 'SQLITE_FULL' })
    })
    for (let id = 1; id <= 40; id++) store.take(batch(id, 64))
    await settled()
    isFull = false
    await expect.poll(() => said.at(-1), { timeout: 5_000 }).toMatchObject({ type: 'stored', id: 40 })
    expect(commits).toEqual([1_024, 1_024, 512])
    expect(said).toMatchObject([{ type: 'blocked' }, { id: 16 }, { id: 32 }, { id: 40 }])
  })
})
