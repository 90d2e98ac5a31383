// One conversation, one request, one body: what `trace show` needs.
import type Database from 'better-sqlite3'
import { HubError } from '../base/errors.js'
import { readBody } from './bodies.js'
import { findOne } from './find.js'
import { readRequests } from './request-views.js'
import { readTrace } from './traces.js'
import type { BodyQuestion, RequestView, TraceView, TurnView } from './views.js'

/** A conversation with all its turns and requests, by its id or the beginning of it. */
export function showTrace(database: Database.Database, id: string): TraceView {
  const seq = findOne(database, 'traces', id)
  const summary = readTrace(database, seq)
  if (summary === undefined) throw new HubError('not-found', `There is no trace ${id}.`)
  const requests = readRequests(database, 'trace', seq)
  const turns = database
    .prepare<[number], Omit<TurnView, 'requests'>>(
      'SELECT number, key, prompt, started_at AS startedAt FROM turns WHERE trace = ? ORDER BY number',
    )
    .all(seq)
    .map((turn) => ({ ...turn, requests: requests.filter((request) => request.turn === turn.number) }))
  return { ...summary, turns }
}

/** One request, by its id or the beginning of it. */
export function showRequest(database: Database.Database, id: string): RequestView {
  const [request] = readRequests(database, 'seq', findOne(database, 'requests', id))
  if (request === undefined) throw new HubError('not-found', `There is no request ${id}.`)
  return request
}

/** The exact bytes of a body. Throws `not-found` with the reason when it was not kept. */
export function showBody(database: Database.Database, question: BodyQuestion): Uint8Array {
  const { request: id, which } = question
  const request = findOne(database, 'requests', id)
  const ofAttempt = which === 'upstream-request' || which === 'upstream-response'
  const attempt = ofAttempt ? (question.attempt ?? lastAttempt(database, request)) : 0
  const body = readBody(database, { request, which, attempt })
  if (body !== undefined) return body
  throw new HubError('not-found', `No ${which} body is kept for request ${id}.`, {
    hint: whyNone(showRequest(database, id), ofAttempt),
  })
}

function lastAttempt(database: Database.Database, request: number): number {
  const last = database
    .prepare<[number], number | null>('SELECT max(number) FROM attempts WHERE request = ?')
    .pluck()
    .get(request)
  return last ?? 0
}

function whyNone(request: RequestView, ofAttempt: boolean): string {
  if (request.bodiesDropped > 0) return 'The recorder was under pressure then and kept only the metadata.'
  if (request.outcome === 'running') return 'The request is still running.'
  if (ofAttempt && request.mode === 'relay') {
    return 'The request was relayed: the upstream sent and got what the agent did.'
  }
  return 'Bodies are kept while server.capture.bodies is full, until retention removes them.'
}
