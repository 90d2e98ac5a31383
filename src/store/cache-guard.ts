// Holds each prompt against the one before it in the conversation: when it does not go on as it was, or when much less came
// from the provider's prompt cache than should have, the request says what changed first and what that cost. The bodies are
// only read again when something did.
import type Database from 'better-sqlite3'
import type { CacheBreakCause } from '../base/cache-break-cause.js'
import { isObject, type JsonObject, parseJson } from '../base/json.js'
import { type BodyPlace, readBody } from './bodies.js'
import { isPassing } from './failure.js'
import { readPrice, writePrice } from './json-columns.js'
import { firstDifference } from './outline.js'
import { type Change, firstChange } from './prefix.js'
import type { RecordedUsage } from './record.js'
import type { Ended } from './requests.js'
import type { CacheBreak } from './views.js'

/** Smaller losses are the provider's blocks and chance. */
const LEAST_TOKENS = 2_048
const LEAST_SHARE = 0.2
/** Providers keep a prompt for five minutes after its last use. */
const KEPT_MS = 5 * 60_000

/** Prompts of requests whose answer is not over. Of more the oldest is forgotten: some never end. */
const MOST_OPEN = 500
/** Branches of conversations whose newest request is at hand. */
const MOST_NEWEST = 200

export type CacheGuard = {
  /** The prompt that a turn's request asks with. */
  asked(request: Asked, outline: Buffer): void
  /** A request without such a prompt began: its number may be that of one that was not stored after all. */
  unasked(request: number): void
  /** What the provider is sent for it instead, where it is converted. */
  sent(request: number, outline: Buffer): void
  /** Looks at an ended request, when its attempts and bodies are stored; keeps what it finds with it. */
  look(request: number, ended: Ended): void
  /** Writes what is kept for the next life: the newest prompt of each branch that was looked at. */
  settle(): void
  /** Forgets the rows that were looked at last. */
  forget(): void
}

/** Which request of a turn asks, and where it belongs. */
export type Asked = Pick<Row, 'seq' | 'trace' | 'startedAt'> & { readonly subagent: string | undefined }

type Row = RecordedUsage & {
  seq: number
  trace: number
  subagent: string
  channel: string | null
  model: string | null
  mode: string | null
  startedAt: number
  finishedAt: number
  price: string | null
}

const COLUMNS = `seq, trace, coalesce(subagent, '') AS subagent, channel, model_used AS model, mode, started_at AS startedAt, finished_at AS finishedAt, price,
  input_fresh AS inputFresh, cache_read AS cacheRead, cache_write_5m AS cacheWrite5m,
  cache_write_1h AS cacheWrite1h, output, reasoning`

