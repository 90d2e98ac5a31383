import { randomBytes } from 'node:crypto'
import type Database from 'better-sqlite3'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { listTraces } from '../../src/store/listing.js'
import { openPruning } from '../../src/store/pruning.js'
import { isPruneDue, type PruneRule, prune, usedBytes } from '../../src/store/retention.js'
import { showBody, showTrace } from '../../src/store/show.js'
import type { Pruned } from '../../src/store/views.js'
import { finished, STARTED_AT, started, wordsOf } from '../support/records.js'
import { sessionBodies } from '../support/session.js'
import { type TestStore, testStore } from '../support/test-store.js'

const HOUR = 3_600_000

function pruned(database: Database.Database, rule: Omit<PruneRule, 'dryRun'>, dryRun = false): Pruned {
  const steps = prune(database, { ...rule, dryRun })
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
  }
}

/** One request of its own conversation, or of `trace`, `hour` hours after the first. */
function record({ write }: TestStore, hour: number, body: Uint8Array, trace = `at-${hour}`): void {
  const startedAt = STARTED_AT + hour * HOUR
  const requestId = `ar-${String(hour).padStart(4, '0')}`
  write(
    started({ requestId, traceId: trace, startedAt, body }),
    finished({ requestId, finishedAt: startedAt + 900, responseBody: Buffer.from(wordsOf(hour, 2_000)) }),
  )
}

function bodyOf({ database }: TestStore, hour: number): string {
  return Buffer.from(
    showBody(database, { request: `ar-${String(hour).padStart(4, '0')}`, which: 'request' }),
  ).toString('latin1')
}

const chunkCount = (database: Database.Database) =>
  database.prepare<[], number>('SELECT count(*) FROM chunks').pluck().get() ?? 0

const own = (hour: number) => Buffer.from(`{"model":"m","messages":["${wordsOf(hour, 4_000)}"]}`)

describe('retention by age', () => {
  it('removes conversations that were not used for so long, with all that is theirs alone', () => {
    const store = testStore()
    for (let hour = 0; hour < 10; hour++) record(store, hour, own(hour))
    const before = STARTED_AT + 6 * HOUR
    const foretold = pruned(store.database, { before }, true)
    expect(listTraces(store.database, { limit: 50 })).toHaveLength(10)
    const done = pruned(store.database, { before })
    expect(done).toMatchObject({ traces: 6, requests: 6, bodies: 12 })
    expect({ ...foretold, bytesAfter: 0 }).toEqual({ ...done, bytesAfter: 0 })
    expect(done.bytesAfter).toBeLessThan(done.bytesBefore)
    expect(listTraces(store.database, { limit: 50 }).map(({ id }) => id)).toEqual([
      'at-9',
      'at-8',
      'at-7',
      'at-6',
    ])
    expect(bodyOf(store, 7)).toBe(own(7).toString())
    expect(store.database.pragma('freelist_count', { simple: true })).toBe(0)
    expect(store.database.pragma('foreign_key_check')).toEqual([])
    expect(isPruneDue(store.database, before)).toBe(false)
  })

  it('keeps the figures of a conversation that goes on, and drops its old bodies', () => {
    const store = testStore()
    for (const [hour, body] of [...sessionBodies(8, 200_000)].entries()) record(store, hour, body, 'at-long')
    const last = bodyOf(store, 7)
    const done = pruned(store.database, { before: STARTED_AT + 5 * HOUR })
    expect(done).toMatchObject({ traces: 0, requests: 0, bodies: 10 })
    expect(showTrace(store.database, 'at-long').requests).toBe(8)
    expect(() => bodyOf(store, 2)).toThrow('No request body is kept')
    expect(bodyOf(store, 7)).toBe(last)
  })

  it('leaves alone a conversation with a request that still runs', () => {
    const store = testStore()
    store.write(started())
    expect(pruned(store.database, { before: STARTED_AT + HOUR })).toMatchObject({ traces: 0 })
    expect(listTraces(store.database, { limit: 5 })).toHaveLength(1)
  })
})

