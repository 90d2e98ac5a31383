// Each fault of a provider shows as itself on the card, and nothing else does.
import { afterEach, describe, expect, it } from 'vitest'
import type { Capability } from '../../src/control/card.js'
import { rawUpstream } from '../support/raw-upstream.js'
import { ANTHROPIC } from '../support/upstream/anthropic/provider.js'
import { PLAIN_FLAVOUR } from '../support/upstream/openai-chat/flavour.js'
import { openAiChat } from '../support/upstream/openai-chat/provider.js'
import type { Provider } from '../support/upstream/provider.js'
import { type Fault, type Model, startModel } from './model.js'
import { channelAt, detail, marks, probe } from './run.js'

const CHAT = openAiChat(PLAIN_FLAVOUR)
const open: Model[] = []
const start = async (provider: Provider, ...faults: Fault[]) => {
  const model = await startModel(provider, faults)
  open.push(model)
  return model
}
afterEach(async () => {
  await Promise.all(open.splice(0).map((model) => model.close()))
})

const ALL_WELL: Record<Capability, string> = {
  text: 'yes',
  tools: 'yes',
  'tool-streaming': 'yes',
  'parallel-tools': 'yes',
  thinking: 'yes',
  'tool-images': 'yes',
  'json-schema': 'yes',
  'token-count': 'yes',
  cache: 'yes',
  cancel: 'yes',
  models: 'yes',
}

type Row = readonly [
  fault: Fault,
  differs: Partial<Record<Capability, string>>,
  about: Capability,
  words: RegExp,
]

const ROWS: readonly Row[] = [
  [
    'ignores-tools',
    { tools: 'no', 'tool-streaming': 'unknown', 'parallel-tools': 'no', thinking: 'unknown' },
    'tools',
    /not called: it said “I would rather tell you/,
  ],
  ['one-call-at-a-time', { 'parallel-tools': 'no' }, 'parallel-tools', /one call at a time/],
  ['whole-arguments', { 'tool-streaming': 'no' }, 'tool-streaming', /come whole/],
  ['broken-arguments', { tools: 'no', 'parallel-tools': 'no' }, 'tools', /no valid JSON/],
  ['whole-answers', { text: 'no', 'tool-streaming': 'no', cancel: 'unknown' }, 'text', /in one piece/],
  ['no-thinking', { thinking: 'no' }, 'thinking', /no thinking is told/],
  [
    'refuses-second-turn',
    { thinking: 'no' },
    'thinking',
    /as text; .*refused with 400: The reasoning_content/,
  ],
  ['refuses-images', { 'tool-images': 'no' }, 'tool-images', /refuses pictures, so they are left out/],
  ['blind', { 'tool-images': 'no' }, 'tool-images', /does not see it: it said “I cannot see it/],
  ['prose-for-schema', { 'json-schema': 'no' }, 'json-schema', /no JSON object: it said “Where the rivers/],
  ['no-usage', { 'token-count': 'no', cache: 'unknown' }, 'token-count', /no usage is reported/],
  ['tiny-usage', { 'token-count': 'no' }, 'token-count', /100 input tokens reported, .* too few/],
  ['no-cache', { cache: 'no' }, 'cache', /none of its \d+ tokens from the cache/],
  ['no-list', { models: 'no' }, 'models', /no list of models .*404/],
  [
    'rate-limits-tools',
    { tools: 'unknown', 'tool-streaming': 'unknown' },
    'tools',
    /not found out: .*Slow down/,
  ],
]