export function cacheGuard(database: Database.Database): CacheGuard {
  const MAIN = "purpose = 'turn' AND outcome = 'completed' AND output IS NOT NULL"
  const own = database.prepare<[number], Row>(`SELECT ${COLUMNS} FROM requests WHERE seq = ? AND ${MAIN}`)
  const previous = database.prepare<[{ seq: number }], Row>(
    `SELECT ${COLUMNS} FROM requests WHERE trace = (SELECT trace FROM requests WHERE seq = @seq) AND seq < @seq
       AND subagent IS (SELECT subagent FROM requests WHERE seq = @seq) AND ${MAIN} ORDER BY seq DESC LIMIT 1`,
  )
  const keep = database.prepare<[string, number]>('UPDATE requests SET cache_break = ? WHERE seq = ?')
  const prefixes = prefixTable(database)
  const open = new Map<number, Open>()
  const keepOpen = (request: number, known: Open) => {
    open.set(request, known)
    if (open.size <= MOST_OPEN) return
    const [oldest] = open.keys()
    if (oldest !== undefined) open.delete(oldest)
  }
  /** The newest completed request of each branch of a conversation, and its outline. */
  const newest = new Map<string, Looked>()
  /** Those whose outline is not written yet. */
  let unwritten: Looked[] = []
  const before = (now: Row): Omit<Looked, 'isOld'> | undefined => {
    const known = newest.get(laneOf(now))
    if (known !== undefined && known.row.seq < now.seq) return known
    const row = previous.get({ seq: now.seq })
    if (row === undefined) return undefined
    const old = prefixes.of(now)
    return { row, outline: old?.request === row.seq ? old.outline : undefined }
  }
  const judge = (now: Row, mine: Buffer | undefined): CacheBreak | undefined => {
    const old = before(now)
    if (old === undefined) return undefined
    const isKnown = mine !== undefined && old.outline !== undefined
    return judgeBy(database, old.row, now, isKnown ? firstDifference(old.outline, mine) : undefined)
  }
  const settle = () => {
    for (const { row, outline, isOld } of unwritten)
      if (!isOld && outline !== undefined) prefixes.put(row, outline)
    unwritten = []
  }
  const remember = (row: Row, outline: Buffer | undefined) => {
    const lane = laneOf(row)
    const known = newest.get(lane)
    if (known !== undefined && known.row.seq > row.seq) return
    if (known !== undefined && outline !== undefined) known.isOld = true
    if (newest.size >= MOST_NEWEST) {
      settle()
      newest.clear()
    }
    const looked = { row, outline, isOld: false }
    newest.set(lane, looked)
    unwritten.push(looked)
  }
  return {
    asked(asked, outline) {
      keepOpen(asked.seq, { asked, outline })
    },
    unasked: (request) => void open.delete(request),
    sent(request, outline) {
      const known = open.get(request)
      if (known !== undefined) known.outline = outline
      else keepOpen(request, { asked: undefined, outline })
    },
    look(request, ended) {
      const mine = open.get(request)
      if (mine !== undefined) open.delete(request)
      const now = mine?.asked === undefined ? own.get(request) : rowOf(mine.asked, ended)
      if (now === undefined) return
      const found = judge(now, mine?.outline)
      if (found !== undefined) keep.run(JSON.stringify(found), request)
      remember(now, mine?.outline)
    },
    settle,
    forget() {
      newest.clear()
      unwritten = []
    },
  }
}

/** As the row of a turn's request has it; undefined for one that did not complete. */
function rowOf({ seq, trace, subagent, startedAt }: Asked, { finished, cost }: Ended): Row | undefined {
  const { outcome, usage } = finished
  if (outcome !== 'completed' || usage === undefined) return undefined
  return {
    seq,
    trace,
    subagent: subagent ?? '',
    startedAt,
    channel: finished.channel ?? null,
    model: finished.modelUsed ?? null,
    mode: finished.mode ?? null,
    finishedAt: finished.finishedAt,
    price: writePrice(cost),
    inputFresh: usage.inputFresh,
    cacheRead: usage.cacheRead,
    cacheWrite5m: usage.cacheWrite5m,
    cacheWrite1h: usage.cacheWrite1h,
    output: usage.output,
    reasoning: usage.reasoning,
  }
}

type Open = { readonly asked: Asked | undefined; outline: Buffer }

type Looked = {
  readonly row: Row
  readonly outline: Buffer | undefined
  /** A newer one of its branch came. */
  isOld: boolean
}

const laneOf = ({ trace, subagent }: Row) => `${trace} ${subagent}`

type Lane = Pick<Row, 'seq' | 'trace' | 'subagent'>

function prefixTable(database: Database.Database) {
  const find = database.prepare<[number, string], { request: number; outline: Buffer }>(
    'SELECT request, outline FROM prefixes WHERE trace = ? AND subagent = ?',
  )
  const put = database.prepare<[number, string, number, Buffer]>(
    `INSERT INTO prefixes (trace, subagent, request, outline) VALUES (?, ?, ?, ?)
     ON CONFLICT (trace, subagent) DO UPDATE SET request = excluded.request, outline = excluded.outline`,
  )
  return {
    of: ({ trace, subagent }: Lane) => find.get(trace, subagent),
    put: ({ trace, subagent, seq }: Lane, outline: Buffer) => void put.run(trace, subagent, seq, outline),
  }
}

