// Several keys in one channel: they take turns, rest apart, and are never named but by their position.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { isObject, objects, text } from '../../src/base/json.js'
import { startTestHub, type TestHub } from '../support/hub.js'
import { type Answering, type RawUpstream, rawUpstream, sendJson, sendSse } from '../support/raw-upstream.js'

const KEYS = ['sk-first-secret', 'sk-second-secret', 'sk-third-secret']
const stream = (said: string) =>
  `data: {"id":"c","model":"x","choices":[{"index":0,"delta":{"role":"assistant","content":"${said}"}}]}\n\ndata: {"id":"c","model":"x","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n`

let many: RawUpstream
let other: RawUpstream
let hub: TestHub
/** How the provider answers each key; default: well. */
let byKey: Partial<Record<string, Answering>>

const config = () => `
channels:
  - name: many
    endpoints: { openai-chat: "${many.url}/v1" }
    api_key: [${KEYS.join(', ')}]
  - { name: other, endpoints: { openai-chat: "${other.url}/v1" }, priority: 1 }
`
const keyOf = (authorization: string | undefined) => authorization?.replace('Bearer ', '') ?? ''

beforeEach(async () => {
  byKey = {}
  many = await rawUpstream((response, seen, number) => {
    const key = keyOf(seen.headers.authorization)
    const answer = byKey[key] ?? ((to: Parameters<Answering>[0]) => sendSse(to, stream(key)))
    return answer(response, seen, number)
  })
  other = await rawUpstream((response) => sendSse(response, stream('other')))
  hub = await startTestHub({ timing: { holdMs: 100 }, config: config() })
})
afterEach(async () => {
  await hub.stop()
  await many.close()
  await other.close()
})

const ask = async (trace: string) => {
  const reply = await hub.post(
    '/v1/chat/completions',
    { model: 'm', stream: true, messages: [{ role: 'user', content: 'hi' }] },
    { 'ah-trace-id': trace },
  )
  return { status: reply.status, text: await reply.text(), id: reply.headers.get('ah-request-id') ?? '' }
}
const said = (answer: { text: string }) => /"content":"([^"]*)"/.exec(answer.text)?.[1]
const limit: Answering = (response) => {
  response.writeHead(429, { 'content-type': 'application/json', 'retry-after': '600' })
  response.end('{"error":{"message":"slow down"}}')
}
const decisionOf = async (id: string) => {
  const request = await hub.control(`/requests/${id}`)
  if (!isObject(request)) throw new Error('no such request')
  const attempts = objects(request, 'attempts').map((one) => [
    text(one, 'channel'),
    one['key'],
    one['status'],
  ])
  return { attempts, lines: JSON.stringify(request['decision']), all: JSON.stringify(request) }
}

describe('the keys of one channel', () => {
  it('take turns from conversation to conversation, and a conversation keeps its key', async () => {
    const first = [said(await ask('t1')), said(await ask('t2')), said(await ask('t3')), said(await ask('t4'))]
    expect(first).toEqual([...KEYS, KEYS[0]])
    expect([said(await ask('t2')), said(await ask('t1')), said(await ask('t3'))]).toEqual([
      KEYS[1],
      KEYS[0],
      KEYS[2],
    ])
  })

  it('follow each other within one request when one is at its limit, before the next channel', async () => {
    byKey = { [KEYS[0] ?? '']: limit }
    const answer = await ask('t1')
    expect(said(answer)).toBe(KEYS[1])
    const { attempts, lines, all } = await decisionOf(answer.id)
    expect(attempts).toEqual([
      ['many', 1, 429],
      ['many', 2, 200],
    ])
    expect(lines).toMatch(/channel many, key 1: failed after \d+ ms with status 429, slow down/)
    expect(lines).toMatch(/channel many, key 2: answered in \d+ ms/)
    for (const key of KEYS) expect(all).not.toContain(key)
    expect(hub.logged.join('\n')).not.toContain('secret')
  })

  it('rest apart: the one at its limit is left alone, the conversation stays on the other', async () => {
    byKey = { [KEYS[0] ?? '']: limit }
    await ask('t1')
    const before = many.seen.length
    byKey = {}
    expect([said(await ask('t1')), said(await ask('t2')), said(await ask('t3'))]).toEqual([
      KEYS[1],
      KEYS[2],
      KEYS[1],
    ])
    expect(many.seen.slice(before).map((seen) => keyOf(seen.headers.authorization))).not.toContain(KEYS[0])
    expect(JSON.stringify(await hub.control('/status'))).toContain('key 1: slow down')
  })

  it('are passed over when refused, and asked again after the channel was edited', async () => {
    byKey = { [KEYS[0] ?? '']: (response) => sendJson(response, { error: { message: 'bad key' } }, 401) }
    expect(said(await ask('t1'))).toBe(KEYS[1])
    expect(said(await ask('t4'))).toBe(KEYS[2])
    expect(many.seen).toHaveLength(3)
    byKey = {}
    hub.writeConfig(
      config().replace(', priority: 1', ', priority: 2').replace('name: many', 'name: many\n    weight: 2'),
    )
    await hub.control('/reload', {})
    const answers = [said(await ask('t5')), said(await ask('t6')), said(await ask('t7'))]
    expect(new Set(answers)).toEqual(new Set(KEYS))
  })

  it('are not tried one by one when the provider itself is at fault', async () => {
    byKey = Object.fromEntries(KEYS.map((key) => [key, (response) => sendJson(response, {}, 500)]))
    expect(said(await ask('t1'))).toBe('other')
    expect(many.seen).toHaveLength(1)
  })

  it('that all are at their limit are told one by one, and when the first is free', async () => {
    byKey = Object.fromEntries(KEYS.map((key) => [key, limit]))
    await other.close()
    const { status, text: told } = await ask('t1')
    expect(status).toBe(429)
    for (const key of ['key 1', 'key 2', 'key 3'])
      expect(told).toMatch(new RegExp(`many, ${key}: .*free in 10 min`))
    expect(told).toContain('The next, many, key 1, is free in 10 min.')
    for (const key of KEYS) expect(told).not.toContain(key)
  })
})

describe('routing.max_attempts', () => {
  it('counts channels, not keys', async () => {
    hub.writeConfig(`routing: { max_attempts: 1 }\n${config()}`)
    await hub.control('/reload', {})
    byKey = { [KEYS[0] ?? '']: limit, [KEYS[1] ?? '']: limit, [KEYS[2] ?? '']: limit }
    const answer = await ask('t1')
    expect(answer.status).toBe(429)
    expect(many.seen).toHaveLength(3)
    expect(other.seen).toHaveLength(0)
    expect((await decisionOf(answer.id)).lines).toContain(
      'channel other: not tried, routing.max_attempts is 1',
    )
  })
})
