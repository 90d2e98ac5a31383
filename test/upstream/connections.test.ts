// Connections that were kept and are gone when they are used again: the request goes over a new one, once, and only where the
// provider cannot have begun to work on it.
import { createServer, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { openUpstreamClient, readAll, type UpstreamClient } from '../../src/upstream/client.js'

const ANSWER = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'

type Raw = {
  readonly url: URL
  /** The requests that each connection brought. */
  readonly seen: number[]
  readonly sockets: Socket[]
  close(): Promise<void>
}

/** Calls `answer` for each request with its number on its connection and that of the connection. */
function raw(answer: (socket: Socket, number: number, connection: number) => void): Promise<Raw> {
  const seen: number[] = []
  const sockets: Socket[] = []
  const server: Server = createServer((socket) => {
    const connection = sockets.push(socket) - 1
    seen.push(0)
    socket.on('error', () => undefined)
    socket.on('data', (bytes) => {
      if (!bytes.toString('latin1').includes('HTTP/1.1')) return
      const number = (seen[connection] ?? 0) + 1
      seen[connection] = number
      answer(socket, number, connection)
    })
  })
  return new Promise((resolve) => {
    server.listen({ host: '127.0.0.1', port: 0 }, () => {
      const address = server.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      const close = () =>
        new Promise<void>((done) => {
          server.close(() => done())
          for (const socket of sockets) socket.destroy()
        })
      resolve({ url: new URL(`http://127.0.0.1:${port}/v1`), seen, sockets, close })
    })
  })
}

let server: Raw
let client: UpstreamClient
afterEach(async () => {
  await client.close()
  await server.close()
})

async function ask(): Promise<string> {
  const answer = await client.send({
    method: 'POST',
    url: server.url,
    headers: {},
    body: Buffer.from('{"model":"m"}'),
    signal: new AbortController().signal,
    silenceMs: 5000,
  })
  const told = (await readAll(answer.body, 100)).toString()
  // The connection is free for the next request a moment after the last byte.
  await sleep(10)
  return told
}

describe('a connection that was kept', () => {
  it.each([
    ['reset', (socket: Socket) => socket.resetAndDestroy()],
    ['closed', (socket: Socket) => socket.destroy()],
    ['ended', (socket: Socket) => socket.end()],
  ])('and is %s by the provider when it is used again is replaced by a new one', async (_how, hangUp) => {
    client = openUpstreamClient()
    server = await raw((socket, number) => {
      if (number === 1) socket.write(ANSWER)
      else hangUp(socket)
    })
    expect([await ask(), await ask()]).toEqual(['ok', 'ok'])
    expect(server.seen).toEqual([2, 1])
  })

  it('and breaks together with many others costs each request one new connection', async () => {
    client = openUpstreamClient()
    server = await raw((socket, number) => {
      // Late enough that each of the first requests gets a connection of its own.
      if (number === 1) setTimeout(() => socket.write(ANSWER), 30)
      else socket.resetAndDestroy()
    })
    const all = () => Promise.all(Array.from({ length: 20 }, ask))
    await all()
    expect(new Set(await all())).toEqual(new Set(['ok']))
    expect(server.seen).toHaveLength(40)
  })

  it('is not tried again when the provider took its time before it hung up', async () => {
    client = openUpstreamClient()
    server = await raw((socket, number) => {
      if (number === 1) socket.write(ANSWER)
      else setTimeout(() => socket.destroy(), 1100)
    })
    await ask()
    await expect(ask()).rejects.toMatchObject({ code: 'upstream-unreachable' })
    expect(server.seen).toEqual([2])
  })

  it('is not tried again once a byte of an answer came', async () => {
    client = openUpstreamClient()
    server = await raw((socket, number) => {
      if (number === 1) socket.write(ANSWER)
      else socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhal')
    })
    await ask()
    await expect(ask()).rejects.toMatchObject({ code: 'upstream-truncated' })
    expect(server.seen).toEqual([2])
  })

  it('is let go when idle ones are to be forgotten, while a running answer goes on', async () => {
    client = openUpstreamClient()
    server = await raw((socket, _number, connection) => {
      if (connection === 0) socket.write(ANSWER)
      else {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nha')
        setTimeout(() => socket.write('lf'), 100)
      }
    })
    await ask()
    const first = server.sockets[0]
    client.forgetIdle()
    await sleep(50)
    expect(first?.readableEnded).toBe(true)
    const running = ask()
    await sleep(50)
    client.forgetIdle()
    expect(await running).toBe('half')
  })
})

describe('a new connection', () => {
  it('that is reset is a failure at once, and the request is not sent twice', async () => {
    client = openUpstreamClient()
    server = await raw((socket) => socket.resetAndDestroy())
    await expect(ask()).rejects.toMatchObject({ code: 'upstream-unreachable' })
    expect(server.seen).toEqual([1])
  })
})
