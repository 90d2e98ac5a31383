// The pools of connections to the providers, and what is known of a connection that broke: whether it had served before. A kept
// connection may be gone without a word (a restarted server, a laptop that slept), which shows only when it is used again.

import type { Socket } from 'node:net'
import type { Dispatcher, Agent as Pools } from 'undici'
import { Agent, buildConnector } from './undici-parts.js'

export type Connections = {
  /** The pools to ask with now. */
  current(): Dispatcher
  /** Lets go of all kept connections; answers that run go on. `used`: only if these are still the pools in use. */
  renew(used?: Dispatcher): void
  /** Whether this error is that of a connection that had answered before and was closed by the other side. */
  isStale(thrown: unknown): boolean
  close(): Promise<void>
}

/** How a connection says that the other side is gone. */
const GONE = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'])

function codeOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : ''
}

/** undici tells of a socket that was closed without an error how much was read from it. */
function toldBytes(thrown: Error): number {
  const socket: unknown = 'socket' in thrown ? thrown.socket : undefined
  if (typeof socket !== 'object' || socket === null || !('bytesRead' in socket)) return 0
  return typeof socket.bytesRead === 'number' ? socket.bytesRead : 0
}

export function openConnections(): Connections {
  /** Errors of sockets that had answered something before. */
  const ofUsed = new WeakSet<Error>()
  const plain = buildConnector({ timeout: 10_000 })
  const watch = (socket: Socket) =>
    socket.on('error', (error) => {
      if (socket.bytesRead > 0) ofUsed.add(error)
    })
  const open = () =>
    new Agent({
      connections: 4096,
      pipelining: 1,
      keepAliveTimeout: 30_000,
      connect: (options, callback) =>
        plain(options, (...result) => {
          const [error, socket] = result
          if (error === null) watch(socket)
          callback(...result)
        }),
    })
  let agent = open()
  const leaving = new Set<Pools>()
  return {
    current: () => agent,
    renew(used = agent) {
      if (used !== agent) return
      const old = agent
      agent = open()
      leaving.add(old)
      void old.close().finally(() => leaving.delete(old))
    },
    isStale: (thrown) =>
      thrown instanceof Error && GONE.has(codeOf(thrown)) && (ofUsed.has(thrown) || toldBytes(thrown) > 0),
    async close() {
      await Promise.all([agent, ...leaving].map((one) => one.destroy()))
    },
  }
}
