// How channels did lately, and which mapping took which requests, out of the store.
import { expect, it } from 'vitest'
import { readMatch } from '../../src/routing/rules.js'
import { channelMeasures } from '../../src/store/channel-measures.js'
import { ruleMatches } from '../../src/store/rule-matches.js'
import { attempted, finished, STARTED_AT, started } from '../support/records.js'
import { type TestStore, testStore } from '../support/test-store.js'

const HOUR = 3_600_000
const ALL = { since: 0, recently: STARTED_AT }

let number = 0
type Asked = { readonly firstTokenMs?: number; readonly at?: number; readonly failsFirst?: boolean }

/** A request that `deepseek` answers, after `spare` failed when it is asked first. */
function request(
  { write }: TestStore,
  { firstTokenMs = 200, at = STARTED_AT, failsFirst = false }: Asked,
): void {
  number += 1
  const requestId = `ar-${String(number).padStart(6, '0')}`
  const failure = attempted({
    requestId,
    channel: 'spare',
    outcome: 'failed',
    startedAt: at,
    durationMs: 100,
  })
  const second = failsFirst ? { number: 2, startedAt: at + 100 } : { startedAt: at }
  write(
    started({ requestId, startedAt: at }),
    ...(failsFirst ? [failure] : []),
    attempted({ requestId, ...second }),
    finished({ requestId, finishedAt: at + 900, firstTokenMs }),
  )
}

it('latency is that of the attempt, not of the tries before it', () => {
  const store = testStore()
  request(store, { firstTokenMs: 350, failsFirst: true })
  expect(channelMeasures(store.database, ALL)).toEqual(
    expect.arrayContaining([
      {
        channel: 'deepseek',
        recent: { requests: 1, failed: 0, errorRate: 0, firstTokenP50Ms: 250, firstTokenP95Ms: 250 },
        all: { requests: 1, failed: 0, errorRate: 0, firstTokenP50Ms: 250, firstTokenP95Ms: 250 },
      },
      expect.objectContaining({
        channel: 'spare',
        all: { requests: 1, failed: 1, errorRate: 1, firstTokenP50Ms: null, firstTokenP95Ms: null },
      }),
    ]),
  )
})

it('percentiles are by nearest rank, and the last while is told apart from the whole', () => {
  const store = testStore()
  for (let index = 1; index <= 20; index++) request(store, { firstTokenMs: index * 10 })
  request(store, { firstTokenMs: 9000, at: STARTED_AT - HOUR })
  const [only] = channelMeasures(store.database, ALL)
  expect(only?.recent).toMatchObject({ requests: 20, firstTokenP50Ms: 100, firstTokenP95Ms: 190 })
  expect(only?.all).toMatchObject({ requests: 21, firstTokenP50Ms: 110, firstTokenP95Ms: 200 })
  expect(channelMeasures(store.database, { since: STARTED_AT + HOUR, recently: 0 })).toEqual([])
})

it('a canceled attempt is neither good nor failed', () => {
  const store = testStore()
  store.write(
    started({ requestId: 'ar-canceled' }),
    attempted({ requestId: 'ar-canceled', outcome: 'canceled' }),
    finished({ requestId: 'ar-canceled', outcome: 'canceled' }),
  )
  expect(channelMeasures(store.database, ALL)[0]?.all).toMatchObject({
    requests: 1,
    errorRate: null,
    failed: 0,
  })
})

it('requests are counted by the mapping that their decision names, and those without one apart', () => {
  const store = testStore()
  const decide = (requestId: string, profile: string, ...decision: string[]) =>
    store.write(started({ requestId, profile }), finished({ requestId, decision }))
  const match = 'model gpt-4: mapping 2 (gpt-.* → kimi-k3) gives kimi-k3'
  decide('ar-a', 'cheap', 'profile cheap', `${match} on kimi`, 'channel kimi: choice 1')
  decide('ar-b', 'cheap', `${match}; input_tokens_over 5: about 7000 → holds`)
  decide('ar-c', 'cheap', 'model x: none of 2 mappings matches, the name is unchanged')
  decide('ar-d', 'other', `${match} on kimi`)
  const matches = ruleMatches(store.database, { since: STARTED_AT })
  expect(matches).toEqual(
    expect.arrayContaining([
      { profile: 'cheap', line: 'model gpt-4: mapping 2 (gpt-.* → kimi-k3)', requests: 2 },
      { profile: 'cheap', line: null, requests: 1 },
      { profile: 'other', line: 'model gpt-4: mapping 2 (gpt-.* → kimi-k3)', requests: 1 },
    ]),
  )
  expect(matches).toHaveLength(3)
  expect(readMatch(matches.find(({ requests }) => requests === 2)?.line ?? '')).toEqual({
    index: 1,
    from: 'gpt-.*',
    to: 'kimi-k3',
  })
  expect(ruleMatches(store.database, { since: STARTED_AT + 1 })).toEqual([])
})
