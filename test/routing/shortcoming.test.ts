// What a test found out about a channel moves it behind its equals, and no further.
import { describe, expect, it } from 'vitest'
import { type ChannelFacts, type Question, selectTargets } from '../../src/routing/select.js'

const channel = (name: string, facts: Partial<ChannelFacts> = {}): ChannelFacts => ({
  name,
  enabled: true,
  models: ['m'],
  tags: [],
  priority: 0,
  weight: 1,
  endpoints: [{ protocol: 'openai-chat' }],
  ...facts,
})

/** The blind channels see no pictures. */
const order = (channels: readonly ChannelFacts[], question: Partial<Question> = {}) =>
  selectTargets({
    protocol: 'openai-chat',
    model: 'm',
    channels,
    seed: 'one',
    shortcoming: ({ channel: name }) => (name.startsWith('blind') ? 'sees no pictures' : undefined),
    ...question,
  })

const names = (...parameters: Parameters<typeof order>) =>
  order(...parameters).targets.map((target) => target.channel)

describe('a channel with a shortcoming', () => {
  it('comes after its equals, also after those that merely take every model or have no weight', () => {
    const every = channel('every', { models: undefined, weight: 0 })
    expect(names([channel('blind', { weight: 1000 }), every])).toEqual(['every', 'blind'])
  })

  it('is still tried, and its line says why it is not first', () => {
    const { targets, reasons } = order([channel('blind'), channel('other')])
    expect(targets.map((target) => target.channel)).toEqual(['other', 'blind'])
    expect(reasons.at(-1)).toMatch(/^channel blind: choice 2, .*; its test says that it sees no pictures$/)
    expect(names([channel('blind')])).toEqual(['blind'])
  })

  it.each<[string, ChannelFacts[], Partial<Question>]>([
    ['a better priority', [channel('blind'), channel('other', { priority: 1 })], {}],
    ['the order of the mapping', [channel('other'), channel('blind')], { ruleChannels: ['blind', 'other'] }],
    ['the conversation that is on it', [channel('other'), channel('blind')], { affinity: 'blind' }],
  ])('stays first by %s', (_title, channels, question) => {
    expect(names(channels, question)).toEqual(['blind', 'other'])
  })
})
