// Requests that two readers could read as two different ones, and those that never become whole.
import type { Server } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createHubServer } from '../../src/daemon/server.js'
import { codecOf } from '../../src/protocol/registry.js'
import { startTestHub, type TestHub } from '../support/hub.js'
import { answersIn, sendRaw } from './raw-client.js'

const HOST = 'Host: 127.0.0.1\r\n'
const END = 'Connection: close\r\n\r\n'

describe('a request that is ambiguous is refused with 400', () => {
  let hub: TestHub
  beforeAll(async () => {
    hub = await startTestHub({ demo: true })
  })
  afterAll(() => hub.stop())

  it.each([
    [
      'both lengths',
      `POST /health HTTP/1.1\r\n${HOST}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n${END}0\r\n\r\n`,
    ],
    [
      'both lengths, the other way round',
      `POST /health HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n${END}0\r\n\r\n`,
    ],
    [
      'two equal lengths',
      `POST /health HTTP/1.1\r\n${HOST}Content-Length: 1\r\nContent-Length: 1\r\n${END}a`,
    ],
    ['a length that is a list', `POST /health HTTP/1.1\r\n${HOST}Content-Length: 1, 1\r\n${END}a`],
    ['a length with a sign', `POST /health HTTP/1.1\r\n${HOST}Content-Length: +1\r\n${END}a`],
    [
      'an unknown transfer encoding',
      `POST /health HTTP/1.1\r\n${HOST}Transfer-Encoding: xchunked\r\n${END}0\r\n\r\n`,
    ],
    [
      'chunks that are not last',
      `POST /health HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked, identity\r\n${END}0\r\n\r\n`,
    ],
    ['chunks in HTTP/1.0', `POST /health HTTP/1.0\r\n${HOST}Transfer-Encoding: chunked\r\n${END}0\r\n\r\n`],
    ['a folded header', `GET /health HTTP/1.1\r\n${HOST}X-A: a\r\n b\r\n${END}`],
    [
      'a folded transfer encoding',
      `POST /health HTTP/1.1\r\n${HOST}Transfer-Encoding:\r\n chunked\r\n${END}0\r\n\r\n`,
    ],
    ['bare line feeds', 'GET /health HTTP/1.1\nHost: 127.0.0.1\n\n'],
    ['a bare line feed inside a header', `GET /health HTTP/1.1\r\n${HOST}X-A: a\nX-B: b\r\n${END}`],
    ['a bare carriage return', `GET /health HTTP/1.1\r\n${HOST}X-A: a\rX-B: b\r\n${END}`],
    ['a blank before the colon', `GET /health HTTP/1.1\r\n${HOST}X-A : a\r\n${END}`],
    ['a zero byte in a header', `GET /health HTTP/1.1\r\n${HOST}X-A: a\u0000b\r\n${END}`],
    ['two hosts', `GET /health HTTP/1.1\r\n${HOST}Host: evil.example\r\n${END}`],
    [
      'two keys',
      `GET /v1/models HTTP/1.1\r\n${HOST}Authorization: Bearer a\r\nAuthorization: Bearer b\r\n${END}`,
    ],
    ['no host', `GET /health HTTP/1.1\r\n${END}`],
    ['a whole address as its target', `GET http://evil.example/health HTTP/1.1\r\n${HOST}${END}`],
  ])('%s', async (_what, bytes) => {
    const answer = await sendRaw(hub.url, bytes)
    expect(answer).toMatchObject({ status: 400, closed: true })
    expect(answersIn(answer)).toBe(1)
  })

  it('headers of more than 16 KiB are refused with 431 in words', async () => {
    const answer = await sendRaw(
      hub.url,
      `GET /health HTTP/1.1\r\n${HOST}X-A: ${'a'.repeat(20_000)}\r\n${END}`,
    )
    expect(answer.status).toBe(431)
    expect(answer.text).toContain('16 KiB')
  })

  it('a line end that is escaped in the path stays inside the one line of the answer', async () => {
    const answer = await sendRaw(hub.url, `GET /v1/models%0d%0aX-Evil:%201 HTTP/1.1\r\n${HOST}${END}`)
    expect(answer.status).toBe(404)
    expect(answer.text).not.toMatch(/^X-Evil/im)
  })

  it('a request id with a line end in it is not echoed', async () => {
    const answer = await sendRaw(hub.url, `GET /health HTTP/1.1\r\n${HOST}AH-Request-Id: a\u00e9 b\r\n${END}`)
    expect(answer.text).toMatch(/AH-Request-Id: ar-/i)
  })
})

