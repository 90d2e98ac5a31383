// Notices a request that found much less in the provider's prompt cache than the one before it had left there, and
// says what changed first and what that cost. The bodies are only read again when there was a loss.
import type Database from 'better-sqlite3'
import { isObject, type JsonObject, parseJson } from '../base/json.js'
import { readBody } from './bodies.js'
import { readPrice } from './json-columns.js'
import { type Change, firstChange } from './prefix.js'
import type { RecordedUsage } from './record.js'
import type { CacheBreak } from './views.js'

/** Smaller losses are the provider's blocks and chance. */
const LEAST_TOKENS = 2_048
const LEAST_SHARE = 0.2
/** Providers keep a prompt for five minutes after its last use. */
const KEPT_MS = 5 * 60_000

export type CacheGuard = {
  /** Looks at a completed request, when its attempts and bodies are stored; keeps what it finds with it. */
  look(request: number): void
}

type Row = RecordedUsage & {
  seq: number
  channel: string | null
  model: string | null
  mode: string | null
  startedAt: number
  finishedAt: number
  price: string | null
}

const COLUMNS = `seq, channel, model_used AS model, mode, started_at AS startedAt, finished_at AS finishedAt, price,
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
  return {
    look(request) {
      const now = own.get(request)
      const before = now === undefined ? undefined : previous.get({ seq: request })
      if (now === undefined || before === undefined) return
      const expected = before.cacheRead + before.cacheWrite5m + before.cacheWrite1h
      const tokens = expected - now.cacheRead
      if (tokens < LEAST_TOKENS || tokens < expected * LEAST_SHARE) return
      const found: CacheBreak = { ...why(database, before, now), tokens, dollars: moneyLost(now, tokens) }
      keep.run(JSON.stringify(found), request)
    },
  }
}

function why(database: Database.Database, before: Row, now: Row): Change {
  if (before.model !== now.model)
    return { cause: 'model', detail: `${now.model ?? '?'} answered after ${before.model ?? '?'}` }
  if (before.channel !== now.channel)
    return { cause: 'route', detail: `channel ${now.channel ?? '?'} answered after ${before.channel ?? '?'}` }
  if (before.mode !== now.mode)
    return {
      cause: 'route',
      detail: now.mode === 'relay' ? 'relayed, no more converted' : 'converted, no more relayed',
    }
  const bodies = { before: promptOf(database, before), now: promptOf(database, now) }
  const change =
    bodies.before === undefined || bodies.now === undefined
      ? undefined
      : firstChange(bodies.before, bodies.now)
  if (change !== undefined) return change
  const idle = now.startedAt - before.finishedAt
  if (idle > KEPT_MS)
    return { cause: 'expired', detail: `${Math.round(idle / 60_000)} minutes passed since the last request` }
  if (bodies.before === undefined || bodies.now === undefined)
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
      ? readBody(database, { request: seq, which: 'upstream-request', attempt: attempt ?? 0 })
      : readBody(database, { request: seq, which: 'request', attempt: 0 })
  const body = bytes === undefined ? undefined : parseJson(Buffer.from(bytes).toString())
  return isObject(body) ? body : undefined
}

/** What the tokens cost more than from the cache, at the least; null without a price. */
function moneyLost({ price }: Row, tokens: number): number | null {
  const rates = readPrice(price)?.rates
  const input = rates?.['input']
  const cached = rates?.['cacheRead']
  if (input === undefined || cached === undefined) return null
  return (tokens * (input - cached)) / 1_000_000
}
