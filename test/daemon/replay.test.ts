// A recorded request sent again: through the whole pipeline, in a trace of its own, with nothing left behind.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { isObject, type JsonObject, type JsonValue, list, text } from '../../src/base/json.js'
import { resolvePaths } from '../../src/config/paths.js'
import { controlClient } from '../../src/control/client.js'
import { startTestHub, type TestHub } from '../support/hub.js'
import { type Answering, type RawUpstream, rawUpstream, sendJson, sendSse } from '../support/raw-upstream.js'

let upstream: RawUpstream
let hub: TestHub
let answer: Answering

const chat: Answering = (response, { body }) =>
  sendSse(
    response,
    `data: {"choices":[{"index":0,"delta":{"content":"I am ${JSON.parse(body.toString()).model}"}}]}\n\ndata: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n`,
  )

const config = (capture = 'full') => `
server: { capture: { bodies: ${capture} } }
channels:
  - { name: first, endpoints: { openai-chat: "${upstream.url}/first" }, priority: 0 }
  - { name: second, endpoints: { openai-chat: "${upstream.url}/second" }, priority: 1, models: [other] }
  - { name: native, endpoints: { anthropic-messages: "${upstream.url}/native" }, priority: 5 }
  - { name: off, endpoints: { openai-chat: "${upstream.url}/off" }, enabled: false }
  - { name: plan, endpoints: { anthropic-messages: "${upstream.url}/plan" }, auth: client, priority: 9 }
profiles:
  cheap: { mappings: [{ from: "*", to: small, channel: first }] }
  mine: { channels: [plan] }
`

beforeAll(async () => {
  upstream = await rawUpstream((response, seen, number) => answer(response, seen, number))
  hub = await startTestHub({ config: config() })
})
afterAll(async () => {
  await hub.stop()
  await upstream.close()
})
beforeEach(() => {
  answer = chat
  upstream.seen.length = 0
})

const SESSION = '0199dddd-1111-7222-8333-444455556666'
const BODY = {
  model: 'claude-opus-5-5',
  max_tokens: 9,
  stream: true,
  messages: [{ role: 'user', content: 'hi' }],
}

/** Sends the request as Claude Code would; the id under which it was recorded. */
async function record(): Promise<string> {
  const reply = await hub.post('/anthropic/v1/messages', BODY, {
    'x-claude-code-session-id': SESSION,
    'user-agent': 'claude-cli/2.1.328 (external, cli)',
  })
  await reply.text()
  upstream.seen.length = 0
  return reply.headers.get('ah-request-id') ?? ''
}

async function replay(id: string, body: JsonObject = {}): Promise<JsonObject> {
  const reply = await hub.control(`/requests/${id}/replay`, body)
  return isObject(reply) ? reply : {}
}

const errorOf = (reply: JsonObject) => reply['error']
const shown = async (reply: JsonObject): Promise<JsonObject> => {
  const view = await hub.control(`/requests/${text(reply, 'requestId') ?? ''}`)
  return isObject(view) ? view : {}
}

