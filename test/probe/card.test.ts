// What `channel test` says of a provider that can do all, in each protocol and in the place of each agent.
import { afterEach, describe, expect, it } from 'vitest'
import { CAPABILITIES } from '../../src/control/card.js'
import { ANTHROPIC } from '../support/upstream/anthropic/provider.js'
import { PLAIN_FLAVOUR } from '../support/upstream/openai-chat/flavour.js'
import { openAiChat } from '../support/upstream/openai-chat/provider.js'
import { OPENAI_RESPONSES } from '../support/upstream/openai-responses/provider.js'
import type { Provider } from '../support/upstream/provider.js'
import { type Model, startModel } from './model.js'
import { channelAt, marks, probe } from './run.js'

const open: Model[] = []
const start = async (provider: Provider) => {
  const model = await startModel(provider)
  open.push(model)
  return model
}
afterEach(async () => {
  await Promise.all(open.splice(0).map((model) => model.close()))
})

const PROVIDERS = [openAiChat(PLAIN_FLAVOUR), OPENAI_RESPONSES, ANTHROPIC]
const PAIRS = PROVIDERS.flatMap((provider) =>
  (['codex', 'claude'] as const).map((as) => ({ provider, as, protocol: provider.protocol })),
)

describe('the card of a provider that can do all', () => {
  it.each(PAIRS)('is all yes for $as over $protocol', async ({ provider, as, protocol }) => {
    const model = await start(provider)
    const reply = await probe(channelAt({ [protocol]: model.baseUrl }), { as })
    expect(model.violations).toEqual([])
    const [card, ...others] = reply.cards
    expect(others).toEqual([])
    expect(card?.results.map(({ result, detail }) => `${result} ${detail}`)).toEqual(
      CAPABILITIES.map(() => expect.stringMatching(/^yes /)),
    )
    expect(card?.results.map(({ capability }) => capability)).toEqual(CAPABILITIES)
    expect(reply).toMatchObject({ channel: 'up', ok: true, note: null })
  })

  it('tells how many requests and tokens it took, and hangs up just once', async () => {
    const model = await start(openAiChat(PLAIN_FLAVOUR))
    const { cards } = await probe(channelAt({ 'openai-chat': model.baseUrl }))
    const [card] = cards
    expect(card?.requests).toBe(model.paths.length)
    expect(card?.requests).toBeLessThanOrEqual(13)
    expect(card?.inputTokens).toBeLessThan(12_000)
    expect(card?.outputTokens).toBe(40 * (model.paths.length - 2))
    expect(model.hangUps()).toBe(1)
  })
})

describe('the ways through a channel', () => {
  it('are one for a single endpoint, and it stands for both agents', async () => {
    const model = await start(OPENAI_RESPONSES)
    const { cards } = await probe(channelAt({ 'openai-responses': model.baseUrl }))
    expect(cards).toMatchObject([{ agent: 'codex', protocol: 'openai-responses', mode: 'relay' }])
  })

  it('are each agent to its own endpoint, and a client of its protocol to one that no agent would use', async () => {
    const [chat, responses, messages] = await Promise.all(PROVIDERS.map(start))
    const endpoints = {
      'openai-chat': chat?.baseUrl ?? '',
      'openai-responses': responses?.baseUrl ?? '',
      'anthropic-messages': messages?.baseUrl ?? '',
    }
    const { cards } = await probe(channelAt(endpoints))
    expect(cards).toMatchObject([
      { agent: 'claude', protocol: 'anthropic-messages', mode: 'relay' },
      { agent: 'codex', protocol: 'openai-responses', mode: 'relay' },
      { agent: 'other', protocol: 'openai-chat', mode: 'relay', requests: 1 },
    ])
    expect(marks(cards[2])).toEqual({ text: 'yes' })
    const codex = await probe(channelAt({ 'anthropic-messages': endpoints['anthropic-messages'] }), {
      as: 'codex',
    })
    expect(codex.cards).toMatchObject([{ agent: 'codex', protocol: 'anthropic-messages', mode: 'convert' }])
  })

  it('are none where only the agent can pay, and that is said', async () => {
    const channel = channelAt({ 'openai-responses': 'http://127.0.0.1:9' }, { auth: 'client' })
    const reply = await probe(channel)
    expect(reply).toMatchObject({ ok: true, cards: [], note: expect.stringContaining('only the agent') })
  })

  it('end when nobody waits for the card any more', async () => {
    const model = await start(openAiChat(PLAIN_FLAVOUR))
    const controller = new AbortController()
    const asked = probe(channelAt({ 'openai-chat': model.baseUrl }), { signal: controller.signal })
    const watch = setInterval(() => model.paths.length > 0 && controller.abort(), 1)
    await expect(asked.finally(() => clearInterval(watch))).rejects.toMatchObject({ code: 'canceled' })
    expect(model.paths.length).toBeLessThan(13)
  })
})
