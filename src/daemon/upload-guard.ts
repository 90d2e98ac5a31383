// Requests that never become whole: heads and bodies that come drop by drop, and those that are not HTTP. Law: what is
// written to a socket never lands inside an answer that is already on its way there.

import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

type Broken = { readonly status: string; readonly message: string }

const BAD: Broken = { status: '400 Bad Request', message: 'The request is not valid HTTP/1.1.' }

const LATE: Broken = { status: '408 Request Timeout', message: 'The request did not arrive in time.' }

const BY_CODE: Readonly<Record<string, Broken>> = {
  HPE_HEADER_OVERFLOW: {
    status: '431 Request Header Fields Too Large',
    message: 'The headers of the request are larger than 16 KiB.',
  },
  ERR_HTTP_REQUEST_TIMEOUT: LATE,
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : ''
}

function refusalText({ status, message }: Broken): string {
  const body = JSON.stringify({ error: { message, type: 'invalid_request_error' } })
  return `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`
}

/** Answers what cannot be read as HTTP with 400, 408 or 431, and lets go of the connection. */
export function answerBrokenRequests(server: Server): void {
  const open = new WeakMap<Duplex, Set<ServerResponse>>()
  server.prependListener('request', (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const answers = open.get(incoming.socket) ?? new Set()
    open.set(incoming.socket, answers.add(outgoing))
    outgoing.once('close', () => answers.delete(outgoing))
  })
  server.on('clientError', (error: Error, socket: Duplex) => {
    const isUnderWay = [...(open.get(socket) ?? [])].some((answer) => answer.headersSent)
    // Ended and let go: the other side may keep its half open for ever.
    if (socket.writable && !isUnderWay)
      socket.end(refusalText(BY_CODE[codeOf(error)] ?? BAD), () => socket.destroy())
    else socket.destroy()
  })
}

/** How often a body is looked at within the silence that it may keep. */
const LOOKS = 4

/** Gives a request up whose body falls silent. `silenceMs`: ms; noticed after a quarter of it more at most. */
export function watchUploads(incoming: IncomingMessage, outgoing: ServerResponse, silenceMs: number): void {
  const { socket } = incoming
  let seen = socket.bytesRead
  let silent = 0
  const look = setInterval(() => {
    if (incoming.complete) return clearInterval(look)
    silent = socket.bytesRead === seen ? silent + 1 : 0
    seen = socket.bytesRead
    if (silent < LOOKS) return
    clearInterval(look)
    if (outgoing.headersSent) socket.destroy()
    else socket.end(refusalText(LATE), () => socket.destroy())
  }, silenceMs / LOOKS)
  look.unref()
  incoming.once('close', () => clearInterval(look))
}