describe('a replay', () => {
  it('takes the same way as the original: conversion, decision and record, marked, in its own trace', async () => {
    const id = await record()
    const reply = await replay(id)
    expect(reply).toMatchObject({ status: 200, answer: expect.stringContaining('I am claude-opus-5-5') })
    expect(text(reply, 'answer')).toContain('event: message_stop')
    const view = await shown(reply)
    expect(view).toMatchObject({
      traceId: reply['traceId'],
      agent: 'claude-code',
      path: '/anthropic/v1/messages?beta=true',
      outcome: 'completed',
      mode: 'convert',
      keyName: 'test',
      headers: { 'ah-replay-of': id },
    })
    expect(list(view, 'decision')[0]).toBe(`replay of ${id}: as its key would be answered now`)
    expect(reply['traceId']).not.toBe(SESSION)
    const trace = await hub.control(`/traces/${text(reply, 'traceId') ?? ''}`)
    expect(trace).toMatchObject({ source: 'replay', requests: 1 })
    expect(upstream.seen[0]?.headers).not.toHaveProperty('x-axonhub-key')
    expect(upstream.seen[0]?.headers).not.toHaveProperty('ah-replay-of')
    expect(upstream.seen[0]?.headers).not.toHaveProperty('ah-trace-id')
  })

  it.each<[string, JsonObject, string, string]>([
    ['a profile', { profile: 'cheap' }, '/first', 'small'],
    ['a model', { model: 'other' }, '/first', 'other'],
    ['a channel', { channel: 'second', model: 'anything' }, '/second', 'anything'],
    [
      'a profile and another channel than it gives',
      { profile: 'cheap', channel: 'second' },
      '/second',
      'small',
    ],
    ['a model past the profile', { profile: 'cheap', model: 'big' }, '/first', 'big'],
  ])('goes where %s says', async (_name, question, path, model) => {
    const reply = await replay(await record(), question)
    expect(upstream.seen.map((seen) => seen.path)).toEqual([`${path}/chat/completions`])
    expect(JSON.parse(upstream.seen[0]?.body.toString() ?? '')).toMatchObject({ model })
    expect(await shown(reply)).toMatchObject({ modelUsed: model, outcome: 'completed' })
  })

  it('is relayed as the agent itself would have asked, under the model that was named', async () => {
    await replay(await record(), { channel: 'native', model: 'claude-other' })
    expect(upstream.seen.map((seen) => seen.path)).toEqual(['/native/v1/messages?beta=true'])
    expect(upstream.seen[0]?.headers['user-agent']).toBe('claude-cli/2.1.328 (external, cli)')
    expect(JSON.parse(upstream.seen[0]?.body.toString() ?? '')).toEqual({ ...BODY, model: 'claude-other' })
  })

  it('leaves conversation, channel and lessons of the original as they were', async () => {
    const id = await record()
    answer = (response) => sendJson(response, { error: { message: 'boom' } }, 500)
    for (let times = 0; times < 4; times++) {
      const reply = await replay(id, { channel: 'first' })
      expect(reply['status']).toBe(502)
      expect(await shown(reply)).toMatchObject({ outcome: 'failed' })
    }
    answer = chat
    await replay(id, { channel: 'second', model: 'other' })
    const status = await hub.control('/status')
    const channels: JsonValue[] = isObject(status) ? list(status, 'channels') : []
    expect(channels).toContainEqual(expect.objectContaining({ name: 'first', resting: null }))
    upstream.seen.length = 0
    await (await hub.post('/anthropic/v1/messages', BODY, { 'x-claude-code-session-id': SESSION })).text()
    expect(upstream.seen.map((seen) => seen.path)).toEqual(['/first/chat/completions'])
  })

  it('cannot be feigned by an agent', async () => {
    const reply = await hub.post('/anthropic/v1/messages', BODY, { 'ah-replay-of': 'ar-another' })
    await reply.text()
    const view = await hub.control(`/requests/${reply.headers.get('ah-request-id') ?? ''}`)
    expect(view).toMatchObject({
      outcome: 'completed',
      headers: expect.not.objectContaining({ 'ah-replay-of': 'ar-another' }),
    })
  })

  it('ends upstream when the asker hangs up', async () => {
    const id = await record()
    answer = (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write('data: {"choices":[{"index":0,"delta":{"content":"slowly"}}]}\n\n')
    }
    const control = controlClient(resolvePaths({ AXONHUB_HOME: hub.home }, hub.home).socket)
    const ending = new AbortController()
    const asked = control.replay(id, {}, ending.signal)
    await expect.poll(() => upstream.seen.length).toBe(1)
    ending.abort()
    await expect(asked).rejects.toThrow('aborted')
    await expect.poll(() => upstream.seen[0]?.closedAt).toBeTypeOf('number')
  })
})

describe('a replay is refused in words', () => {
  it.each<[string, JsonObject, JsonObject]>([
    [
      'a channel with the login of the agent',
      { channel: 'plan' },
      { code: 'refused', message: expect.stringContaining('no credential of an agent is ever stored') },
    ],
    ['a channel that is off', { channel: 'off' }, { code: 'refused' }],
    ['a channel that is not there', { channel: 'nowhere' }, { code: 'not-found' }],
    ['a profile that is not there', { profile: 'nowhere' }, { code: 'profile-missing' }],
    ['a question that is none', { modle: 'x' }, { code: 'usage' }],
  ])('for %s', async (_name, question, error) => {
    expect(errorOf(await replay(await record(), question))).toMatchObject(error)
    expect(upstream.seen).toEqual([])
  })

  it('for a profile whose channels all live on the login of the agent', async () => {
    const view = await shown(await replay(await record(), { profile: 'mine' }))
    expect(view).toMatchObject({
      outcome: 'failed',
      errorText: expect.stringContaining('No credential of an agent is stored'),
    })
    expect(upstream.seen).toEqual([])
  })

  it('for an id that nobody has', async () => {
    expect(errorOf(await replay('ar-ffffffff'))).toMatchObject({ code: 'not-found' })
  })

  it('while the request is still running', async () => {
    let finish: () => void = () => undefined
    const finished = new Promise<void>((resolve) => {
      finish = resolve
    })
    answer = async (response) => {
      await finished
      sendJson(response, {}, 500)
    }
    const asked = hub.post('/anthropic/v1/messages', BODY, { 'ah-trace-id': 'slow' })
    await expect.poll(() => upstream.seen.length).toBe(1)
    const trace = await hub.control('/traces/slow')
    const id = JSON.stringify(trace).match(/ar-[0-9a-f]+/)?.[0] ?? ''
    expect(errorOf(await replay(id))).toMatchObject({
      code: 'refused',
      message: expect.stringContaining('still running'),
    })
    finish()
    await asked
  })

  it('when the body was never kept, and when recording is off', async () => {
    hub.writeConfig(config('metadata'))
    await hub.control('/reload', {})
    const bare = await record()
    expect(errorOf(await replay(bare))).toMatchObject({
      code: 'not-found',
      hint: expect.stringContaining('capture.bodies'),
    })
    hub.writeConfig(config())
    await hub.control('/reload', {})
    const full = await record()
    hub.writeConfig(config('off'))
    await hub.control('/reload', {})
    expect(errorOf(await replay(full))).toMatchObject({
      code: 'refused',
      message: expect.stringContaining('Recording is off'),
    })
  })
})
