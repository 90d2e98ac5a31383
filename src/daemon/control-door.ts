// The control socket, kept open: a daemon whose socket file was removed could neither be asked nor stopped, and another start
// could not see that it lives. So the file is looked at, and the door opened anew when it is gone.

import { statSync } from 'node:fs'
import type { Server } from 'node:http'
import { asHubError } from '../base/errors.js'
import { listenOnSocket } from './listen.js'

const LOOK_EVERY_MS = 2000

export type ControlDoor = {
  /** Makes a server that is not listening yet. */
  readonly open: () => Server
  readonly socket: string
  /** Called before the door is opened again, to make the folder and the record beside it anew where they are gone too. */
  readonly prepare: () => void
  readonly reopened: () => void
  readonly failed: (error: Error) => void
  readonly everyMs?: number
}

function shut(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

/** The file behind the path; undefined when there is none. */
function fileAt(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.ino
}

/** Listens, and goes on listening. Returns what closes it. Throws as `listenOnSocket` does. */
export async function keepControlDoor(door: ControlDoor): Promise<() => Promise<void>> {
  const servers = [door.open()]
  for (const server of servers) await listenOnSocket(server, door.socket)
  if (process.platform === 'win32') return () => Promise.all(servers.map(shut)).then(() => undefined)
  let ours = fileAt(door.socket)
  let reopening: Promise<void> | undefined
  let refused: string | undefined

  const reopen = async () => {
    try {
      door.prepare()
      const server = door.open()
      await listenOnSocket(server, door.socket)
      // Who still talks over the old one (events) is left to it.
      for (const old of servers) old.unref()
      servers.push(server)
      ours = fileAt(door.socket)
      refused = undefined
      door.reopened()
    } catch (thrown) {
      const error = asHubError(thrown)
      // Told once, not every two seconds.
      if (refused !== error.message) door.failed(error)
      refused = error.message
    }
  }

  const timer = setInterval(() => {
    // A file that is not ours belongs to whoever made it, and is left alone.
    if (reopening !== undefined || ours === undefined || fileAt(door.socket) !== undefined) return
    reopening = reopen().finally(() => {
      reopening = undefined
    })
  }, door.everyMs ?? LOOK_EVERY_MS)
  timer.unref()
  return async () => {
    clearInterval(timer)
    await reopening
    await Promise.all(servers.map(shut))
  }
}
