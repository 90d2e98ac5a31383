// A plan that is used up is left out until it is free, told by figures alone: no request is spent on finding out.
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { exhaustionOf } from '../../src/quota/exhaustion.js'
import type { Meter } from '../../src/quota/meter.js'
import { afterReturn, afterStandIn, noStandIns, whereabouts } from '../../src/routing/stand-in.js'
import { startTestHub, type TestHub } from '../support/hub.js'
import { type AskedServer, startAskedServer } from './asked-server.js'
import { answered, askedOf, planAndSpare, turn, used } from './codex-hub.js'

const NOW = Date.parse('2026-11-20T12:00:00Z')
const HOUR = 3_600_000

describe('a used-up account', () => {
  const window = (more: Partial<Meter>): Meter => ({ id: '5h', kind: 'window', usedPercent: 100, ...more })
  const found = (meters: readonly Meter[], model = 'gpt-6-codex-spark', observedAt = NOW) =>
    exhaustionOf(
      meters.map((meter) => ({ meter, observedAt })),
      { model, now: NOW, believedMs: HOUR / 2 },
    )

  it.each([
    ['a window until its reset', [window({ resetsAt: NOW + 60_000 })], 60_000],
    ['no longer than a hint is believed', [window({ resetsAt: NOW + 99 * HOUR })], HOUR / 2],
    [
      'an empty balance',
      [window({ id: 'balance/USD', kind: 'balance', usedPercent: undefined, left: 0 })],
      HOUR / 2,
    ],
    [
      'a refusal',
      [window({ id: 'limit', usedPercent: undefined, told: 'exhausted', resetsAt: NOW + 1000 })],
      1000,
    ],
    ['the pool of this model', [window({ scope: 'GPT Spark', resetsAt: NOW + 1000 })], 1000],
    ['the longest of several', [window({ resetsAt: NOW + 5 }), window({ id: '7d', resetsAt: NOW + 9 })], 9],
    [
      'a refusal behind credits',
      [window({ id: 'limit', told: 'exhausted' }), { id: 'credits', kind: 'credits', left: 5 }],
      HOUR / 2,
    ],
  ] satisfies [string, Meter[], number][])('is one with %s', (_, meters, untilIn) => {
    expect(found(meters)?.until).toBe(NOW + untilIn)
  })

  it.each([
    ['something left', [window({ usedPercent: 99.9 })]],
    ['a window that was reset since', [window({ resetsAt: NOW - 1 })]],
    ['a week of a model whose name says nothing', [window({ scope: 'x1' })]],
    ['credits that go on paying', [window({}), { id: 'credits', kind: 'credits', left: 5 }]],
    [
      'extra usage',
      [window({}), { id: 'extra usage', kind: 'spend', scope: 'extra usage', usedPercent: 10 }],
    ],
    ['nothing known', []],
  ] satisfies [string, Meter[]][])('is none with %s', (_, meters) => {
    expect(found(meters)).toBeUndefined()
  })

  it('is none for a model that its used-up pool does not bind', () => {
    expect(found([window({ scope: 'GPT Spark' })], 'gpt-6.1-sol')).toBeUndefined()
  })

  it('is one when the credits were told before', () => {
    const kept = (meter: Meter, observedAt: number) => ({ meter, observedAt })
    const meters = [kept(window({}), NOW), kept({ id: 'credits', kind: 'credits', left: 5 }, NOW - 60_000)]
    expect(exhaustionOf(meters, { model: 'm', now: NOW, believedMs: HOUR })).toBeDefined()
  })

  it('is asked again when its figures are older than a hint is believed', () => {
    expect(found([window({ resetsAt: NOW + 9 * HOUR })], 'm', NOW - HOUR / 2)).toBeUndefined()
  })
})

describe('a conversation that is away', () => {
  const home = { channel: 'codex' }
  const standIn = { channel: 'spare' }

  it.each([
    ['stays away while its home is used up', true, false, standIn],
    ['ends a tool loop where it is', false, true, standIn],
    ['goes home with its next turn', false, false, home],
  ])('%s', (_, isAway, inLoop, expected) => {
    expect(whereabouts({ home, standIn, isAway, inLoop: () => inLoop })).toBe(expected)
  })

  it('is remembered until it is home again, and not without bound', () => {
    const away = afterStandIn(noStandIns, 't', standIn)
    expect(afterStandIn(away, 't', standIn)).toBe(away)
    expect(afterReturn(away, 't').size).toBe(0)
    let many = away
    for (let index = 0; index < 1500; index++) many = afterStandIn(many, `t${index}`, standIn)
    expect(many.size).toBe(1000)
  })
})

describe('in a hub', () => {
  let provider: AskedServer
  let hub: TestHub
  beforeEach(async () => {
    provider = await startAskedServer()
    hub = await startTestHub({ config: planAndSpare(provider.url) })
  })
  afterEach(async () => {
    await hub.stop()
    await provider.close()
  })

  const wherever = () => provider.asked.map(({ path }) => askedOf(path))

  it('the next turn goes to the next channel, and home after the reset, without a restart or a poll', async () => {
    provider.answer = answered(used(100, 1200))
    await turn(hub)
    provider.answer = answered()
    await turn(hub)
    await turn(hub, { session: 's-2' })
    expect(wherever()).toEqual(['plan', 'spare', 'spare'])
    await pause(1300)
    await turn(hub)
    await turn(hub, { session: 's-3' })
    expect(wherever().slice(3)).toEqual(['plan', 'plan'])
    expect(provider.asked.map(({ method }) => method)).toEqual(Array(5).fill('POST'))
  })

  it('a tool loop ends where it began, at home and away', async () => {
    provider.answer = answered(used(100, 1500))
    await turn(hub)
    await turn(hub, { loop: true })
    expect(wherever()).toEqual(['plan', 'plan'])
    provider.answer = answered()
    await turn(hub)
    await pause(1600)
    await turn(hub, { loop: true })
    await turn(hub)
    expect(wherever().slice(2)).toEqual(['spare', 'spare', 'plan'])
  })

  it('says in the decision why, and asks at once when a person says so', async () => {
    provider.answer = answered(used(100, HOUR))
    await turn(hub)
    const explained = await hub.control('/explain', { model: 'gpt-6.1-sol', agent: 'codex' })
    expect(JSON.stringify(explained)).toMatch(/channel codex: rests \d+ min more.*its window 5h is used up/)
    await hub.control('/channels/codex/clear', {})
    provider.answer = answered()
    await turn(hub, { session: 's-2' })
    expect(wherever()).toEqual(['plan', 'plan'])
  })

  it('one account that is used up says nothing of another that the agent may have', async () => {
    provider.answer = answered(used(100, HOUR))
    await turn(hub, { account: 'acc-1' })
    provider.answer = answered(used(5, HOUR))
    await turn(hub, { account: 'acc-2', session: 's-2' })
    await turn(hub, { account: 'acc-1', session: 's-3' })
    expect(wherever()).toEqual(['plan', 'plan', 'spare'])
  })

  it('goes on where there is no other channel', async () => {
    hub.writeConfig(
      planAndSpare(provider.url).replace('api_key: sk-spare', 'api_key: sk-spare\n    enabled: false'),
    )
    await hub.control('/reload', {})
    provider.answer = answered(used(100, HOUR))
    await turn(hub)
    await turn(hub)
    expect(wherever()).toEqual(['plan', 'plan'])
  })
})
