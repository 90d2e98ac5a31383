// A clock that is set ahead makes nothing old that is not.
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { watchClock } from '../../src/store/clock-trust.js'
import { listTraces } from '../../src/store/listing.js'
import { openPruning } from '../../src/store/pruning.js'
import { finished, STARTED_AT, started } from '../support/records.js'
import { testStore } from '../support/test-store.js'

const HOUR = 3_600_000
const DAY = 24 * HOUR

function clockAt(now: number) {
  const at = { now, monotonic: 0 }
  return {
    clock: { now: () => at.now, monotonic: () => at.monotonic },
    pass: (ms: number, monotonic = ms) => {
      at.now += ms
      at.monotonic += monotonic
    },
  }
}

describe('a clock', () => {
  it('is believed while it goes as the other one does, and after a night of sleep', () => {
    const { clock, pass } = clockAt(STARTED_AT)
    const isRight = watchClock(clock)
    pass(40 * DAY)
    expect(isRight()).toBe(true)
    pass(10 * HOUR, 1000)
    expect(isRight()).toBe(true)
  })

  it('that ran ahead by more than a day is believed after a day, or when it was set back', () => {
    const { clock, pass } = clockAt(STARTED_AT)
    const isRight = watchClock(clock)
    pass(400 * DAY, 1000)
    expect(isRight()).toBe(false)
    pass(23 * HOUR)
    expect(isRight()).toBe(false)
    pass(2 * HOUR)
    expect(isRight()).toBe(true)
    pass(400 * DAY, 1000)
    expect(isRight()).toBe(false)
    pass(-400 * DAY, 1000)
    expect(isRight()).toBe(true)
  })
})

describe('retention', () => {
  it.each([
    ['throws away what is old', 400 * DAY, 0],
    ['throws nothing away when only the clock says that it is old', 1000, 1],
  ])('%s', async (_what, monotonic, left) => {
    const store = testStore()
    store.write(started({ requestId: 'ar-1', traceId: 'at-1', startedAt: STARTED_AT }))
    store.write(finished({ requestId: 'ar-1' }))
    const { clock, pass } = clockAt(STARTED_AT)
    const pruning = openPruning(
      store.database,
      { failed: () => undefined, removed: () => undefined },
      5,
      clock,
    )
    pass(400 * DAY, monotonic)
    pruning.keep({ retentionMs: 30 * DAY, maxBytes: 1_000_000_000 })
    await sleep(200)
    pruning.stop()
    expect(listTraces(store.database, { limit: 5 })).toHaveLength(left)
  })
})
