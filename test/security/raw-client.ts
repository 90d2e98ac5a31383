// Bytes on a socket, for requests that no HTTP client would send.
import { connect } from 'node:net'

export type RawAnswer = {
  /** 0 when nothing that looks like HTTP came back. */
  readonly status: number
  readonly text: string
  /** The hub let go of the connection by itself. */
  readonly closed: boolean
  readonly ms: number
}

/** How many answers stand in the text. */
export function answersIn({ text }: RawAnswer): number {
  return [...text.matchAll(/^HTTP\/1\.1 \d{3} /gm)].length
}

/** Sends the bytes (and `later` 150 ms after them) and reads until the hub closes or `waitMs` are over. */
export function sendRaw(
  url: string,
  bytes: string | Uint8Array,
  waitMs = 1500,
  later = '',
): Promise<RawAnswer> {
  const { hostname, port } = new URL(url)
  const startedAt = performance.now()
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname)
    let text = ''
    let closed = true
    const timer = setTimeout(() => {
      closed = false
      socket.destroy()
    }, waitMs)
    socket.on('data', (piece) => {
      text += piece.toString('latin1')
    })
    socket.on('error', () => undefined)
    socket.on('close', () => {
      clearTimeout(timer)
      const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0)
      resolve({ status, text, closed, ms: performance.now() - startedAt })
    })
    socket.write(bytes)
    if (later !== '') setTimeout(() => socket.write(later), 150)
  })
}
