// One question to the control socket, read within bounds. Law: whatever is odd about it is the asker's mistake, and said so.

import type { IncomingMessage } from 'node:http'
import { HubError } from '../base/errors.js'
import { parseJson } from '../base/json.js'

export type Call = {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly body: unknown
  /** Aborted when the asker hangs up. */
  readonly signal: AbortSignal
}

/** The questions are a few words; 1 MiB is more than any of them needs. */
const BODY_LIMIT = 1024 * 1024

async function bodyOf(incoming: IncomingMessage): Promise<unknown> {
  const pieces: Buffer[] = []
  let size = 0
  for await (const piece of incoming) {
    const bytes = Buffer.from(piece)
    size += bytes.length
    if (size > BODY_LIMIT) {
      throw new HubError('too-large', `The question is larger than ${BODY_LIMIT / 1024 / 1024} MiB.`)
    }
    pieces.push(bytes)
  }
  const text = Buffer.concat(pieces).toString('utf8')
  if (text === '') return undefined
  const value = parseJson(text)
  if (value === undefined) throw new HubError('usage', 'The body of the question is not JSON.')
  return value
}

function urlOf(target: string): URL {
  try {
    return new URL(`http://control${target.startsWith('/') ? target : `/${target}`}`)
  } catch (cause) {
    throw new HubError('usage', 'The path of the question cannot be read.', { cause })
  }
}

/** Throws HubError `usage` for what cannot be read, `too-large` over 1 MiB. */
export async function readCall(incoming: IncomingMessage, signal: AbortSignal): Promise<Call> {
  const { pathname, searchParams } = urlOf(incoming.url ?? '/')
  const method = incoming.method ?? 'GET'
  return { method, path: pathname, query: searchParams, body: await bodyOf(incoming), signal }
}

/** The names in a path, unescaped. Throws HubError `usage` for an escape that is none. */
export function namesIn(match: readonly string[]): string[] {
  try {
    return match.slice(1).map(decodeURIComponent)
  } catch (cause) {
    throw new HubError('usage', 'The path of the question has an escape that cannot be read.', { cause })
  }
}

/** A whole number of the query; undefined when it is not there. Throws HubError `usage`. */
export function wholeNumberOf(query: URLSearchParams, name: string): number | undefined {
  const value = query.get(name)
  if (value === null) return undefined
  const number = Number(value)
  if (/^\d{1,15}$/.test(value) && Number.isSafeInteger(number)) return number
  throw new HubError('usage', `"${name}" must be a whole number, not "${value.slice(0, 40)}".`)
}
