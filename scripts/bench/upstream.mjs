// The mock provider, in a process of its own: every answer is built before it is asked for. Told by messages how to answer;
// which protocol, it sees by the path.

import { createServer } from 'node:net'
import { EVENTS, jsonAnswer, PATHS, PROTOCOLS, streamEvents } from './bodies.mjs'
import { chunk, LAST_CHUNK, messageReader, sharedNow } from './wire.mjs'

const MODEL = 'bench-model'
const STREAM_HEAD = Buffer.from(
  'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncache-control: no-cache\r\ntransfer-encoding: chunked\r\n\r\n',
)

/** `{ kind: 'json' | 'stream', events, paceMs }` */
let settings = { kind: 'json', events: 1, paceMs: 0 }
let built = build()

function build() {
  return Object.fromEntries(PROTOCOLS.map((protocol) => [protocol, answerOf(protocol)]))
}

function answerOf(protocol) {
  const { kind, events, paceMs } = settings
  if (kind === 'json') {
    const body = Buffer.from(JSON.stringify(jsonAnswer(protocol, MODEL, events)))
    const head = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`
    return { whole: Buffer.concat([Buffer.from(head), body]) }
  }
  const pieces = streamEvents(protocol, MODEL, events).map(chunk)
  if (paceMs === 0) return { whole: Buffer.concat([STREAM_HEAD, ...pieces, LAST_CHUNK]) }
  const { open, close } = EVENTS[protocol]
  return {
    open: Buffer.concat([STREAM_HEAD, ...open(MODEL).map(chunk)]),
    close: Buffer.concat([...close(MODEL, '', events).map(chunk), LAST_CHUNK]),
    protocol,
  }
}

/** Running paced answers; one timer serves them all, each at its own turn within the pace. */
const paced = new Set()
let ticker

function startTicker() {
  ticker ??= setInterval(() => {
    const now = sharedNow()
    for (const stream of paced) {
      if (stream.dueAt > now) continue
      stream.dueAt += settings.paceMs * 1e6
      writeNext(stream)
    }
    if (paced.size === 0) {
      clearInterval(ticker)
      ticker = undefined
    }
  }, 1)
}

/** Each piece of text says when it was sent, for the client to see how long it was under way. */
function writeNext(stream) {
  const { socket, answer } = stream
  if (stream.left === 0) {
    paced.delete(stream)
    socket.write(answer.close)
    return
  }
  stream.left -= 1
  const stamp = `@${String(sharedNow()).padStart(16, '0')}@`
  socket.write(chunk(EVENTS[answer.protocol].text(stamp, MODEL)))
}

function protocolOf(head) {
  const path = head.slice(head.indexOf(' ') + 1, head.indexOf(' HTTP/'))
  return PROTOCOLS.find((protocol) => path.endsWith(PATHS[protocol].slice(3))) ?? 'openai-chat'
}

const server = createServer({ noDelay: true }, (socket) => {
  let protocol = 'openai-chat'
  let current
  socket.on('close', () => paced.delete(current))
  socket.on('error', () => socket.destroy())
  socket.on(
    'data',
    messageReader({
      head: (head) => {
        protocol = protocolOf(head)
      },
      data: () => undefined,
      end: () => {
        const answer = built[protocol]
        if (answer.whole !== undefined) {
          socket.write(answer.whole)
          return
        }
        socket.write(answer.open)
        const stream = { socket, answer, left: settings.events, dueAt: sharedNow() + settings.paceMs * 1e6 }
        current = stream
        paced.add(stream)
        startTicker()
      },
    }),
  )
})

process.on('message', (message) => {
  settings = message
  built = build()
  process.send({ type: 'set' })
})
process.on('disconnect', () => process.exit(0))
server.listen({ port: 0, host: '127.0.0.1', backlog: 2048 }, () =>
  process.send({ type: 'ready', port: server.address().port }),
)
