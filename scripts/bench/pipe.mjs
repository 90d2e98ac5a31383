// The bare Node pipe: what a proxy in Node costs that does nothing at all. All ratios are to it.

import { Agent, createServer, request } from 'node:http'

const port = Number(process.argv[2])
const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY, noDelay: true })

const server = createServer((incoming, outgoing) => {
  const asked = request(
    {
      host: '127.0.0.1',
      port,
      agent,
      method: incoming.method,
      path: incoming.url,
      headers: incoming.headers,
    },
    (answer) => {
      outgoing.writeHead(answer.statusCode, answer.headers)
      answer.pipe(outgoing)
    },
  )
  asked.on('error', () => outgoing.destroy())
  incoming.pipe(asked)
})

process.on('disconnect', () => process.exit(0))
server.listen({ port: 0, host: '127.0.0.1', backlog: 2048 }, () =>
  process.send({ type: 'ready', port: server.address().port }),
)
