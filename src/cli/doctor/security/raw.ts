// Bytes on a socket to the hub: what no HTTP client would send.

import { connect } from 'node:net'
import { broken, held, type Target, type Verdict } from './target.js'

export type RawAnswer = {
  /** 0: nothing that looks like HTTP came back. */
  readonly status: number
  readonly text: string
  /** The hub let go of the connection by itself. */
  readonly closed: boolean
}

const PATIENCE_MS = 3000

/** Sends the pieces one after the other and reads until the hub closes or the patience (ms) ends. Never rejects. */
export function sendRaw(
  { hub }: { readonly hub: Pick<Target['hub'], 'host' | 'port'> },
  pieces: readonly (string | Uint8Array)[],
  patienceMs = PATIENCE_MS,
): Promise<RawAnswer> {
  return new Promise((resolve) => {
    const socket = connect(hub.port, hub.host)
    let text = ''
    let closed = true
    const timer = setTimeout(() => {
      closed = false
      socket.destroy()
    }, patienceMs)
    socket.on('data', (piece) => {
      if (text.length < 65_536) text += piece.toString('latin1')
    })
    // A hub that refuses may reset what is still being sent; what it said first counts.
    socket.on('error', () => undefined)
    socket.on('close', () => {
      clearTimeout(timer)
      resolve({ status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0), text, closed })
    })
    for (const piece of pieces) socket.write(piece)
  })
}

/** A request as text: method and path, then header lines; the connection ends with it. */
export function requestText(
  target: Target,
  line: string,
  headers: readonly string[] = [],
  body = '',
): string {
  const hasHost = headers.some((header) => /^host:/i.test(header))
  const { host, port } = target.hub
  const own = hasHost ? [] : [`Host: ${host.includes(':') ? `[${host}]` : host}:${port}`]
  const length = body === '' ? [] : [`Content-Length: ${Buffer.byteLength(body)}`]
  return `${[`${line} HTTP/1.1`, ...own, ...headers, ...length, 'Connection: close'].join('\r\n')}\r\n\r\n${body}`
}

/** Held when the answer has one of the statuses and there is just one answer. */
export function expectStatus(answer: RawAnswer, statuses: readonly number[]): Verdict {
  const answers = [...answer.text.matchAll(/^HTTP\/1\.1 \d{3} /gm)].length
  if (answers > 1) return broken(`${answers} answers to one request`)
  const saw = answer.status === 0 ? 'the connection was closed' : `${answer.status}`
  if (answer.status === 0 && !answer.closed) return broken('no answer, and the connection stays open')
  return statuses.includes(answer.status) ? held(saw) : broken(saw)
}

/** As expectStatus, and no page of another site may read the answer. */
export function expectUnreadable(answer: RawAnswer, statuses: readonly number[]): Verdict {
  if (/^access-control-/im.test(answer.text)) return broken('an access-control header is sent')
  return expectStatus(answer, statuses)
}
