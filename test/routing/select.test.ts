import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { noTarget } from '../../src/routing/no-target.js'
import {
  type ChannelFacts,
  type Protocol,
  type Question,
  selectTargets,
  serves,
} from '../../src/routing/select.js'

function channel(
  name: string,
  facts: Partial<Omit<ChannelFacts, 'endpoints'>> & { endpoints?: Protocol[] } = {},
): ChannelFacts {
  const { endpoints = ['openai-chat'], ...rest } = facts
  return {
    name,
    enabled: true,
    models: undefined,
    tags: [],
    priority: 0,
    weight: 1,
    ...rest,
    endpoints: endpoints.map((protocol) => ({ protocol })),
  }
}

function ask(channels: ChannelFacts[], question: Partial<Question> = {}): Question {
  return { protocol: 'openai-chat', model: 'm', channels, seed: 'trace-1', ...question }
}

const names = (question: Question) => selectTargets(question).targets.map((target) => target.channel)

describe('which channels may serve', () => {
  it('are those whose list has the model, by id or glob, and those without a list', () => {
    const channels = [
      channel('exact', { models: ['other', 'm'] }),
      channel('glob', { models: ['m*'] }),
      channel('every'),
      channel('not', { models: ['n*', 'M'] }),
      channel('none', { models: [] }),
    ]
    const { targets, reasons } = selectTargets(ask(channels))
    expect(new Set(targets.map((target) => target.channel))).toEqual(new Set(['exact', 'glob', 'every']))
    expect(reasons).toContain('channel not: skipped, it does not serve m')
    expect(reasons).toContain('channel none: skipped, it does not serve m')
  })

  it('leave out those that are disabled, not allowed by the profile, or without endpoint', () => {
    const channels = [
      channel('off', { enabled: false }),
      channel('named', { tags: ['x'] }),
      channel('tagged', { tags: ['cheap', 'y'] }),
      channel('foreign', { tags: ['z'] }),
      channel('bare', { endpoints: [] }),
    ]
    expect(
      selectTargets(ask(channels, { limits: { channels: ['named', 'off', 'bare'], tags: ['cheap'] } })),
    ).toEqual({
      targets: expect.arrayContaining([
        expect.objectContaining({ channel: 'named' }),
        expect.objectContaining({ channel: 'tagged' }),
      ]),
      reasons: expect.arrayContaining([
        'channel off: skipped, it is disabled',
        'channel foreign: skipped, the profile does not allow it',
        'channel bare: skipped, it has no endpoint',
      ]),
    })
    expect(names(ask([channel('a')], { limits: {} }))).toEqual(['a'])
    expect(names(ask([channel('a')], { limits: { channels: [] } }))).toEqual([])
  })

  it('are those of the mapping, as long as they serve the model', () => {
    const channels = [channel('a', { models: ['x'] }), channel('b', { models: ['m'] }), channel('c')]
    const { targets, reasons } = selectTargets(ask(channels, { ruleChannels: ['a', 'b', 'gone'] }))
    expect(targets.map((target) => target.channel)).toEqual(['b'])
    expect(reasons).toContain('channel c: skipped, the mapping does not name it')
    expect(reasons).toContain('channel a: skipped, it does not serve m')
    expect(reasons).toContain('channel gone: skipped, there is no channel of this name')
  })

  it('are not called gone when they are there and cannot be used', () => {
    const { reasons } = selectTargets(ask([channel('a')], { ruleChannels: ['a', 'own'], unusable: ['own'] }))
    expect(reasons.filter((reason) => reason.includes('own'))).toEqual([])
  })

  it('are all of the mapping when none lists the model: the user knows better than the list', () => {
    const channels = [channel('a', { models: ['x'] }), channel('b', { models: ['y'] }), channel('c')]
    expect(names(ask(channels, { ruleChannels: ['b', 'a'] }))).toEqual(['b', 'a'])
  })
})

