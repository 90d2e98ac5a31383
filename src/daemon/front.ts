// The hub's address when others may come too (`server.tls`): TLS from wherever, plain HTTP on loopback alone, for the agents of
// this machine. Law: nothing of a request that crosses a network is read unless it is encrypted.

import { statSync } from 'node:fs'
import type { Server as HttpServer } from 'node:http'
import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, TLSSocket, type Server as TlsServer } from 'node:tls'
import { asHubError } from '../base/errors.js'
import { type Certificate, readCertificate, type TlsFiles } from '../config/certificate.js'
import { isLoopbackHost } from '../config/kinds.js'
import { listenOnPort } from './listen.js'
import type { Log } from './log.js'
import type { Place } from './place.js'

export type Front = {
  readonly port: number
  /** Whether a host (without port) is a name of this hub for who came over that connection. */
  isOwnName(host: string, socket: unknown): boolean
  /** Takes no new connection. */
  stopListening(): void
  close(): Promise<void>
}

export type FrontOptions = {
  readonly place: Place
  readonly files: TlsFiles
  readonly log: Log
  /** How long a connection may take for its first byte and its handshake, ms. */
  readonly patienceMs?: number
  /** More connections than this, from this machine or from others, are closed at once. */
  readonly mostConnections?: number
  /** How often the files of the certificate are looked at, ms. */
  readonly lookEveryMs?: number
}

/** The first byte of a TLS handshake record (RFC 8446 §5.1). */
const HANDSHAKE = 0x16
const PATIENCE_MS = 15_000
const LOOK_EVERY_MS = 60_000
/** Who has no key can open connections all the same; agents need a few each. */
const MOST_CONNECTIONS = 2000

const PLAIN_REFUSED =
  '{"error":{"message":"This address speaks HTTPS only: use https://.","type":"invalid_request_error"}}'

function isAnyAddress(host: string): boolean {
  return host === '0.0.0.0' || /^[0:]+$/.test(host)
}

/** `::ffff:127.0.0.1` is 127.0.0.1 on a socket that takes both families. */
function bare(address: string | undefined): string {
  return (address ?? '').replace(/^::ffff:/i, '')
}

function isFromHere(socket: Socket): boolean {
  return isLoopbackHost(bare(socket.remoteAddress)) && isLoopbackHost(bare(socket.localAddress))
}

/**
 * Lets connections in, at most so many of this machine and as many of others: the two are counted apart, so that a crowd on the network
 * never keeps the agents of this machine out.
 */
function turnstile(most: number): (socket: Socket) => boolean {
  const inside = { here: 0, elsewhere: 0 }
  return (socket) => {
    const side = isFromHere(socket) ? 'here' : 'elsewhere'
    if (inside[side] >= most) {
      socket.destroy()
      return false
    }
    inside[side] += 1
    socket.once('close', () => {
      inside[side] -= 1
    })
    return true
  }
}

/** Hands a new connection on once its first byte says what it speaks. */
function sort(socket: Socket, web: HttpServer, secure: TlsServer, patienceMs: number): void {
  const giveUp = () => socket.destroy()
  socket.on('error', giveUp)
  const timer = setTimeout(giveUp, patienceMs)
  socket.once('close', () => clearTimeout(timer))
  socket.once('data', (head) => {
    clearTimeout(timer)
    socket.pause()
    socket.unshift(head)
    // The TLS layer takes what was read ahead by itself; the HTTP parser takes it when the socket flows again.
    if (head[0] === HANDSHAKE) {
      // Who leaves within the handshake is gone; only an asker of HTTP may end his half and wait for the answer.
      socket.allowHalfOpen = false
      secure.emit('connection', socket)
    } else if (isFromHere(socket)) {
      web.emit('connection', socket)
      socket.resume()
    } else {
      socket.resume()
      socket.end(
        `HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\ncontent-length: ${PLAIN_REFUSED.length}\r\nconnection: close\r\n\r\n${PLAIN_REFUSED}`,
        giveUp,
      )
    }
  })
}

/** Follows the files: a certificate that was renewed is shown to the next connection. Returns the end of it. */
function followFiles(
  { files, log, lookEveryMs = LOOK_EVERY_MS }: FrontOptions,
  renewed: (certificate: Certificate) => void,
): () => void {
  const stamp = () =>
    [files.cert, files.key].map((path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs).join()
  let seen = stamp()
  const timer = setInterval(() => {
    const now = stamp()
    if (now === seen) return
    seen = now
    try {
      renewed(readCertificate(files))
      log.info('tls.renewed')
    } catch (thrown) {
      log.error('tls.refused', { message: asHubError(thrown).message })
    }
  }, lookEveryMs)
  timer.unref()
  return () => clearInterval(timer)
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()))
}

/**
 * Listens in the place of `web`, which is handed the connections. Throws HubError `config-invalid` when the certificate cannot
 * be used, `port-in-use` or `refused` when the address cannot.
 */
export async function openFront(web: HttpServer, options: FrontOptions): Promise<Front> {
  const { place, files, patienceMs = PATIENCE_MS, mostConnections = MOST_CONNECTIONS } = options
  const { asked } = place
  let certificate = readCertificate(files)
  const secure = createTlsServer({
    handshakeTimeout: patienceMs,
    ALPNProtocols: ['http/1.1'],
    ...certificate.pem,
    minVersion: 'TLSv1.2',
  })
  secure.on('secureConnection', (socket) => {
    socket.allowHalfOpen = true
    web.emit('connection', socket)
  })
  // Node only tells of a handshake that takes too long: who never ends it would keep his connection for ever.
  secure.on('tlsClientError', (_error, socket) => socket.destroy())
  // The clocks for slow heads run from here on, as if it listened itself (node:http starts them with this event).
  web.emit('listening')
  const open = new Set<Socket>()
  const letsIn = turnstile(mostConnections)
  const servers: Server[] = []
  const close = async () => {
    for (const socket of open) socket.destroy()
    await Promise.all(servers.map(closed))
  }
  let { port } = place
  try {
    for (const address of isLoopbackHost(asked) || isAnyAddress(asked) ? [asked] : [place.host, asked]) {
      const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
        if (!letsIn(socket)) return
        open.add(socket)
        socket.once('close', () => open.delete(socket))
        sort(socket, web, secure, patienceMs)
      })
      port = await listenOnPort(server, address, port)
      servers.push(server)
    }
  } catch (thrown) {
    await close()
    throw thrown
  }
  const unfollow = followFiles(options, (renewed) => {
    certificate = renewed
    secure.setSecureContext(renewed.pem)
  })
  return {
    port,
    isOwnName: (name, socket) =>
      socket instanceof TLSSocket && (bare(socket.localAddress) === name || certificate.names(name)),
    stopListening() {
      for (const server of servers) server.close()
    },
    async close() {
      unfollow()
      await close()
    },
  }
}