describe('a provider that', () => {
  it.each(ROWS)('%s shows just that', async (fault, differs, about, words) => {
    const model = await start(CHAT, fault)
    const { ok, cards } = await probe(channelAt({ 'openai-chat': model.baseUrl }), { as: 'codex' })
    expect(marks(cards[0])).toEqual({ ...ALL_WELL, ...differs })
    expect(detail(cards[0], about)).toMatch(words)
    expect(ok).toBe(true)
  })

  it('refuses a field of conversions is asked without it, and the card says so', async () => {
    const model = await start(CHAT, 'refuses-parallel-field')
    const { cards } = await probe(channelAt({ 'openai-chat': model.baseUrl }), { as: 'codex' })
    expect(marks(cards[0])).toEqual(ALL_WELL)
    expect(cards[0]?.withoutFields).toEqual(['parallel_tool_calls'])
    expect(cards[0]?.requests).toBe(model.paths.length)
  })

  it('goes on with the old answer after a hang-up makes the next one wait', async () => {
    const model = await start(CHAT, 'computes-on')
    const { cards } = await probe(channelAt({ 'openai-chat': model.baseUrl }), { as: 'claude' })
    expect(marks(cards[0])).toEqual({ ...ALL_WELL, cancel: 'no' })
    expect(detail(cards[0], 'cancel')).toMatch(/the next answer waited [23]\.\d s/)
    expect(model.hangUps()).toBe(1)
  })

  it('refuses pictures of an agent that it is relayed to says so in its own words', async () => {
    const model = await start(ANTHROPIC, 'refuses-images')
    const { cards } = await probe(channelAt({ 'anthropic-messages': model.baseUrl }), { as: 'claude' })
    expect(marks(cards[0])).toEqual({ ...ALL_WELL, 'tool-images': 'no' })
    expect(detail(cards[0], 'tool-images')).toMatch(/refused with 400: This model does not support/)
  })

  it('has no count_tokens is counted for by the hub', async () => {
    const model = await start(ANTHROPIC, 'no-count')
    const { cards } = await probe(channelAt({ 'anthropic-messages': model.baseUrl }), { as: 'claude' })
    expect(marks(cards[0])).toEqual(ALL_WELL)
    expect(detail(cards[0], 'token-count')).toMatch(/count_tokens answers 404, so the hub counts/)
  })

  it('counts tokens says so', async () => {
    const model = await start(ANTHROPIC)
    const { cards } = await probe(channelAt({ 'anthropic-messages': model.baseUrl }), { as: 'claude' })
    expect(detail(cards[0], 'token-count')).toMatch(/count_tokens says \d+/)
  })
})

describe('a provider that does not answer', () => {
  it('because of the key is asked nothing more', async () => {
    const model = await start(CHAT, 'refuses-key')
    const { ok, cards } = await probe(channelAt({ 'openai-chat': model.baseUrl }))
    expect(ok).toBe(false)
    expect(cards).toMatchObject([
      { answers: false, requests: 1, results: [{ capability: 'text', result: 'no' }] },
    ])
    expect(detail(cards[0], 'text')).toContain('Incorrect API key')
    expect(detail(cards[0], 'text')).not.toContain('channel test')
  })

  it('to one of its keys is told by the position of the key', async () => {
    const model = await startModel(CHAT, [], 'env:GOOD')
    open.push(model)
    const keys = { api_key: ['env:GOOD', 'env:BAD'] }
    const { ok, note, cards } = await probe(channelAt({ 'openai-chat': model.baseUrl }, keys))
    expect(note).toMatch(/^key 2 of 2 does not work: .*Incorrect API key provided\.$/)
    expect(ok).toBe(false)
    expect(marks(cards[0])).toEqual(ALL_WELL)
  })

  it('because nobody is there says which host', async () => {
    const nobody = await rawUpstream(() => undefined)
    await nobody.close()
    const { ok, cards } = await probe(channelAt({ 'openai-chat': nobody.url }))
    expect(ok).toBe(false)
    expect(detail(cards[0], 'text')).toContain(new URL(nobody.url).host)
  })

  it('because it is a web page says so', async () => {
    const page = await rawUpstream((response) => {
      response.writeHead(200, { 'content-type': 'text/html' })
      response.end('<html>Sign in</html>')
    })
    const { ok, cards } = await probe(channelAt({ 'openai-responses': page.url }))
    expect(ok).toBe(false)
    expect(detail(cards[0], 'text')).toContain('text/html')
    await page.close()
  })
})
