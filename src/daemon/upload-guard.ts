// Requests that never become whole: heads and bodies that come drop by drop, and those that are not HTTP. Law: what is
// written to a socket never lands inside an answer that is already on its way there.

import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { Roster } from '../base/roster.js'

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

export type UploadGuard = {
  /** Keeps an eye on a request from its head to the end of its body. */
  watch(incoming: IncomingMessage, outgoing: ServerResponse): void
}

/** How often a body is looked at within the silence that it may keep. */
const LOOKS = 4

/** A request whose body is still to come: what was read of its connection, and for how many looks nothing more. */
type Upload = {
  readonly incoming: IncomingMessage
  readonly outgoing: ServerResponse
  seen: number
  silent: number
}

function giveUp({ incoming: { socket }, outgoing }: Upload): void {
  if (outgoing.headersSent) socket.destroy()
  else socket.end(refusalText(LATE), () => socket.destroy())
}

/** At the end of a body, or of its connection: once the answer is out, node:http tells a body nothing of the latter. */
function onceGone(incoming: IncomingMessage, gone: () => void): void {
  const { socket } = incoming
  const end = () => {
    incoming.off('close', end)
    socket.off('close', end)
    gone()
  }
  if (socket.destroyed) gone()
  else {
    incoming.on('close', end)
    socket.on('close', end)
  }
}

/**
 * Answers what cannot be read as HTTP with 400, 408 or 431 and lets go of the connection; gives a request up whose body falls
 * silent. `silenceMs`: ms; noticed after a quarter of it more at most.
 */
export function guardUploads(server: Server, silenceMs: number): UploadGuard {
  const open = new Roster<Upload>()
  // One timer for all: most bodies are there with their head, and a timer for each would cost more than they do.
  const look = setInterval(() => {
    for (const upload of open) {
      const { incoming } = upload
      if (incoming.complete) continue
      const { bytesRead } = incoming.socket
      upload.silent = bytesRead === upload.seen ? upload.silent + 1 : 0
      upload.seen = bytesRead
      if (upload.silent === LOOKS) giveUp(upload)
    }
  }, silenceMs / LOOKS)
  look.unref()
  server.once('close', () => clearInterval(look))
  server.on('clientError', (error: Error, socket: Duplex) => {
    const isUnderWay = [...open].some(
      ({ incoming, outgoing }) => incoming.socket === socket && outgoing.headersSent && !outgoing.closed,
    )
    // Ended and let go: the other side may keep its half open for ever.
    if (socket.writable && !isUnderWay)
      socket.end(refusalText(BY_CODE[codeOf(error)] ?? BAD), () => socket.destroy())
    else socket.destroy()
  })
  return {
    watch(incoming, outgoing) {
      // The first look may come at once and does not count.
      const seat = open.enter({ incoming, outgoing, seen: incoming.socket.bytesRead, silent: -1 })
      outgoing.on('close', () => {
        if (incoming.complete || incoming.closed) open.leave(seat)
        else onceGone(incoming, () => open.leave(seat))
      })
    },
  }
}
