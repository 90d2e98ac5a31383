import { describe, expect, it } from 'vitest'
import { answer } from '../../src/store/queries.js'
import { testStore } from '../support/test-store.js'

describe('the places of conversations', () => {
  const put = (
    database: ReturnType<typeof testStore>['database'],
    trace: string,
    channel: string,
    key: number | null,
  ) => answer(database, 'put-place', { place: { trace, channel, key }, bound: 3 })
  const traces = (database: ReturnType<typeof testStore>['database']) =>
    answer(database, 'list-places', {}).map(({ trace }) => trace)

  it('come back in the order of use, each trace once', () => {
    const { database } = testStore()
    put(database, 't', 'a', null)
    put(database, 'u', 'b', 2)
    put(database, 't', 'c', 1)
    expect(answer(database, 'list-places', {})).toEqual([
      { trace: 'u', channel: 'b', key: 2 },
      { trace: 't', channel: 'c', key: 1 },
    ])
  })

  it('are forgotten beyond the bound, used longest ago first', () => {
    const { database } = testStore()
    for (const trace of ['t', 'u', 'v', 't', 'w', 'x']) put(database, trace, 'a', null)
    expect(traces(database)).toEqual(['t', 'w', 'x'])
  })
})