/** `part`: the first part of the prompt that is not what it was, where there is one. */
function judgeBy(
  database: Database.Database,
  before: Row,
  now: Row,
  part: CacheBreakCause | undefined,
): CacheBreak | undefined {
  const route = changedRoute(before, now)
  const definite = route !== undefined || (part !== undefined && part !== 'history')
  const tokens = lost(before, now, definite || part !== undefined)
  const much = tokens >= LEAST_TOKENS && tokens >= cached(before) * LEAST_SHARE
  if (!definite && !much) return undefined
  const change = route ?? changedPrompt(database, before, now, part)
  // Other bytes, but the same prompt: the history was laid out in another way.
  if (change === undefined) return judgeBy(database, before, now, undefined)
  return { ...change, tokens, dollars: moneyLost(now, tokens) }
}

function cached({ cacheRead, cacheWrite5m, cacheWrite1h }: RecordedUsage): number {
  return cacheRead + cacheWrite5m + cacheWrite1h
}

/** How many tokens did not come from the cache. A provider that tells of no writes keeps all that it was first sent. */
function lost(before: Row, now: Row, broken: boolean): number {
  const keeps = cached(before) === 0 && readPrice(now.price)?.rates['cacheRead'] !== undefined
  const left = cached(before) + (broken && keeps ? before.inputFresh : 0)
  return Math.max(0, left - now.cacheRead)
}

function changedRoute(before: Row, now: Row): Change | undefined {
  if (before.model !== now.model)
    return { cause: 'model', detail: `${now.model ?? '?'} answered after ${before.model ?? '?'}` }
  if (before.channel !== now.channel)
    return { cause: 'route', detail: `channel ${now.channel ?? '?'} answered after ${before.channel ?? '?'}` }
  if (before.mode !== now.mode)
    return {
      cause: 'route',
      detail: now.mode === 'relay' ? 'relayed, no more converted' : 'converted, no more relayed',
    }
  return undefined
}

/** `part`: which part of the prompt differs, where that is known; undefined when the bodies say that none does. */
function changedPrompt(
  database: Database.Database,
  before: Row,
  now: Row,
  part: CacheBreakCause | undefined,
): Change | undefined {
  const [old, own] = [promptOf(database, before), promptOf(database, now)]
  const isKept = old !== undefined && own !== undefined
  const change = isKept ? firstChange(old, own) : undefined
  if (change !== undefined) return change
  if (part !== undefined)
    return isKept
      ? undefined
      : { cause: part, detail: 'the body before is not kept, so it cannot be seen how it changed' }
  const idle = now.startedAt - before.finishedAt
  if (idle > KEPT_MS)
    return { cause: 'expired', detail: `${Math.round(idle / 60_000)} minutes passed since the last request` }
  if (!isKept)
    return { cause: 'unknown', detail: 'the bodies are not kept, so it cannot be seen what changed' }
  return { cause: 'provider', detail: 'the prompt goes on as it was: the provider did not keep or find it' }
}

/** What the provider was sent. */
function promptOf(database: Database.Database, { seq, mode }: Row): JsonObject | undefined {
  const attempt = database
    .prepare<[number], number | null>('SELECT max(number) FROM attempts WHERE request = ?')
    .pluck()
    .get(seq)
  const bytes =
    mode === 'convert'
      ? readable(database, { request: seq, which: 'upstream-request', attempt: attempt ?? 0 })
      : readable(database, { request: seq, which: 'request', attempt: 0 })
  const body = bytes === undefined ? undefined : parseJson(Buffer.from(bytes).toString())
  return isObject(body) ? body : undefined
}

/** A damaged body is like one that is not kept: the request that is looked at is to be stored all the same. */
function readable(database: Database.Database, place: BodyPlace): Uint8Array | undefined {
  try {
    return readBody(database, place)
  } catch (thrown) {
    if (isPassing(thrown)) throw thrown
    return undefined
  }
}

/** What the tokens cost more than from the cache, at the least; null without a price. */
function moneyLost({ price }: Row, tokens: number): number | null {
  const rates = readPrice(price)?.rates
  const input = rates?.['input']
  const cached = rates?.['cacheRead']
  if (input === undefined || cached === undefined) return null
  return (tokens * (input - cached)) / 1_000_000
}
