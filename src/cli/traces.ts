// Who answers questions about what happened: the running hub, else the database itself, read-only.

import { existsSync } from 'node:fs'
import { HubError } from '../base/errors.js'
import type { TraceReader } from '../control/trace-reader.js'
import { tracesOfSameVersion } from '../control/traces-of-same-version.js'
import type { Cli } from './cli.js'
import { statusIfRunning } from './daemon-life.js'
import { isThere } from './file-there.js'

/** Runs `action` with a reader. Throws HubError `not-found` when nothing was ever recorded. */
export async function withTraces<T>(cli: Cli, action: (reader: TraceReader) => Promise<T>): Promise<T> {
  // Where no socket is, nobody listens: then nothing is loaded that only a talk with the hub needs.
  const { socket } = cli.paths()
  const status = existsSync(socket) ? await statusIfRunning(cli) : undefined
  if (status !== undefined) {
    const isSame = status.version === cli.deps.version
    return action(isSame ? tracesOfSameVersion(socket, () => cli.control()) : await cli.control())
  }
  const reader = await cli.deps.offline.openTraces(cli.paths())
  try {
    return await action(reader)
  } finally {
    reader.close()
  }
}

/** As withTraces; `fallback` when there is no database yet. */
export async function tracesOr<T>(
  cli: Cli,
  action: (reader: TraceReader) => Promise<T>,
  fallback: T,
): Promise<T> {
  return isThere(cli.paths().database) ? withTraces(cli, action) : fallback
}

/** The shortest beginnings, of eight characters or more, that tell all ids apart. */
export function shortIds(ids: readonly string[]): Map<string, string> {
  const longest = Math.max(8, ...ids.map((id) => id.length))
  for (let length = 8; length < longest; length++) {
    const short = new Set(ids.map((id) => id.slice(0, length)))
    if (short.size === new Set(ids).size) return new Map(ids.map((id) => [id, id.slice(0, length)]))
  }
  return new Map(ids.map((id) => [id, id]))
}

export function isNotFound(thrown: unknown): boolean {
  return thrown instanceof HubError && thrown.code === 'not-found'
}
