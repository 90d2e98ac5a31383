// Turns the recorder's messages into rows. What is written at once is one transaction; a message whose data cannot be
// stored is left out and reported, the others stay.
import type Database from 'better-sqlite3'
import { assertNever } from '../base/assert-never.js'
import type { Cost } from '../cost/price.js'
import { requestCost } from '../cost/request-cost.js'
import { attemptTable } from './attempts.js'
import { type BodyPlace, bodyTable } from './bodies.js'
import { cacheGuard } from './cache-guard.js'
import { type Cleaner, openCleaner } from './cleaning.js'
import { isPassing } from './failure.js'
import { noteTable } from './notes.js'
import { outlineOf } from './outline.js'
import { withPrompt } from './prompt.js'
import { newestPrompt } from './prompt-parts.js'
import type {
  AttemptFinished,
  RecordedBody,
  RecordMessage,
  RequestFinished,
  RequestStarted,
} from './record.js'
import { requestTable } from './requests.js'
import { searchTable } from './search-table.js'
import { streamTimesTable } from './stream-times.js'
import { traceTable } from './traces.js'
import { turnTable } from './turns.js'

/** A message and how many of its bodies were dropped under pressure. */
export type Entry = { readonly message: RecordMessage; readonly bodiesDropped: number }

export type Written = {
  readonly stored: number
  /** Messages about a request whose beginning was never recorded (capture was off then). */
  readonly orphans: number
  /** Messages that could not be stored, each with what was thrown. */
  readonly rejected: readonly unknown[]
  /** How many messages were looked at: all, unless it was enough before. */
  readonly taken: number
}

export type Writer = {
  /** Throws only what may pass (disk full, file busy); then nothing of the batch is stored. */
  write(batch: readonly Entry[], isEnough?: () => boolean): Written
  /** What is remembered of stored rows holds no more: chunks were removed, or nothing was written for a while. */
  forget(): void
}

/** `cleaner` knows the secrets that are never stored. */
export function openWriter(database: Database.Database, cleaner: Cleaner = openCleaner()): Writer {
  const { apply, forget } = applier(database, cleaner)
  const all = database.transaction((batch: readonly Entry[], isEnough: () => boolean) => {
    const results: Result[] = []
    for (const entry of batch) {
      results.push(apply(entry))
      if (isEnough()) break
    }
    return results
  })
  const single = database.transaction((entry: Entry) => apply(entry))
  const oneByOne = database.transaction((batch: readonly Entry[]) =>
    batch.map((entry) => {
      try {
        return single(entry)
      } catch (thrown) {
        forget()
        if (isPassing(thrown)) throw thrown
        return { rejected: thrown }
      }
    }),
  )
  return {
    write(batch, isEnough = () => false) {
      try {
        return count(all.immediate(batch, isEnough))
      } catch (thrown) {
        // What was stored for the batch is gone again.
        forget()
        if (isPassing(thrown)) throw thrown
        return count(oneByOne.immediate(batch))
      }
    },
    forget,
  }
}

type Result = 'stored' | 'orphan' | { readonly rejected: unknown }

function count(results: readonly Result[]): Written {
  return {
    taken: results.length,
    stored: results.filter((result) => result === 'stored').length,
    orphans: results.filter((result) => result === 'orphan').length,
    rejected: results.flatMap((result) => (typeof result === 'string' ? [] : [result.rejected])),
  }
}

function costOf({ usage, pricing, modelUsed, finishedAt, durationMs }: RequestFinished): Cost | undefined {
  if (usage === undefined || pricing === undefined || modelUsed === undefined) return undefined
  return requestCost(usage, pricing, modelUsed, finishedAt - durationMs)
}

type Applier = {
  readonly apply: (entry: Entry) => 'stored' | 'orphan'
  readonly forget: () => void
}

/** Requests whose answer is not over, of which so many are known by what their bodies may have in common. */
const MOST_OPEN = 1_000

function applier(database: Database.Database, cleaner: Cleaner): Applier {
  const traces = traceTable(database)
  const turns = turnTable(database)
  const requests = requestTable(database)
  const attempts = attemptTable(database)
  const notes = noteTable(database)
  const bodies = bodyTable(database, cleaner)
  const guard = cacheGuard(database)
  const search = searchTable(database, cleaner)
  const times = streamTimesTable(database)
  const lanes = new Map<number, string>()

  const keep = (place: BodyPlace, body: RecordedBody | undefined) =>
    body === undefined ? undefined : bodies.keep(place, body)
  const start = (told: RequestStarted) => {
    if (requests.find(told.requestId) !== undefined) return
    const lane = `${told.traceId} ${told.subagent ?? ''} ${told.purpose}`
    const body = told.body === undefined ? undefined : bodies.take(lane, told.body)
    const prompt = told.purpose === 'turn' && body?.isObject === true ? body.parts : undefined
    const words = prompt === undefined ? undefined : newestPrompt(prompt)
    const message = cleaner.message(withPrompt(told, words))
    const trace = traces.open(message)
    const request = requests.start({ trace, turn: turns.place(trace, message) }, message)
    if (lanes.size < MOST_OPEN) lanes.set(request, lane)
    if (body !== undefined) bodies.put({ request, which: 'request', attempt: 0 }, body)
    if (words !== undefined) search.addPrompt({ trace, request }, words)
    if (prompt !== undefined) guard.saw(request, outlineOf(prompt))
  }
  const attempt = (request: number, told: AttemptFinished) => {
    const message = cleaner.message(told)
    if (message.requestBody !== undefined) {
      const body = bodies.take(`${lanes.get(request)} ${message.protocol}`, message.requestBody)
      bodies.put({ request, which: 'upstream-request', attempt: message.number }, body)
      if (body.isObject) guard.saw(request, outlineOf(body.parts))
    }
    attempts.add(request, message)
    keep({ request, which: 'upstream-response', attempt: message.number }, message.responseBody)
    const streamed = { request, which: 'upstream-response', attempt: message.number } as const
    times.keep(streamed, message.responseTimes)
  }
  const finish = (request: number, trace: number, told: RequestFinished) => {
    lanes.delete(request)
    const message = cleaner.message(told)
    const cost = costOf(message)
    if (!requests.finish(request, message, cost)) return
    traces.add(trace, message, cost)
    notes.add(request, message.notes)
    const answer = keep({ request, which: 'response', attempt: 0 }, message.responseBody)
    times.keep({ request, which: 'response', attempt: 0 }, message.responseTimes)
    if (answer !== undefined) search.addAnswer({ trace, request }, answer)
    guard.look(request)
  }

  const apply = ({ message, bodiesDropped }: Entry) => {
    if (message.type === 'request-started') start(message)
    const place = requests.find(message.requestId)
    if (place === undefined) return 'orphan'
    if (bodiesDropped > 0) requests.dropBodies(place.seq, bodiesDropped)
    switch (message.type) {
      case 'request-started':
        return 'stored'
      case 'attempt-finished':
        attempt(place.seq, message)
        return 'stored'
      case 'request-finished':
        finish(place.seq, place.trace, message)
        return 'stored'
      default:
        return assertNever(message)
    }
  }
  const forget = () => {
    bodies.forget()
    requests.forget()
    search.forget()
    guard.forget()
    lanes.clear()
  }
  return { apply, forget }
}
