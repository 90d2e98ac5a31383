// Sums of usage: each request counts on the day on which it began where the user is.
import { expect, it } from 'vitest'
import { usage } from '../../src/store/usage.js'
import { finished, started } from '../support/records.js'
import { testStore } from '../support/test-store.js'

/** The local day of a time, as SQLite writes it. */
function dayOf(ms: number): string {
  const date = new Date(ms)
  const two = (number: number) => String(number).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}

it('is added up by the local day, also for requests on both sides of midnight', () => {
  const { database, write } = testStore()
  const midnight = new Date(2026, 9, 26).getTime()
  const times = [-86_400_000, -900_001, -900_000, -1, 0, 1, 899_999, 900_000, 86_399_999, 86_400_000].map(
    (offset) => midnight + offset,
  )
  for (const [index, startedAt] of times.entries()) {
    const requestId = `ar-${index}`
    const counts = {
      inputFresh: 2 ** index,
      cacheRead: 0,
      cacheWrite5m: 0,
      cacheWrite1h: 0,
      output: 1,
      reasoning: 0,
    }
    write(
      started({ requestId, startedAt }),
      finished({ requestId, finishedAt: startedAt + 1, usage: counts }),
    )
  }
  const days = new Map<string, number>()
  for (const [index, time] of times.entries())
    days.set(dayOf(time), (days.get(dayOf(time)) ?? 0) + 2 ** index)
  const told = usage(database, { by: 'day' })
  expect(told.map(({ key, usage: sums }) => [key, sums.inputFresh])).toEqual([...days].toReversed())
  expect(told.reduce((sum, { requests }) => sum + requests, 0)).toBe(times.length)
  expect(usage(database, { by: 'day', since: midnight })).toMatchObject([
    { requests: 1, unpriced: 1, title: null },
    { requests: 5, unpriced: 5, usage: { output: 5 } },
  ])
})
