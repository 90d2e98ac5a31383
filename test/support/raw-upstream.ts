// A provider whose every byte is in the hand of the test: it keeps what it was sent and answers as it is told.
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'

export type Seen = {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  /** When the hub let go of the request before it was answered, ms of performance.now(). */
  closedAt?: number
}

export type RawUpstream = {
  /** Hangs up on everybody, and goes on listening. */
  dropConnections(): void
  /** `http://127.0.0.1:PORT` */
  readonly url: string
  readonly seen: Seen[]
  close(): Promise<void>
}

export type Answering = (response: ServerResponse, seen: Seen, number: number) => void | Promise<void>

export async function rawUpstream(answer: Answering): Promise<RawUpstream> {
  const seen: Seen[] = []
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const pieces: Buffer[] = []
    for await (const piece of request) pieces.push(Buffer.from(piece))
    const one: Seen = {
      method: request.method ?? '',
      path: request.url ?? '',
      headers: request.headers,
      body: Buffer.concat(pieces),
    }
    response.on('error', () => undefined)
    response.on('close', () => {
      if (!response.writableFinished) one.closedAt = performance.now()
    })
    seen.push(one)
    await answer(response, one, seen.length)
  }
  const server = createServer((request, response) => {
    serve(request, response).catch((thrown: unknown) => {
      // What a test's provider throws breaks the connection, so the test sees it.
      response.destroy(thrown instanceof Error ? thrown : new Error(String(thrown)))
    })
  })
  await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: 0 }, resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    dropConnections: () => server.closeAllConnections(),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Sends a prepared stream in one piece and ends it. */
export function sendSse(response: ServerResponse, text: string | Buffer): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.end(text)
}

export function sendJson(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(typeof value === 'string' ? value : JSON.stringify(value))
}
