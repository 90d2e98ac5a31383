// Requests that came but could not be read: they stand in the trace as failed ones, unless nobody with a key sent them.
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isObject, type JsonObject, object, objects } from '../../src/base/json.js'
import { startTestHub, type TestHub } from '../support/hub.js'

let hub: TestHub
beforeAll(async () => {
  hub = await startTestHub({ demo: true })
})
afterAll(() => hub.stop())

const BROKEN = '{"model":"m","messages":[{"role":"us'

function asObject(value: unknown): JsonObject {
  if (!isObject(value)) throw new Error(`This is no object: ${JSON.stringify(value)}`)
  return value
}

/** The requests of a trace, once there are as many; the store is a moment behind. */
async function requestsOf(trace: string, count: number): Promise<JsonObject[]> {
  for (let tries = 0; tries < 100; tries += 1) {
    const found = asObject(await hub.control(`/traces/${trace}`))
    const requests = objects(found, 'turns').flatMap((turn) => objects(turn, 'requests'))
    if (requests.filter(({ outcome }) => outcome !== null).length >= count) return requests
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error(`There are no ${count} requests of ${trace}.`)
}

async function counts(): Promise<JsonObject> {
  return object(asObject(await hub.control('/status')), 'requests') ?? {}
}

describe('a request that cannot be read', () => {
  it('stands in the conversation that its headers name, with its error and its body', async () => {
    const headers = { 'ah-trace-id': 'broken-one' }
    const reply = await hub.post('/v1/chat/completions', BROKEN, headers)
    expect(reply.status).toBe(400)
    const id = reply.headers.get('ah-request-id') ?? ''
    expect(await requestsOf('broken-one', 1)).toMatchObject([
      { id, outcome: 'failed', status: 400, errorCode: 'invalid-request', path: '/v1/chat/completions' },
    ])
    const listed = await hub.control('/traces?status=failed')
    expect(listed).toMatchObject([{ id: 'broken-one', requests: 1, failed: 1 }])
    const { errorText, bodies } = asObject(await hub.control(`/requests/${id}`))
    expect(errorText).toContain('not a JSON object')
    expect(bodies).toMatchObject([{ which: 'request', bytes: BROKEN.length }, { which: 'response' }])
  })

  it.each([
    ['a body that is not what its encoding says', { 'content-encoding': 'gzip' }, 400],
    ['an encoding that nobody knows', { 'content-encoding': 'rot13' }, 400],
  ])('is recorded for %s', async (what, more, status) => {
    const trace = `unread-${what.length}`
    const reply = await hub.post('/v1/messages', BROKEN, { 'ah-trace-id': trace, ...more })
    expect(reply.status).toBe(status)
    expect(await requestsOf(trace, 1)).toMatchObject([{ outcome: 'failed', status }])
  })

  it('is a canceled one when its sender hangs up in the middle of it', async () => {
    const { port } = new URL(hub.url)
    const socket = connect(Number(port), '127.0.0.1')
    socket.on('error', () => undefined)
    socket.write(
      `POST /v1/messages HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nauthorization: Bearer ${hub.key}\r\n` +
        'ah-trace-id: hung-up\r\ncontent-type: application/json\r\ncontent-length: 9000\r\n\r\n{"model":',
      () => setTimeout(() => socket.destroy(), 50),
    )
    expect(await requestsOf('hung-up', 1)).toMatchObject([{ outcome: 'canceled' }])
  })

  it('keeps no more of a large body than shows what is wrong with it', async () => {
    const reply = await hub.post('/v1/messages', `[${'1,'.repeat(400_000)}1]`, { 'ah-trace-id': 'large' })
    expect(reply.status).toBe(400)
    await requestsOf('large', 1)
    const id = reply.headers.get('ah-request-id') ?? ''
    const { bodies } = asObject(await hub.control(`/requests/${id}`))
    expect(bodies).toMatchObject([{ which: 'request', bytes: 256 * 1024 }, { which: 'response' }])
  })
})

it('a request without a key of this hub is counted and logged, and nothing of it is stored', async () => {
  const before = Number((await counts())['refused'])
  const headers = { 'ah-trace-id': 'nobody', authorization: 'Bearer ah-wrong' }
  for (const path of ['/v1/messages', '/v1/messages/count_tokens', '/v1/embeddings'])
    expect((await hub.post(path, BROKEN, headers)).status).toBe(401)
  expect((await hub.get('/v1/models', { authorization: '' })).status).toBe(401)
  expect((await counts())['refused']).toBe(before + 4)
  expect(hub.logged.filter((line) => line.includes('code=authentication'))).not.toEqual([])
  expect(await hub.control('/traces/nobody')).toMatchObject({ error: { code: 'not-found' } })
})

it('keys that somebody makes up do not make the hub forget the secrets that it met', async () => {
  const login = { 'x-axonhub-key': hub.key, authorization: 'Bearer plain7login9value' }
  const question = { model: 'demo', messages: [{ role: 'user', content: 'My login is plain7login9value.' }] }
  expect((await hub.post('/v1/chat/completions', question, login)).status).toBe(200)
  for (let flood = 0; flood < 6; flood++)
    await Promise.all(
      Array.from({ length: 100 }, async (_, one) => {
        const made = { authorization: `Bearer made-up-${flood}-${one}-value` }
        expect((await hub.post('/v1/chat/completions', question, made)).status).toBe(401)
      }),
    )
  const other = { model: 'demo', messages: [{ role: 'user', content: 'Again: plain7login9value, please.' }] }
  const reply = await hub.post('/v1/chat/completions', other, { 'ah-trace-id': 'after-flood' })
  await requestsOf('after-flood', 1)
  const id = reply.headers.get('ah-request-id') ?? ''
  const body = JSON.stringify(await hub.control(`/requests/${id}/body?which=request`))
  expect(body).toContain('Again: ')
  expect(body).not.toContain('plain7login9value')
})
