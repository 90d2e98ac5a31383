// Turns the recorder's messages into rows. What is written at once is one transaction; a message whose data cannot be
// stored is left out and reported, the others stay.
import type Database from 'better-sqlite3'
import { assertNever } from '../base/assert-never.js'
import { keptRequestCosts } from '../cost/kept-costs.js'
import { type Cleaner, openCleaner } from './cleaning.js'
import { isPassing } from './failure.js'
import { outlineOf } from './outline.js'
import { type Pace, UNPACED } from './pace.js'
import { withPrompt } from './prompt.js'
import { newestPrompt } from './prompt-parts.js'
import type { AttemptFinished, RecordMessage, RequestFinished, RequestStarted } from './record.js'
import type { Ended, RequestPlace } from './requests.js'
import { openTables } from './tables.js'

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
  write(batch: readonly Entry[], pace?: Pace): Written
  /** The buffers of bodies that are remembered. Those of others are needed no more when their messages were written. */
  held(): ReadonlySet<ArrayBufferLike>
  /** What is remembered of stored rows holds no more: chunks were removed, or nothing was written for a while. */
  forget(): void
}

/** `cleaner` knows the secrets that are never stored. */
export function openWriter(database: Database.Database, cleaner: Cleaner = openCleaner()): Writer {
  const { apply, settle, held, forget } = applier(database, cleaner)
  const all = database.transaction((batch: readonly Entry[], pace: Pace) => {
    const results: Result[] = []
    for (const [index, entry] of batch.entries()) {
      pace.breathe()
      results.push(apply(entry, endOf(batch, index)))
      // A row that was written with the end of its request must not be committed without the rest of it.
      if (!isFollowed(batch, index) && pace.isEnough()) break
    }
    pace.breathe()
    settle()
    pace.breathe()
    return results
  })
  const single = database.transaction((entry: Entry) => {
    const result = apply(entry)
    settle()
    return result
  })
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
    write(batch, pace = UNPACED) {
      try {
        return count(all.immediate(batch, pace))
      } catch (thrown) {
        // What was stored for the batch is gone again.
        forget()
        if (isPassing(thrown)) throw thrown
      }
      try {
        return count(oneByOne.immediate(batch))
      } catch (thrown) {
        forget()
        throw thrown
      }
    },
    held,
    forget,
  }
}

/** The messages of a request side by side, in their order; requests in the order in which they come first. */
export function together(batch: readonly Entry[]): readonly Entry[] {
  const groups = new Map<string, Entry[]>()
  for (const entry of batch) {
    const group = groups.get(entry.message.requestId)
    if (group === undefined) groups.set(entry.message.requestId, [entry])
    else group.push(entry)
  }
  return groups.size === batch.length ? batch : [...groups.values()].flat()
}

/** Whether the next message is of the same request. */
function isFollowed(batch: readonly Entry[], index: number): boolean {
  return batch[index]?.message.requestId === batch[index + 1]?.message.requestId
}

