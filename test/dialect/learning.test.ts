// A conversion that an upstream refuses for one field is asked again without it, once, and remembered.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { isObject, type JsonObject, list, objects, parseJson, text } from '../../src/base/json.js'
import { oneChannel, startTestHub, type TestHub } from '../support/hub.js'
import { type RawUpstream, rawUpstream, type Seen, sendJson, sendSse } from '../support/raw-upstream.js'

const STREAM = `data: {"id":"c","model":"x","choices":[{"index":0,"delta":{"role":"assistant","content":"ready"}}]}

data: {"id":"c","model":"x","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

data: [DONE]

`

const open: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

const bodyOf = (seen: Seen | undefined): JsonObject => {
  const body = parseJson(seen?.body.toString('utf8') ?? '')
  return isObject(body) ? body : {}
}

/** Answers a body that it does not refuse; `refusal` gives the error's body of one that it does. */
async function picky(refusal: (body: JsonObject) => unknown, status = 400): Promise<RawUpstream> {
  const upstream = await rawUpstream((response, seen) => {
    const error = refusal(bodyOf(seen))
    if (error === undefined) sendSse(response, STREAM)
    else sendJson(response, error, status)
  })
  open.push(() => upstream.close())
  return upstream
}

async function hubFor(upstream: RawUpstream, home?: string): Promise<TestHub> {
  const config = oneChannel('openai-chat', `${upstream.url}/v1`)
  const hub = await startTestHub({ config, ...(home === undefined ? {} : { home }) })
  open.push(() => hub.stop())
  return hub
}

const TOOL = { name: 'look', description: 'd', input_schema: { type: 'object', properties: {} } }
const ASK = {
  model: 'm',
  max_tokens: 100,
  temperature: 0.5,
  stream: true,
  tools: [TOOL],
  tool_choice: { type: 'any', disable_parallel_tool_use: true },
  system: 'be brief',
  messages: [{ role: 'user', content: 'hi' }],
}

async function askMessages(hub: TestHub, body: unknown = ASK) {
  const reply = await hub.post('/anthropic/v1/messages', body)
  return { status: reply.status, id: reply.headers.get('ah-request-id') ?? '', words: await reply.text() }
}

async function recorded(hub: TestHub, id: string) {
  const view = await hub.control(`/requests/${id}`)
  if (!isObject(view)) throw new Error('no record')
  return {
    decision: list(view, 'decision').filter((line) => typeof line === 'string'),
    attempts: objects(view, 'attempts'),
  }
}

const CASES: [string, (body: JsonObject) => boolean, string][] = [
  [
    'stream_options',
    (body) => body['stream_options'] !== undefined,
    "property 'stream_options' is unsupported",
  ],
  ['temperature', (body) => body['temperature'] !== undefined, 'temperature is not supported by this model'],
  [
    'parallel_tool_calls',
    (body) => body['parallel_tool_calls'] !== undefined,
    'Unrecognized request argument supplied: parallel_tool_calls',
  ],
  ['tool_choice', (body) => body['tool_choice'] !== undefined, 'This model does not support tool_choice'],
  [
    'max_tokens',
    (body) => body['max_tokens'] !== undefined,
    "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
  ],
]