describe('the order of channels', () => {
  it('is that of the mapping, whatever priority and weight say', () => {
    const channels = [
      channel('a', { priority: -5 }),
      channel('b', { weight: 100 }),
      channel('c', { priority: 9 }),
    ]
    expect(names(ask(channels, { ruleChannels: ['c', 'a', 'b'] }))).toEqual(['c', 'a', 'b'])
  })

  it('begins with the channel that the trace is on, if it may serve', () => {
    const channels = [channel('a'), channel('b', { priority: 5 }), channel('off', { enabled: false })]
    expect(names(ask(channels, { affinity: 'b' }))[0]).toBe('b')
    expect(names(ask(channels, { affinity: 'off' }))).toEqual(['a', 'b'])
    expect(names(ask(channels, { affinity: 'b', ruleChannels: ['a', 'b'] }))).toEqual(['b', 'a'])
    expect(names(ask(channels, { affinity: 'b', ruleChannels: ['a'] }))).toEqual(['a'])
  })

  it('is by priority, lower first, then those that name the model before those that take every model', () => {
    const channels = [
      channel('every', { models: ['*'], weight: 1000 }),
      channel('listless', { weight: 1000 }),
      channel('late', { models: ['m'], priority: 1 }),
      channel('named', { models: ['m'] }),
    ]
    const order = names(ask(channels))
    expect(order[0]).toBe('named')
    expect(order[3]).toBe('late')
  })

  it('is drawn by weight among equals, the same for the same seed', () => {
    const channels = [
      channel('heavy', { weight: 3 }),
      channel('light', { weight: 1 }),
      channel('zero', { weight: 0 }),
    ]
    const draws = Array.from({ length: 4000 }, (_, index) => names(ask(channels, { seed: `trace-${index}` })))
    const heavyFirst = draws.filter((order) => order[0] === 'heavy').length / draws.length
    expect(heavyFirst).toBeGreaterThan(0.72)
    expect(heavyFirst).toBeLessThan(0.78)
    expect(draws.every((order) => order[2] === 'zero')).toBe(true)
    expect(names(ask(channels, { seed: 's' }))).toEqual(names(ask(channels.toReversed(), { seed: 's' })))
  })

  it('names each channel once, as a target or with the reason why not', () => {
    const facts = fc.record({
      enabled: fc.boolean(),
      models: fc.constantFrom(undefined, ['m'], ['x'], ['*']),
      priority: fc.integer({ min: -1, max: 1 }),
      weight: fc.constantFrom(0, 1, 5),
      endpoints: fc.subarray<Protocol>(['openai-chat', 'openai-responses', 'anthropic-messages']),
      tags: fc.subarray(['t']),
    })
    const rule = fc.option(fc.shuffledSubarray(['c0', 'c1', 'c2'], { minLength: 1 }), { nil: undefined })
    fc.assert(
      fc.property(fc.array(facts, { maxLength: 5 }), rule, fc.boolean(), (list, ruleChannels, limited) => {
        const channels = list.map((one, index) => channel(`c${index}`, one))
        const question = ask(channels, { ruleChannels, ...(limited ? { limits: { tags: ['t'] } } : {}) })
        const { targets, reasons } = selectTargets(question)
        for (const { name } of channels) {
          const chosen = targets.filter((target) => target.channel === name).length
          const lines = reasons.filter((line) => line.startsWith(`channel ${name}: `))
          expect(chosen).toBeLessThanOrEqual(1)
          expect(lines).toHaveLength(1)
          expect(lines[0]?.includes('skipped')).toBe(chosen === 0)
        }
      }),
    )
  })
})

