// Spans through the official SDK to a collector on this machine: what a team's tracing gets to see.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  isObject,
  type JsonObject,
  type JsonValue,
  list,
  object,
  objects,
  parseJson,
  text,
} from '../../src/base/json.js'
import { openOtlp } from '../../src/telemetry/otlp.js'
import { startTestHub, type TestHub } from '../support/hub.js'
import { type RawUpstream, rawUpstream, type Seen, sendJson, sendSse } from '../support/raw-upstream.js'
import { finished, started } from '../support/records.js'

let upstream: RawUpstream
let collector: RawUpstream
let hub: TestHub | undefined
let takes = true

const usage = {
  prompt_tokens: 100,
  completion_tokens: 7,
  prompt_tokens_details: { cached_tokens: 60 },
  completion_tokens_details: { reasoning_tokens: 3 },
}
const stream = [
  { choices: [{ index: 0, delta: { role: 'assistant', content: 'The secret word' } }] },
  { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage },
]
  .map((event) => `data: ${JSON.stringify({ id: 'c', model: 'm', ...event })}\n\n`)
  .join('')

const config = (otlp: string) => `
channels:
  - { name: first, endpoints: { openai-chat: "${upstream.url}/first" }, priority: 0 }
  - { name: second, provider: deepseek, endpoints: { openai-chat: "${upstream.url}/second" }, api_key: sk-x, models: ["*"], priority: 1 }
telemetry:
  otlp: ${otlp}
`

beforeAll(async () => {
  upstream = await rawUpstream((response, seen) => {
    if (seen.path.startsWith('/first')) sendJson(response, { error: { message: 'too many' } }, 429)
    else sendSse(response, `${stream}data: [DONE]\n\n`)
  })
  collector = await rawUpstream((response) => {
    if (takes) sendJson(response, {})
    else response.writeHead(503, { 'retry-after': '600' }).end()
  })
})
afterAll(async () => {
  await upstream.close()
  await collector.close()
})
beforeEach(() => {
  takes = true
  collector.seen.length = 0
})
afterEach(async () => {
  await hub?.stop()
  hub = undefined
})

type Span = {
  readonly fields: JsonObject
  readonly attributes: Readonly<Record<string, JsonValue>>
}

/** `{ stringValue: 'x' }`, `{ intValue: 3 }`, `{ arrayValue: { values: […] } }` → the value. */
function plainValue(value: JsonValue | undefined): JsonValue {
  const [entry] = isObject(value) ? Object.entries(value) : []
  if (entry === undefined) return null
  const [type, inner] = entry
  if (type === 'arrayValue' && isObject(inner)) return list(inner, 'values').map(plainValue)
  return type === 'intValue' ? Number(inner) : inner
}

const attributesOf = (object: JsonObject) =>
  Object.fromEntries(
    objects(object, 'attributes').map((one) => [text(one, 'key') ?? '', plainValue(one['value'])]),
  )

function spansIn({ body }: Seen): { spans: Span[]; resource: Record<string, JsonValue> } {
  const value = parseJson(body.toString())
  const resources = isObject(value) ? objects(value, 'resourceSpans') : []
  const spans = resources.flatMap((one) =>
    objects(one, 'scopeSpans').flatMap((scope) => objects(scope, 'spans')),
  )
  const [first] = resources
  return {
    spans: spans.map((fields) => ({ fields, attributes: attributesOf(fields) })),
    resource: attributesOf((first && object(first, 'resource')) ?? {}),
  }
}

const BODY = {
  model: 'm',
  stream: true,
  messages: [{ role: 'user', content: `my key is sk-${'a1B2c3D4'.repeat(5)}` }],
}

function running(): TestHub {
  if (hub === undefined) throw new Error('No hub runs.')
  return hub
}

async function ask(): Promise<string> {
  const reply = await running().post('/v1/chat/completions', BODY, { 'ah-trace-id': 'a-conversation' })
  return reply.text()
}

/** Sends what waits by switching the export off. */
async function collected(): Promise<{ spans: Span[]; resource: Record<string, JsonValue> }> {
  await new Promise((resolve) => setTimeout(resolve, 50))
  running().writeConfig(config('{}'))
  await running().control('/reload', {})
  await expect.poll(() => collector.seen.length).toBeGreaterThan(0)
  const all = collector.seen.map(spansIn)
  return { spans: all.flatMap(({ spans }) => spans), resource: all[0]?.resource ?? {} }
}

const nanos = (fields: JsonObject, name: string) => BigInt(text(fields, name) ?? '0')

