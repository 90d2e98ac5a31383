// The machine: room on the disk, and whether its clock agrees with the providers'.

import { statfs } from 'node:fs/promises'
import type { ShownAttempt } from '../../control/trace-reader.js'
import { tracesOr } from '../traces.js'
import { bytes, duration } from '../words.js'
import { type Finding, pass, problem, skipped, warning } from './finding.js'
import type { Subject } from './subject.js'

const LITTLE_BYTES = 1024 ** 3
const NEXT_TO_NOTHING_BYTES = 100 * 1024 ** 2
/** Logins with a signed time are refused from about five minutes on. */
const SKEW_MS = 120_000

export async function checkDisk({ paths, config }: Subject): Promise<Finding[]> {
  const found = await statfs(paths.home).catch(() => undefined)
  if (found === undefined) return [skipped('disk.room', 'not known before the home is there')]
  const free = found.bavail * found.bsize
  const words = `${bytes(free)} free`
  const most = config.type === 'read' ? config.value.config.server.capture.max_size : 0
  if (free < NEXT_TO_NOTHING_BYTES) {
    return [
      problem('disk.room', words, {
        why: 'The hub goes on answering, but records nothing any more.',
        fix: 'axonhub trace prune --older-than 7d (or free some space)',
      }),
    ]
  }
  if (free >= Math.min(LITTLE_BYTES, most)) return [pass('disk.room', words)]
  return [
    warning('disk.room', `${words}, and traces may take ${bytes(most)}`, {
      why: 'The disk is full before the limit of the traces is reached.',
      fix: 'A smaller server.capture.max_size: axonhub config edit',
    }),
  ]
}

type Seen = { readonly host: string; readonly skewMs: number }

/** What the head of an answer says of the time, against when it came. Undefined when it says nothing. */
function skewOf({ url, headers, startedAt, firstByteMs }: ShownAttempt): Seen | undefined {
  const date = Date.parse(headers['date'] ?? '')
  if (Number.isNaN(date) || firstByteMs === null) return undefined
  const { hostname } = new URL(url)
  if (hostname === 'localhost' || hostname.startsWith('127.') || hostname === '[::1]') return undefined
  return { host: hostname, skewMs: startedAt + firstByteMs - date }
}

/** Nobody is asked: the newest answers that passed through the hub carry the providers' time. */
async function lastSeen({ cli }: Subject): Promise<Seen | undefined> {
  return tracesOr(
    cli,
    async (reader) => {
      for (const { id } of await reader.listTraces({ limit: 3 })) {
        const { turns } = await reader.showTrace(id)
        const request = turns.at(-1)?.requests.at(-1)
        const attempts = request === undefined ? [] : (await reader.showRequest(request.id)).attempts
        const seen = attempts.map(skewOf).find((one) => one !== undefined)
        if (seen !== undefined) return seen
      }
      return undefined
    },
    undefined,
  )
}

export async function checkClock(subject: Subject): Promise<Finding[]> {
  const seen = await lastSeen(subject).catch(() => undefined)
  if (seen === undefined) return [skipped('clock.skew', 'no answer of a provider to compare with yet')]
  const words = duration(Math.abs(seen.skewMs))
  if (Math.abs(seen.skewMs) < SKEW_MS) return [pass('clock.skew', `agrees with ${seen.host}`)]
  return [
    warning('clock.skew', `it is ${words} ${seen.skewMs > 0 ? 'ahead of' : 'behind'} ${seen.host}`, {
      why: 'Signed logins are refused, and limits seem to end too early or too late.',
      fix: 'Let the system set the clock: timedatectl set-ntp true (Linux), sntp (macOS), w32tm /resync (Windows)',
    }),
  ]
}
