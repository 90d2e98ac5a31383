// What a request is known by: its id on the answer, its trace's id, and its line in the log.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isObject, objects, parseJson } from '../../src/base/json.js'
import { oneChannel, startTestHub, type TestHub } from '../support/hub.js'
import { type Answering, type RawUpstream, rawUpstream, sendJson } from '../support/raw-upstream.js'

const fine: Answering = (response) =>
  sendJson(response, {
    model: 'real',
    choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
  })
let answer = fine
let upstream: RawUpstream
let hub: TestHub

beforeAll(async () => {
  upstream = await rawUpstream((response, seen, number) => answer(response, seen, number))
  const profile = 'profiles:\n  p: { mappings: [{ from: asked, to: real }] }\nactive_profile: p\n'
  hub = await startTestHub({ config: oneChannel('openai-chat', `${upstream.url}/v1`, profile) })
})
afterAll(async () => {
  await hub.stop()
  await upstream.close()
})

const PATH = '/v1/chat/completions'
const body = { model: 'asked', messages: [{ role: 'user', content: 'a secret question' }] }

async function traceIds(): Promise<unknown[]> {
  const reply = await hub.control('/traces')
  return Array.isArray(reply) ? reply.map((trace: unknown) => (isObject(trace) ? trace['id'] : trace)) : []
}

describe('the request header', () => {
  it('comes back as the client sent it, on every kind of answer', async () => {
    const mine = { 'ah-request-id': 'mine-7' }
    const replies = [
      await hub.post(PATH, body, mine),
      await hub.post(PATH, '', mine),
      await hub.post(PATH, body, { ...mine, authorization: 'Bearer nope' }),
      await hub.post('/v1/embeddings', { model: 'asked', input: 'x' }, mine),
      await hub.post('/v1/messages/count_tokens', body, mine),
      await hub.get('/v1/models', mine),
      await hub.get('/health', mine),
      await hub.get('/nothing', mine),
    ]
    expect(replies.map((reply) => reply.headers.get('ah-request-id'))).toEqual(replies.map(() => 'mine-7'))
    expect(upstream.seen.some(({ headers }) => 'ah-request-id' in headers)).toBe(false)
  })

  it.each([
    ['none', undefined],
    ['one with a space', 'a b'],
    ['one of 129 letters', 'x'.repeat(129)],
  ])('is the hub’s own for a client that sends %s', async (_what, sent) => {
    const reply = await hub.post(PATH, body, sent === undefined ? {} : { 'ah-request-id': sent })
    expect(reply.headers.get('ah-request-id')).toMatch(/^ar-[0-9a-f]{32}$/)
  })
})

describe('a trace id', () => {
  it('of more than 256 letters is cut, and two that begin alike stay two', async () => {
    const long = 't'.repeat(300)
    for (const id of ['short', `${long}1`, `${long}2`, `${long}1`])
      await hub.post(PATH, body, { 'ah-trace-id': id })
    await expect
      .poll(async () => (await traceIds()).filter((id) => /^t{239}-[0-9a-f]{16}$/.test(String(id))).length)
      .toBe(2)
    expect(await traceIds()).toContain('short')
  })
})

