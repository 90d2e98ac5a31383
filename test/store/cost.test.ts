import { expect, it } from 'vitest'
import { listTraces } from '../../src/store/listing.js'
import { showRequest } from '../../src/store/show.js'
import { usage } from '../../src/store/usage.js'
import { finished, STARTED_AT, started } from '../support/records.js'
import { type TestStore, testStore } from '../support/test-store.js'

const DAY = 86_400_000
const USAGE = { inputFresh: 1_000, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 100, reasoning: 0 }
const pricing = { provider: 'deepseek', listed: { rates: { input: 1, output: 10 }, date: '2026-11-20' } }

function requestOn({ write }: TestStore, day: number, change: Parameters<typeof finished>[0] = {}): void {
  const requestId = `ar-day${day}`
  const startedAt = STARTED_AT + day * DAY
  write(
    started({ requestId, startedAt, traceId: `at-${day % 2}` }),
    finished({ requestId, finishedAt: startedAt + 900, usage: USAGE, pricing, ...change }),
  )
}

it('a request is kept with its cost and the price that made it', () => {
  const store = testStore()
  requestOn(store, 0)
  expect(showRequest(store.database, 'ar-day0')).toMatchObject({
    cost: 0.002,
    price: { rates: { input: 1, output: 10 }, source: 'preset deepseek', date: '2026-11-20' },
  })
})

it('a request without a known price says so, and its conversation counts it', () => {
  const store = testStore()
  requestOn(store, 0)
  requestOn(store, 2, { modelUsed: 'unheard-of', pricing: { provider: 'deepseek' } })
  expect(showRequest(store.database, 'ar-day2')).toMatchObject({ cost: null, price: null })
  expect(listTraces(store.database, { limit: 1 })).toMatchObject([{ id: 'at-0', cost: 0.002, unpriced: 1 }])
})

it('usage is added up by day, model, channel and conversation', () => {
  const store = testStore()
  for (let day = 0; day < 4; day++)
    requestOn(store, day, day === 3 ? { outcome: 'failed', channel: 'other', modelUsed: 'm' } : {})
  const { database } = store
  expect(usage(database, { by: 'day' })).toHaveLength(4)
  expect(usage(database, { by: 'day', since: STARTED_AT + 2 * DAY })).toHaveLength(2)
  const [first, second] = usage(database, { by: 'model' })
  expect(first).toMatchObject({
    key: 'deepseek-chat',
    requests: 3,
    failed: 0,
    usage: { inputFresh: 3_000, output: 300 },
  })
  expect(first?.cost).toBeCloseTo(0.006, 9)
  expect(second).toMatchObject({ key: 'm', failed: 1 })
  expect(usage(database, { by: 'channel' }).map(({ key }) => key)).toEqual(['deepseek', 'other'])
  expect(usage(database, { by: 'trace' }).map(({ key, title }) => [key, title])).toEqual([
    ['at-1', 'Make the tests pass'],
    ['at-0', 'Make the tests pass'],
  ])
})