describe('an upstream that refuses', () => {
  it.each(CASES)(
    '%s is asked again without it, and from then on never with it',
    async (field, has, message) => {
      const upstream = await picky((body) => (has(body) ? { error: { message } } : undefined))
      const hub = await hubFor(upstream)

      const first = await askMessages(hub)
      expect(first).toMatchObject({ status: 200, words: expect.stringContaining('ready') })
      expect(upstream.seen.map((seen) => has(bodyOf(seen)))).toEqual([true, false])
      const { decision, attempts } = await recorded(hub, first.id)
      expect(decision.join('\n')).toContain(`channel up: refused ${field} for m with status 400`)
      expect(attempts.map((one) => [one['number'], one['outcome'], one['status']])).toEqual([
        [1, 'failed', 400],
        [2, 'completed', 200],
      ])

      const second = await askMessages(hub)
      expect(second.status).toBe(200)
      expect(upstream.seen).toHaveLength(3)
      expect(has(bodyOf(upstream.seen[2]))).toBe(false)
      expect((await recorded(hub, second.id)).decision).toContain(
        `channel up: asked without ${field}, which it refused before`,
      )
    },
  )

  it('the role developer is told the same as system', async () => {
    const isDeveloper = (body: JsonObject) =>
      objects(body, 'input').some((item) => text(item, 'role') === 'developer')
    const upstream = await rawUpstream((response, seen) => {
      if (isDeveloper(bodyOf(seen)))
        sendJson(response, { error: { message: "Invalid value: 'developer'.", param: 'input[0].role' } }, 400)
      else
        sendJson(response, {
          id: 'r',
          object: 'response',
          status: 'completed',
          output: [{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'ready' }] }],
        })
    })
    open.push(() => upstream.close())
    const hub = await startTestHub({ config: oneChannel('openai-responses', `${upstream.url}/v1`) })
    open.push(() => hub.stop())
    const first = await askMessages(hub, { ...ASK, stream: false })
    expect(first).toMatchObject({ status: 200, words: expect.stringContaining('ready') })
    expect(upstream.seen.map((seen) => isDeveloper(bodyOf(seen)))).toEqual([true, false])
    expect(text(objects(bodyOf(upstream.seen[1]), 'input')[0] ?? {}, 'role')).toBe('system')
  })

  it('the role developer in a chat is told its words as the system’s', async () => {
    const roles = (seen: Seen | undefined) =>
      objects(bodyOf(seen), 'messages').map((one) => text(one, 'role'))
    const upstream = await picky((body) =>
      objects(body, 'messages').some((one) => text(one, 'role') === 'developer')
        ? {
            error: {
              message: "'developer' is not one of ['system', 'assistant', 'user'] - 'messages.0.role'",
            },
          }
        : undefined,
    )
    // A vendor whose chat takes the role, as far as its preset knows.
    const config = `channels:\n  - { name: up, provider: azure-openai, api_key: k, endpoints: { openai-chat: "${upstream.url}/v1" } }\n`
    const hub = await startTestHub({ config })
    open.push(() => hub.stop())
    const reply = await hub.post('/v1/responses', {
      model: 'm',
      stream: true,
      input: [
        { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'be brief' }] },
        { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'hi' }] },
      ],
    })
    expect(await reply.text()).toContain('ready')
    expect(upstream.seen.map(roles)).toEqual([
      ['developer', 'user'],
      ['system', 'user'],
    ])
  })

  it('several fields, one after the other, is asked without all of them', async () => {
    const upstream = await picky((body) => {
      const field = ['stream_options', 'temperature', 'parallel_tool_calls'].find(
        (name) => body[name] !== undefined,
      )
      return (
        field && {
          detail: [{ type: 'extra_forbidden', loc: ['body', field], msg: 'Extra inputs are not permitted' }],
        }
      )
    }, 422)
    const hub = await hubFor(upstream)
    expect((await askMessages(hub)).status).toBe(200)
    expect(upstream.seen).toHaveLength(4)
    expect((await askMessages(hub)).status).toBe(200)
    expect(upstream.seen).toHaveLength(5)
  })

  it('the same field with and without it is not asked for ever', async () => {
    const upstream = await picky(() => ({ error: { message: "property 'temperature' is unsupported" } }))
    const hub = await hubFor(upstream)
    expect((await askMessages(hub)).status).toBe(400)
    expect(upstream.seen).toHaveLength(2)
  })

  it('something else is not asked twice', async () => {
    const upstream = await picky(() => ({ error: { message: 'messages: at least one message is required' } }))
    const hub = await hubFor(upstream)
    expect((await askMessages(hub)).status).toBe(400)
    expect(upstream.seen).toHaveLength(1)
  })

  it('a field of a relayed request is passed on to the agent, whose body it is', async () => {
    const upstream = await picky(() => ({ error: { message: "property 'temperature' is unsupported" } }))
    const hub = await hubFor(upstream)
    const reply = await hub.post('/v1/chat/completions', {
      model: 'm',
      temperature: 1,
      messages: [{ role: 'user', content: 'hi' }],
    })
    expect(reply.status).toBe(400)
    expect(upstream.seen).toHaveLength(1)
  })
})

describe('what was learned', () => {
  const refusesTemperature = () =>
    picky((body) =>
      body['temperature'] === undefined
        ? undefined
        : { error: { message: "property 'temperature' is unsupported" } },
    )
  const temperatures = (upstream: RawUpstream) => upstream.seen.map((seen) => bodyOf(seen)['temperature'])

  it('is told by explain', async () => {
    const hub = await hubFor(await refusesTemperature())
    await askMessages(hub)
    const reply = await hub.control('/explain', { model: 'm', agent: 'claude-code' })
    expect(isObject(reply) ? reply['reasons'] : []).toContain(
      'channel up: asked without temperature, which it refused before',
    )
  })

  it('holds for that model only', async () => {
    const upstream = await refusesTemperature()
    const hub = await hubFor(upstream)
    await askMessages(hub)
    await askMessages(hub, { ...ASK, model: 'other' })
    expect(temperatures(upstream)).toEqual([0.5, undefined, 0.5, undefined])
  })

  it('outlives a restart, and is forgotten when the channel is tested', async () => {
    const upstream = await refusesTemperature()
    const home = mkdtempSync(join(tmpdir(), 'ahub-'))
    open.push(async () => rmSync(home, { recursive: true, force: true }))
    const first = await hubFor(upstream, home)
    await askMessages(first)
    await first.stop()
    const second = await hubFor(upstream, home)
    await askMessages(second)
    expect(temperatures(upstream)).toEqual([0.5, undefined, undefined])
    await second.control('/channels/up/test', {})
    const before = upstream.seen.length
    await askMessages(second)
    expect(temperatures(upstream).slice(before)).toEqual([0.5, undefined])
  })

  it('is forgotten when the channel is changed', async () => {
    const upstream = await refusesTemperature()
    const hub = await hubFor(upstream)
    await askMessages(hub)
    hub.writeConfig(oneChannel('openai-chat', `${upstream.url}/v1`, '    priority: 3\n'))
    await hub.control('/reload', {})
    await askMessages(hub)
    expect(temperatures(upstream)).toEqual([0.5, undefined, 0.5, undefined])
  })
})