describe('a request that never becomes whole', () => {
  let server: Server
  let url: string
  beforeAll(async () => {
    const handle = ({
      incoming,
      outgoing,
    }: {
      incoming: NodeJS.ReadableStream
      outgoing: NodeJS.WritableStream
    }) =>
      new Promise<void>((resolve) => {
        incoming.on('end', () => resolve(void outgoing.end('whole')))
        incoming.on('close', () => resolve())
        incoming.resume()
      })
    server = createHubServer(
      { handle, codecOf, newRequestId: () => 'ar-1', requestHeader: () => 'AH-Request-Id', now: () => 0 },
      { headMs: 400, bodySilenceMs: 400, requestMs: 1200 },
    )
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
  })
  afterAll(() => new Promise((resolve) => server.close(resolve)))

  it.each([
    ['that says nothing', ''],
    ['whose head stops', 'POST /v1/messages HTTP/1.1\r\nHost: 127'],
    ['whose body stops', `POST /v1/messages HTTP/1.1\r\n${HOST}Content-Length: 100\r\n\r\n{`],
    ['whose chunks stop', `POST /v1/messages HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n5\r\nab`],
  ])('is let go: one %s', async (_what, bytes) => {
    const answer = await sendRaw(url, bytes, 3000)
    expect(answer).toMatchObject({ status: 408, closed: true })
  })

  it('is let go also when it comes drop by drop', async () => {
    const { hostname, port } = new URL(url)
    const { connect } = await import('node:net')
    const socket = connect(Number(port), hostname)
    socket.on('error', () => undefined)
    socket.write(`POST /v1/messages HTTP/1.1\r\n${HOST}Content-Length: 1000\r\n\r\n`)
    const drops = setInterval(() => socket.write('a'), 100)
    const startedAt = performance.now()
    await new Promise<void>((resolve) => socket.resume().once('close', () => resolve()))
    clearInterval(drops)
    expect(performance.now() - startedAt).toBeLessThan(4000)
  })

  it('does not keep a slow but steady one from being answered', async () => {
    const { hostname, port } = new URL(url)
    const { connect } = await import('node:net')
    const socket = connect(Number(port), hostname)
    socket.write(`POST /v1/messages HTTP/1.1\r\n${HOST}Connection: close\r\nContent-Length: 8\r\n\r\n`)
    let left = 8
    const drops = setInterval(() => {
      left -= 1
      socket.write('a')
      if (left === 0) clearInterval(drops)
    }, 80)
    let text = ''
    socket.on('data', (piece) => {
      text += String(piece)
    })
    await new Promise<void>((resolve) => socket.once('close', () => resolve()))
    expect(text).toContain('whole')
  })

  it('never writes a refusal into an answer that is under way', async () => {
    const slow = createHubServer(
      {
        handle: async ({ outgoing }) => void outgoing.write('beginning '),
        codecOf,
        newRequestId: () => 'ar-1',
        requestHeader: () => 'AH-Request-Id',
        now: () => 0,
      },
      { headMs: 400, bodySilenceMs: 400, requestMs: 1200 },
    )
    await new Promise<void>((resolve) => slow.listen(0, '127.0.0.1', resolve))
    const address = slow.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const first = `GET /health HTTP/1.1\r\n${HOST}\r\n`
    const answer = await sendRaw(`http://127.0.0.1:${port}`, first, 2500, 'this is no HTTP\r\n\r\n')
    slow.close()
    expect(answer.text).toContain('beginning')
    expect(answersIn(answer)).toBe(1)
  })
})