describe('retention by size', () => {
  it.each([1_000, 4_000, 9_000])('removes the oldest bodies of %i bytes until the rest fits', (length) => {
    const store = testStore()
    const own = (hour: number) => Buffer.from(randomBytes(length / 2).toString('hex') + hour)
    const last = own(59)
    for (let hour = 0; hour < 59; hour++) record(store, hour, own(hour))
    record(store, 59, last)
    const maxBytes = Math.floor(usedBytes(store.database) * 0.7)
    const foretold = pruned(store.database, { maxBytes }, true)
    const done = pruned(store.database, { maxBytes })
    expect(done.bodies).toBeGreaterThan(20)
    expect(done.bytesAfter).toBeLessThanOrEqual(maxBytes)
    expect(done.bytesAfter).toBeGreaterThan(maxBytes * 0.75)
    expect(Math.abs(foretold.bytesAfter - done.bytesAfter)).toBeLessThan(maxBytes * 0.25)
    expect(listTraces(store.database, { limit: 100 })).toHaveLength(60)
    expect(bodyOf(store, 59)).toBe(last.toString())
    expect(() => bodyOf(store, 0)).toThrow('No request body is kept')
    expect(pruned(store.database, { maxBytes })).toMatchObject({ bodies: 0 })
  })
})

describe('removal beside recording', () => {
  it('never takes a chunk that a body uses, whatever is recorded between the steps', () => {
    const bodies = [...sessionBodies(30, 120_000)]
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 28 }),
        fc.array(fc.integer({ min: 0, max: 29 }), { minLength: 1, maxLength: 12 }),
        fc.boolean(),
        (old, later, all) => {
          const store = testStore()
          for (let hour = 0; hour < 30; hour++) record(store, hour, bodies[hour] ?? own(hour))
          const before = STARTED_AT + (all ? 1_000 : old) * HOUR
          const steps = prune(store.database, { before, dryRun: false })
          const queue = [...later]
          let hour = 2_000
          for (let step = steps.next(); step.done !== true; step = steps.next()) {
            const again = queue.shift()
            if (again !== undefined) record(store, hour++, bodies[again] ?? own(again))
          }
          for (let at = all ? 30 : old; at < 30; at++)
            expect(bodyOf(store, at)).toBe(bodies[at]?.toString('latin1'))
          for (let at = 2_000; at < hour; at++)
            expect(bodyOf(store, at)).toBe(bodies[later[at - 2_000] ?? 0]?.toString('latin1'))
        },
      ),
      { numRuns: 12 },
    )
  })

  it('ends what a killed hub began', () => {
    const store = testStore()
    for (let hour = 0; hour < 40; hour++) record(store, hour, own(hour))
    const before = STARTED_AT + 39 * HOUR
    const steps = prune(store.database, { before, dryRun: false })
    for (let step = 0; step < 4; step++) steps.next()
    expect(chunkCount(store.database)).toBeGreaterThan(40)
    expect(isPruneDue(store.database, 0)).toBe(true)
    pruned(store.database, { before })
    expect(isPruneDue(store.database, before)).toBe(false)
    expect(chunkCount(store.database)).toBeLessThan(8)
  })

  it('is done by itself, in turn with what is asked for', async () => {
    const store = testStore()
    for (let hour = 0; hour < 20; hour++) record(store, hour, own(hour))
    const failures: unknown[] = []
    const pruning = openPruning(
      store.database,
      { failed: (thrown) => failures.push(thrown), removed: () => undefined },
      5,
    )
    pruning.keep({ retentionMs: HOUR, maxBytes: 1_000_000_000 })
    const asked = pruning.run({ dryRun: true })
    while (isPruneDue(store.database, Date.now())) await new Promise((resolve) => setTimeout(resolve, 5))
    expect(await asked).toMatchObject({ traces: 20 })
    expect(await pruning.run({ dryRun: false })).toMatchObject({ traces: 0, bodies: 0 })
    pruning.stop()
    expect(failures).toEqual([])
  })
})
