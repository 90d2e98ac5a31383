// A provider on loopback that answers questions for quota with what a test puts there, and counts them.
import { createServer, type IncomingHttpHeaders } from 'node:http'
import { text as textOf } from 'node:stream/consumers'

export type Reply = {
  readonly status?: number
  readonly headers?: Record<string, string>
  readonly body: unknown
}

export type AskedServer = {
  readonly url: string
  readonly asked: {
    readonly method: string
    readonly path: string
    readonly headers: IncomingHttpHeaders
    readonly body: string
  }[]
  /** What is answered from now on; a function is asked each time. */
  answer: Reply | ((path: string, headers: IncomingHttpHeaders) => Reply)
  close(): Promise<void>
}

export async function startAskedServer(): Promise<AskedServer> {
  const server = createServer((request, response) => {
    void textOf(request).then((body) => {
      const path = request.url ?? ''
      asked.asked.push({ method: request.method ?? '', path, headers: request.headers, body })
      const { answer } = asked
      const reply = typeof answer === 'function' ? answer(path, request.headers) : answer
      const isText = typeof reply.body === 'string'
      response.writeHead(reply.status ?? 200, {
        'content-type': isText ? 'text/html' : 'application/json',
        ...reply.headers,
      })
      response.end(isText ? reply.body : JSON.stringify(reply.body))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const asked: AskedServer = {
    url: `http://127.0.0.1:${port}`,
    asked: [],
    answer: { body: {} },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return asked
}