describe('the log', () => {
  const lineOf = (reply: Response) => () =>
    hub.logged.find(
      (line) => /(^|: )request /.test(line) && line.includes(String(reply.headers.get('ah-request-id'))),
    )

  it('has one line for a request: who, what, by whom, how long, and no word of what was said', async () => {
    const reply = await hub.post(PATH, body, { 'user-agent': 'codex_cli_rs/0.159.0' })
    const id = reply.headers.get('ah-request-id')
    await expect
      .poll(lineOf(reply))
      .toMatch(/^request request=ar-\w+ agent=codex model="asked → real" channel=up status=200 ms=\d+$/)
    expect(hub.logged.filter((line) => line.includes(String(id)))).toHaveLength(1)
    expect(hub.logged.join('\n')).not.toContain('a secret question')
  })

  it('has one for embeddings as well, with their path', async () => {
    const reply = await hub.post('/v1/embeddings', { model: 'asked', input: 'x' })
    await expect
      .poll(lineOf(reply))
      .toMatch(/^request request=ar-\w+ agent=other path=\/v1\/embeddings status=200 ms=\d+$/)
    const failed = await hub.post('/v1/embeddings', 'no json')
    await expect.poll(lineOf(failed)).toMatch(/^warn: request .* ms=\d+ code=invalid-request$/)
  })

  it('warns of a failed one with its code, also when it was refused at the door', async () => {
    answer = (response) => sendJson(response, { error: { message: 'no' } }, 400)
    const failed = await hub.post(PATH, body)
    answer = fine
    await expect.poll(lineOf(failed)).toMatch(/^warn: .*status=400 ms=\d+ code=upstream-rejected$/)
    const refused = await hub.post(PATH, body, { authorization: 'Bearer nope' })
    await expect.poll(lineOf(refused)).toMatch(/^warn: .*status=401 code=authentication$/)
  })
})

describe('a path or method that is not served', () => {
  it('is answered with 405 and Allow for a method that the path does not have', async () => {
    for (const [path, method, allow] of [
      ['/v1/messages', 'PUT', 'POST'],
      ['/v1/responses', 'GET', 'POST'],
      ['/v1/models', 'DELETE', 'GET, HEAD'],
    ] as const) {
      const reply = await fetch(hub.url + path, { method })
      expect(reply.status).toBe(405)
      expect(reply.headers.get('allow')).toBe(allow)
      expect(JSON.stringify(parseJson(await reply.text()))).toContain(`Use ${allow}.`)
    }
  })

  it.each([
    ['/v1beta/models/g:embedContent', 404, 'NOT_FOUND'],
    ['/gemini/v1beta/cachedContents', 404, 'NOT_FOUND'],
    ['/v1beta/nothing', 404, 'NOT_FOUND'],
  ])('is answered on %s as Google would, with %i on both, key or none', async (path, status, name) => {
    for (const authorization of [`Bearer ${hub.key}`, '']) {
      const reply = await hub.post(path, {}, { authorization })
      expect(reply.status).toBe(status)
      expect(await reply.json()).toMatchObject({ error: { code: status, status: name } })
    }
  })

  it('is answered in OpenAI’s shape where the demo has no such path', async () => {
    const demo = await startTestHub({ demo: true })
    const reply = await demo.post('/v1/embeddings', { model: 'demo-large', input: 'x' })
    const told: unknown = await reply.json()
    await demo.stop()
    expect(reply.status).toBe(404)
    expect(told).toMatchObject({
      error: {
        message: expect.stringContaining('/v1/embeddings'),
        type: 'invalid_request_error',
        param: null,
        code: 'unknown_url',
      },
    })
  })
})

describe('a request of OpenCode', () => {
  const headers = { 'user-agent': 'opencode/1.18.33 ai-sdk/provider-utils/4.0.23', 'x-session-id': 'ses_1' }

  it('belongs to the session that its header names, and the title is told from the turns', async () => {
    const title = [{ role: 'system', content: 'You are a title generator. You output ONLY a thread title.' }]
    await hub.post(PATH, { ...body, messages: title }, headers)
    await hub.post(`${PATH}?beta=true&token=abc`, { ...body, tools: [] }, headers)
    const trace = await hub.control('/traces/ses_1')
    const turns = isObject(trace) ? objects(trace, 'turns') : []
    const requests = turns.flatMap((turn) => objects(turn, 'requests'))
    expect(trace).toMatchObject({ source: 'opencode', agent: 'opencode', agentVersion: '1.18.33' })
    expect(requests.map((request) => [request['purpose'], request['path']])).toEqual([
      ['title', PATH],
      ['turn', `${PATH}?beta=true&token=…`],
    ])
  })

  it('is no conversation when another program sends such a header', async () => {
    await hub.post(PATH, body, { 'x-session-id': 'ses_2' })
    expect(await traceIds()).not.toContain('ses_2')
  })
})
