// Opening the two doors: the TCP port for agents, the socket for control. A taken port is answered with who holds it.

import { chmodSync } from 'node:fs'
import type { ListenOptions, Server } from 'node:net'
import { HubError } from '../base/errors.js'
import { portOwner } from './port-owner.js'

function listening(server: Server, options: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(options, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function codeOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : ''
}

/** Of an address that no interface has, or a name that stands for none. */
const NOT_HERE = ['EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN', 'EAFNOSUPPORT']

/** Resolves to the port in use (another than asked only when 0 was asked). Throws HubError `port-in-use`, `refused` or `config-invalid`. */
export async function listenOnPort(server: Server, host: string, port: number): Promise<number> {
  try {
    await listening(server, { host, port, exclusive: true })
  } catch (thrown) {
    const code = codeOf(thrown)
    if (code === 'EADDRINUSE') {
      const owner = await portOwner(port, process.platform)
      const who =
        owner === undefined ? 'another program' : `${owner.command ?? 'a program'} (pid ${owner.pid})`
      throw new HubError('port-in-use', `Port ${port} on ${host} is held by ${who}.`, {
        hint: 'Stop that program, or give the hub another port: "axonhub serve --port N" (and run "axonhub init" again).',
        cause: thrown,
      })
    }
    if (code === 'EACCES') {
      throw new HubError('refused', `Port ${port} on ${host} may not be used.`, {
        hint: 'The system reserves it; choose another with "axonhub serve --port N".',
        cause: thrown,
      })
    }
    if (NOT_HERE.includes(code)) {
      throw new HubError('config-invalid', `${host} is no address of this machine.`, {
        hint: 'Correct server.host with "axonhub config edit"; without it the hub listens on 127.0.0.1.',
        cause: thrown,
      })
    }
    throw new HubError('internal', `The hub cannot listen on ${host}:${port} (${code}).`, {
      hint: '"axonhub doctor" looks at what could be in its way.',
      cause: thrown,
    })
  }
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : port
}

/** The longest path a Unix socket may have on every system that the hub runs on. */
const SOCKET_PATH_LIMIT = 103

export async function listenOnSocket(server: Server, socket: string): Promise<void> {
  const isPipe = socket.startsWith('\\\\')
  if (!isPipe && Buffer.byteLength(socket) > SOCKET_PATH_LIMIT) {
    throw new HubError('refused', `The path of the control socket is too long for this system: ${socket}`, {
      hint: 'Set AXONHUB_HOME to a shorter path.',
    })
  }
  const mask = process.umask(0o177)
  try {
    await listening(server, { path: socket })
  } catch (thrown) {
    throw new HubError('internal', `The control socket ${socket} cannot be opened.`, { cause: thrown })
  } finally {
    process.umask(mask)
  }
  if (!isPipe) chmodSync(socket, 0o600)
}