/** The end of the request that begins here, when it stands beside it. */
function endOf(batch: readonly Entry[], from: number): RequestFinished | undefined {
  const begun = batch[from]?.message
  if (begun?.type !== 'request-started') return undefined
  for (let index = from + 1; batch[index]?.message.requestId === begun.requestId; index++) {
    const message = batch[index]?.message
    if (message?.type === 'request-finished') return message
  }
  return undefined
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

type Applier = {
  /** `end`: that of the request that the message begins, where it follows at once. */
  readonly apply: (entry: Entry, end?: RequestFinished) => 'stored' | 'orphan'
  /** To be called before each commit. */
  readonly settle: () => void
  readonly held: () => ReadonlySet<ArrayBufferLike>
  readonly forget: () => void
}

/** Requests whose answer is not over, of which so many are known by what their bodies may have in common. */
const MOST_OPEN = 1_000

function applier(database: Database.Database, cleaner: Cleaner): Applier {
  const tables = openTables(database, cleaner)
  const { requests, bodies, guard, search } = tables
  const lanes = new Map<number, string>()
  const ends = endings(cleaner)

  // Each gives false when all of it is stored already: a batch may come again.
  const start = (told: RequestStarted, end: RequestFinished | undefined) => {
    if (requests.find(told.requestId) !== undefined) return false
    const lane = `${told.traceId} ${told.subagent ?? ''} ${told.purpose}`
    const body = told.body === undefined ? undefined : bodies.take(lane, told.body)
    const prompt = told.purpose === 'turn' && body?.isObject === true ? body.parts : undefined
    const words = prompt === undefined ? undefined : newestPrompt(prompt)
    const message = cleaner.message(withPrompt(told, words))
    const trace = tables.traces.open(message)
    const place = { trace, turn: tables.turns.place(trace, message) }
    const request = requests.start(place, message, end === undefined ? undefined : ends.of(end))
    if (lanes.size < MOST_OPEN) lanes.set(request, lane)
    if (body !== undefined) bodies.put({ request, which: 'request', attempt: 0 }, body)
    if (words !== undefined) search.addPrompt({ trace, request }, words)
    const { startedAt, subagent } = message
    if (prompt === undefined) guard.unasked(request)
    else guard.asked({ seq: request, trace, startedAt, subagent }, outlineOf(prompt))
    return true
  }
  const attempt = (request: number, told: AttemptFinished) => {
    const message = cleaner.message(told)
    if (!tables.attempts.add(request, message)) return false
    if (message.requestBody !== undefined) {
      const body = bodies.take(`${lanes.get(request)} ${message.protocol}`, message.requestBody)
      bodies.put({ request, which: 'upstream-request', attempt: message.number }, body)
      if (body.isObject) guard.sent(request, outlineOf(body.parts))
    }
    const answered = { request, which: 'upstream-response', attempt: message.number } as const
    if (message.responseBody !== undefined) bodies.keep(answered, message.responseBody)
    tables.times.keep(answered, message.responseTimes)
    return true
  }
  const finish = (request: number, trace: number, told: RequestFinished) => {
    lanes.delete(request)
    const ended = ends.of(told)
    const { finished, cost } = ended
    if (!requests.finish(request, ended)) return false
    tables.traces.add(trace, finished, cost)
    tables.notes.add(request, finished.notes)
    const answered = { request, which: 'response', attempt: 0 } as const
    if (finished.responseBody !== undefined)
      search.addAnswer({ trace, request }, bodies.keepSaid(answered, finished.responseBody))
    tables.times.keep(answered, finished.responseTimes)
    guard.look(request, ended)
    return true
  }

  const applied = ({ seq, trace }: RequestPlace, message: RecordMessage): boolean => {
    switch (message.type) {
      case 'request-started':
        return false
      case 'attempt-finished':
        return attempt(seq, message)
      case 'request-finished':
        return finish(seq, trace, message)
      default:
        return assertNever(message)
    }
  }

  return {
    apply({ message, bodiesDropped }, end) {
      const isBegun = message.type === 'request-started' && start(message, end)
      const place = requests.find(message.requestId)
      if (place === undefined) return 'orphan'
      const isNew = isBegun || applied(place, message)
      if (isNew && bodiesDropped > 0) requests.dropBodies(place.seq, bodiesDropped)
      return 'stored'
    },
    settle: () => tables.settle(),
    held: () => bodies.held(),
    forget() {
      tables.forget()
      ends.forget()
      lanes.clear()
    },
  }
}

type Endings = {
  /** What is made of the end of a request, once: it may be asked for before its turn. */
  of(told: RequestFinished): Ended
  /** Until it is asked for again, other secrets may be known. */
  forget(): void
}

function endings(cleaner: Cleaner): Endings {
  const costs = keptRequestCosts()
  const costOf = ({ usage, pricing, modelUsed, finishedAt, durationMs }: RequestFinished) =>
    usage === undefined || pricing === undefined || modelUsed === undefined
      ? undefined
      : costs(usage, pricing, modelUsed, finishedAt - durationMs)
  let last: { readonly told: RequestFinished; readonly ended: Ended } | undefined
  return {
    of(told) {
      if (last?.told === told) {
        const { ended } = last
        last = undefined
        return ended
      }
      const finished = cleaner.message(told)
      const ended = { finished, cost: costOf(finished) }
      last = { told, ended }
      return ended
    },
    forget() {
      last = undefined
    },
  }
}