describe('a request in the tracing of a team', () => {
  it('is a span with a child for each try, by the conventions, with exact times and without content', async () => {
    hub = await startTestHub({
      config: config(`{ endpoint: "${collector.url}", headers: { x-team: "env:TEAM_KEY" } }`),
      env: { TEAM_KEY: 'of-the-team' },
    })
    const before = BigInt(Date.now())
    await ask()
    const after = BigInt(Date.now() + 1)
    const { spans, resource } = await collected()
    expect(collector.seen[0]).toMatchObject({ path: '/v1/traces', headers: { 'x-team': 'of-the-team' } })
    expect(resource).toMatchObject({ 'service.name': 'axonhub', 'service.version': '0.0.0-test' })
    const root = spans.find(({ fields }) => text(fields, 'parentSpanId') === undefined)
    expect(root?.fields).toMatchObject({ name: 'chat m', kind: 2 })
    expect(root?.attributes).toMatchObject({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'deepseek',
      'gen_ai.request.model': 'm',
      'gen_ai.response.model': 'm',
      'gen_ai.conversation.id': 'a-conversation',
      'gen_ai.usage.input_tokens': 100,
      'gen_ai.usage.output_tokens': 7,
      'gen_ai.usage.cache_read.input_tokens': 60,
      'gen_ai.usage.reasoning.output_tokens': 3,
      'gen_ai.response.finish_reasons': ['stop'],
      'http.response.status_code': 200,
      'axonhub.channel': 'second',
      'axonhub.mode': 'relay',
    })
    const tries = spans.filter((span) => span !== root)
    expect(tries.map(({ fields }) => [fields['name'], fields['kind'], fields['parentSpanId']])).toEqual([
      ['chat m', 3, root?.fields['spanId']],
      ['chat m', 3, root?.fields['spanId']],
    ])
    expect(tries.map(({ attributes }) => attributes['error.type'])).toEqual(['rate-limited', undefined])
    expect(tries[0]?.fields['status']).toMatchObject({ code: 2, message: 'too many' })
    for (const { fields } of spans) {
      expect(nanos(fields, 'startTimeUnixNano')).toBeGreaterThanOrEqual(before * 1_000_000n)
      expect(nanos(fields, 'endTimeUnixNano')).toBeLessThanOrEqual(after * 1_000_000n)
      expect(nanos(fields, 'endTimeUnixNano')).toBeGreaterThan(nanos(fields, 'startTimeUnixNano'))
    }
    expect(JSON.stringify(spans)).not.toContain('secret word')
    expect(JSON.stringify(spans)).not.toContain('my key')
  })

  it('brings what was said when content is wanted, without secrets', async () => {
    hub = await startTestHub({ config: config(`{ endpoint: "${collector.url}/v1/traces", content: true }`) })
    await ask()
    const { spans } = await collected()
    const root = spans.find(({ fields }) => text(fields, 'parentSpanId') === undefined)
    const messages = (name: string) => {
      const value = root?.attributes[name]
      return typeof value === 'string' ? parseJson(value) : undefined
    }
    expect(messages('gen_ai.input.messages')).toEqual([
      { role: 'user', parts: [{ type: 'text', content: expect.stringMatching(/^my key is \[removed\]/) }] },
    ])
    expect(messages('gen_ai.output.messages')).toEqual([
      { role: 'assistant', parts: [{ type: 'text', content: 'The secret word' }], finish_reason: 'stop' },
    ])
  })
})

describe('a collector that takes nothing', () => {
  const open = (url: string, told: string[]) =>
    openOtlp({
      url,
      headers: {},
      version: '0',
      providerOf: () => undefined,
      failed: (message) => void told.push(message),
      delayMs: 10,
      timeoutMs: 300,
    })

  it('is told once, until it took some again', async () => {
    const told: string[] = []
    takes = false
    const spans = open(`${collector.url}/v1/traces`, told)
    const note = () => {
      spans.note(started())
      spans.note(finished())
    }
    note()
    await expect.poll(() => told.length, { timeout: 8_000 }).toBe(1)
    note()
    await expect.poll(() => collector.seen.length, { timeout: 8_000 }).toBeGreaterThan(1)
    expect(told).toHaveLength(1)
    expect(spans.trouble()).toMatch(/\w/)
    takes = true
    await expect
      .poll(
        () => {
          note()
          return spans.trouble()
        },
        { timeout: 8_000 },
      )
      .toBeUndefined()
    await spans.close()
  })

  it('costs bounded memory and two seconds at the end, when it never answers', async () => {
    const silent = await rawUpstream(() => undefined)
    const told: string[] = []
    const spans = open(silent.url, told)
    const startedAt = performance.now()
    for (let number = 0; number < 6_000; number++) {
      spans.note(started({ requestId: `r${number}` }))
      spans.note(finished({ requestId: `r${number}` }))
    }
    expect(performance.now() - startedAt).toBeLessThan(3_000)
    await expect.poll(() => told.length, { timeout: 8_000 }).toBe(1)
    const closingAt = performance.now()
    await spans.close()
    expect(performance.now() - closingAt).toBeLessThan(5_000)
    const sent = silent.seen.flatMap((seen) => spansIn(seen).spans)
    expect(sent.length).toBeLessThan(4_096)
    await silent.close()
  })

  it('does the agent no harm', async () => {
    hub = await startTestHub({ config: config('{ endpoint: "http://127.0.0.1:9" }') })
    expect(await ask()).toContain('The secret word')
    expect(await ask()).toContain('The secret word')
  })

  it('is not asked at all while none is configured', async () => {
    hub = await startTestHub({ config: config('{}') })
    await ask()
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(collector.seen).toEqual([])
  })

  it('is told when a header has no secret behind it, and the hub runs on', async () => {
    hub = await startTestHub({
      config: config(`{ endpoint: "${collector.url}", headers: { x-team: "env:NOT_THERE" } }`),
    })
    expect(await ask()).toContain('The secret word')
    expect(JSON.stringify(await hub.control('/status'))).toMatch(/Spans are not sent: .*NOT_THERE/)
  })
})
