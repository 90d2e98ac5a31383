// The end of the hub's log over the control socket, and what is added to it while somebody listens. Secrets are never in it.

import type { ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { HubError } from '../base/errors.js'
import { lastLines, linesSince } from '../base/line-file.js'
import { MOST_LOG_LINES } from '../control/log.js'

const POLL_MS = 250
/** A listener that does not read is let go rather than fed for ever, bytes. */
const MOST_WAITING = 4 * 1024 * 1024

function wanted(query: URLSearchParams): { readonly lines: number; readonly follow: boolean } {
  const lines = Number(query.get('lines') ?? '200')
  if (!Number.isInteger(lines) || lines < 0 || lines > MOST_LOG_LINES)
    throw new HubError('usage', `lines must be a number up to ${MOST_LOG_LINES}.`)
  return { lines, follow: ['1', 'true', ''].includes(query.get('follow') ?? 'no') }
}

/** Lines as they stand in the file; with `follow` until `signal` says that the asker hung up. Rejects with HubError `usage`. */
export async function streamLog(
  outgoing: ServerResponse,
  query: URLSearchParams,
  file: string,
  signal: AbortSignal,
): Promise<void> {
  const { lines: count, follow } = wanted(query)
  const first = await lastLines(file, count)
  outgoing.writeHead(200, { 'content-type': 'application/x-ndjson' })
  const write = (lines: readonly string[]) => {
    if (lines.length > 0) outgoing.write(`${lines.join('\n')}\n`)
  }
  outgoing.flushHeaders()
  write(first.lines)
  let { place } = first
  while (follow && !signal.aborted && outgoing.writableLength < MOST_WAITING) {
    await sleep(POLL_MS, undefined, { ref: false })
    const more = await linesSince(file, place)
    place = more.place
    write(more.lines)
  }
  outgoing.end()
}
