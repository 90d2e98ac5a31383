// An agent that hangs up while the end of its answer is still on the way: the trace says that it did not get it, and what it cost.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isObject, type JsonObject, objects } from '../../src/base/json.js'
import { startTestHub, type TestHub } from '../support/hub.js'
import { type RawUpstream, rawUpstream, sendJson } from '../support/raw-upstream.js'

/** More than the buffers of a connection take. */
const LARGE = 'x'.repeat(16 * 1024 * 1024)

let provider: RawUpstream
let hub: TestHub
beforeAll(async () => {
  provider = await rawUpstream((response) =>
    sendJson(response, {
      id: 'c',
      object: 'chat.completion',
      model: 'up',
      choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: LARGE } }],
      usage: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 },
    }),
  )
  hub = await startTestHub({
    config: `channels:\n  - name: up\n    endpoints: { openai-chat: "${provider.url}/v1" }\n    api_key: sk-x\n`,
  })
})
afterAll(async () => {
  await hub.stop()
  await provider.close()
})

/** The only request of the trace, once it is over. */
async function requestOf(trace: string): Promise<JsonObject> {
  for (let tries = 0; tries < 200; tries += 1) {
    const found = await hub.control(`/traces/${trace}`)
    const [request] = objects(isObject(found) ? found : {}, 'turns').flatMap((turn) =>
      objects(turn, 'requests'),
    )
    if (request !== undefined && request['outcome'] !== 'running') return request
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error(`The request of ${trace} is never over.`)
}

/** Asks over a connection of its own, which is to be closed after the answer, unless `connection` says otherwise. */
function asking(path: string, trace: string, stream: boolean, connection = 'close'): Socket {
  const socket = connect(Number(new URL(hub.url).port), '127.0.0.1')
  socket.on('error', () => undefined)
  ask(socket, path, trace, stream, connection)
  return socket
}

function ask(socket: Socket, path: string, trace: string, stream: boolean, connection: string): void {
  const body = JSON.stringify({
    model: 'm',
    stream,
    max_tokens: 9,
    messages: [{ role: 'user', content: 'Hi' }],
  })
  const head = [
    `POST ${path} HTTP/1.1`,
    'host: 127.0.0.1',
    `authorization: Bearer ${hub.key}`,
    `ah-trace-id: ${trace}`,
    'content-type: application/json',
    `content-length: ${body.length}`,
    `connection: ${connection}`,
  ]
  socket.write(`${head.join('\r\n')}\r\n\r\n${body}`)
}

describe.each([
  ['relayed', '/v1/chat/completions', false],
  ['converted', '/v1/messages', false],
  ['made a stream', '/v1/chat/completions', true],
  ['converted and made a stream', '/v1/messages', true],
])('a whole answer that is %s', (what, path, stream) => {
  it('is canceled when the agent leaves before its end, with the tokens that it took', async () => {
    const trace = `left-${what.replaceAll(' ', '-')}`
    const socket = asking(path, trace, stream)
    await once(socket, 'data')
    socket.destroy()
    expect(await requestOf(trace)).toMatchObject({
      outcome: 'canceled',
      errorCode: 'canceled',
      usage: { inputFresh: 7, output: 3 },
      attempts: [{ outcome: 'canceled', status: 200 }],
    })
  })
})

it('a whole answer is completed when the agent takes its time, and all of it', async () => {
  const socket = asking('/v1/chat/completions', 'taken', false)
  let bytes = 0
  await once(socket, 'readable')
  await new Promise((resolve) => setTimeout(resolve, 100))
  socket.on('data', (piece: Buffer) => {
    bytes += piece.length
  })
  await once(socket, 'close')
  expect(bytes).toBeGreaterThan(LARGE.length)
  expect(await requestOf('taken')).toMatchObject({ outcome: 'completed', errorCode: null })
})

it('an answer is completed that waits behind another one of its connection', async () => {
  const socket = asking('/v1/chat/completions', 'first', false, 'keep-alive')
  ask(socket, '/v1/chat/completions', 'second', false, 'close')
  socket.resume()
  await once(socket, 'close')
  for (const trace of ['first', 'second'])
    expect(await requestOf(trace)).toMatchObject({
      outcome: 'completed',
      attempts: [{ outcome: 'completed' }],
    })
})