describe('the endpoint of a channel', () => {
  it.each<[asked: Protocol, offered: Protocol[], chosen: Protocol, mode: 'relay' | 'convert']>([
    ['openai-chat', ['anthropic-messages', 'openai-chat', 'openai-responses'], 'openai-chat', 'relay'],
    ['openai-chat', ['anthropic-messages', 'openai-responses'], 'openai-responses', 'convert'],
    ['openai-chat', ['anthropic-messages'], 'anthropic-messages', 'convert'],
    ['openai-responses', ['openai-chat', 'openai-responses'], 'openai-responses', 'relay'],
    ['openai-responses', ['openai-chat', 'anthropic-messages'], 'anthropic-messages', 'convert'],
    ['openai-responses', ['openai-chat'], 'openai-chat', 'convert'],
    ['anthropic-messages', ['openai-chat', 'anthropic-messages'], 'anthropic-messages', 'relay'],
    ['anthropic-messages', ['openai-chat', 'openai-responses'], 'openai-responses', 'convert'],
    ['anthropic-messages', ['openai-chat'], 'openai-chat', 'convert'],
  ])('for %s among %j is %s, %s', (asked, offered, chosen, mode) => {
    const { targets, reasons } = selectTargets(
      ask([channel('a', { endpoints: offered })], { protocol: asked }),
    )
    expect(targets).toEqual([{ channel: 'a', protocol: chosen, mode, model: 'm' }])
    expect(reasons[0]).toContain(mode === 'relay' ? `${chosen} relayed` : `converted to ${chosen}`)
  })
})

describe('when no channel fits', () => {
  const error = (question: Question) => noTarget(question, selectTargets(question))

  it('says that there is none at all, and how to add one', () => {
    expect(error(ask([]))).toMatchObject({
      code: 'no-channel',
      message: 'No channel is configured.',
      detail: { hint: 'Add one with `axonhub channel add`.' },
    })
    expect(error(ask([channel('a', { enabled: false })]))).toMatchObject({
      code: 'no-channel',
      message: 'Every channel is disabled.',
    })
  })

  it('names the reasons and models that may have been meant', () => {
    const channels = [channel('a', { models: ['deepseek-flash', 'deepseek-v4-pro', 'x-*'] })]
    expect(error(ask(channels, { model: 'deepsek-flash' }))).toMatchObject({
      code: 'unknown-model',
      message:
        'No channel serves the model deepsek-flash (channel a: skipped, it does not serve deepsek-flash). Did you mean deepseek-flash?',
      detail: { param: 'model', hint: expect.stringContaining('axonhub explain deepsek-flash') },
    })
  })

  it('does not call a model unknown that a channel has but may not serve', () => {
    const channels = [channel('a', { models: ['m'], enabled: false }), channel('b', { models: ['x'] })]
    expect(error(ask(channels))).toMatchObject({
      code: 'no-channel',
      message:
        'No channel can serve m for this request (channel a: skipped, it is disabled; channel b: skipped, it does not serve m).',
    })
    expect(error(ask([channel('a', { models: ['m'] })], { limits: { tags: ['x'] } }))).toMatchObject({
      code: 'no-channel',
      message: expect.stringContaining('the profile does not allow it'),
    })
  })

  it('tells of channels that were left out before the selection', () => {
    const reasons = ['no profile', 'channel codex: skipped, the request brings no login of Codex']
    expect(noTarget(ask([]), { targets: [], reasons })).toMatchObject({
      code: 'no-channel',
      message:
        'No channel can serve m for this request (channel codex: skipped, the request brings no login of Codex).',
    })
  })

  it('blames the mapping when its channels cannot be used', () => {
    const channels = [channel('a', { enabled: false }), channel('b')]
    expect(error(ask(channels, { ruleChannels: ['a'] }))).toMatchObject({
      code: 'no-channel',
      message: expect.stringContaining(
        'None of the channels that the mapping gives for m can be used (channel a: skipped, it is disabled',
      ),
    })
  })
})

describe('a list of models', () => {
  it.each([
    [undefined, 'anything', true],
    [['*'], 'a/b', true],
    [['*/*'], 'vendor/model', true],
    [['*/*'], 'model', false],
    [['gpt-?'], 'gpt-5', true],
    [['gpt-?'], 'gpt-55', false],
    [['gpt-5.4'], 'gpt-5x4', false],
    [['a*b*c'], 'a-b-b-c', true],
    [['a*b*c'], 'a-b-b-d', false],
    [[], 'm', false],
  ])('%j serves %s: %s', (models, model, expected) => {
    expect(serves({ models }, model)).toBe(expected)
  })

  it('is matched in time that does not explode', () => {
    const start = performance.now()
    expect(serves({ models: [`${'*a'.repeat(100)}b`] }, 'a'.repeat(5000))).toBe(false)
    expect(performance.now() - start).toBeLessThan(200)
  })
})
