// A database as a month of work leaves it, of as many gigabytes as wanted: `node scripts/bench/store-large.mjs FILE [GB]`.
// One part of the month is written by the store's own writer; the others are copies of its rows with their own ids, hashes and
// times, made by SQLite itself, so that 5 GB take two minutes and not an hour.

import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { answerWords } from '../../build/store/answer-words.js'
import { readBody } from '../../build/store/bodies.js'
import { openStore } from '../../build/store/open.js'
import { readRecipe, writeRecipe } from '../../build/store/recipe.js'
import { openWriter } from '../../build/store/writer.js'
import { records, session } from './store-session.mjs'

const DAY_MS = 24 * 3_600_000
const DAYS = 30

/** A session of a month: 40 requests in five turns that end with 1 MB of context, two tools of which gave pictures. */
const REQUESTS = 40
const CONTEXT_BYTES = 700_000
const SHAPE = { turn: 8, pictureEvery: 15, pictureBytes: 120_000 }
const REQUEST_MS = 20_000
/** So many sessions are written; all others are copies of them. */
const WRITTEN = 60

/** When each hundred bytes of an answer came. */
const timesOf = (answer) =>
  Array.from({ length: Math.ceil(answer.length / 100) }, (_, at) => [
    Math.min(answer.length, (at + 1) * 100),
    200 + at * 7,
  ]).flat()

/** A short text of its own for each session and copy, so that one of them can be searched for. */
export const markOf = (copy) => `mark${copy}part`

function writeSessions(database, count, { from, spanMs }) {
  const writer = openWriter(database)
  for (let number = 0; number < count; number += 1) {
    const startedAt = from + (number * spanMs) / count
    const entries = []
    let at = 0
    for (const { body, answer } of session(REQUESTS, CONTEXT_BYTES, number + 1, SHAPE)) {
      const id = `ar-${String(number).padStart(6, '0')}${String(at).padStart(6, '0')}`
      const trace = `at-${String(number).padStart(6, '0')}`
      const told = { id, trace, body, answer, startedAt: Math.floor(startedAt) + at * REQUEST_MS, number: at }
      for (const message of records(told)) {
        const isEnd = message.type === 'request-finished'
        entries.push({
          message: isEnd ? { ...message, responseTimes: timesOf(answer) } : message,
          bodiesDropped: 0,
        })
      }
      at += 1
    }
    writer.write(entries)
  }
}

/** The columns of a table, each copied as it is or by its expression in `own`. */
function copyOf(database, table, own) {
  const columns = database.prepare(`SELECT name FROM pragma_table_info('${table}')`).pluck().all()
  const values = columns.map((name) => own[name] ?? name)
  return `INSERT INTO ${table} (${columns.join(', ')}) SELECT ${values.join(', ')} FROM ${table}`
}

/** The newest number of each table that has some. */
function lastOf(database) {
  const tables = ['traces', 'turns', 'requests', 'attempts', 'chunks', 'bodies', 'texts', 'prefixes']
  return Object.fromEntries(
    tables.map((table) => [
      table,
      database.prepare(`SELECT coalesce(max(seq), 0) FROM ${table}`).pluck().get(),
    ]),
  )
}

/** What is searched for in a text that the database keeps in its body alone. */
function keepWords(database) {
  database.exec('CREATE TEMP TABLE written_words (seq INTEGER PRIMARY KEY, words TEXT NOT NULL)')
  const keep = database.prepare('INSERT INTO written_words (seq, words) VALUES (?, ?)')
  for (const { seq, request, words } of database.prepare('SELECT seq, request, words FROM texts').all())
    keep.run(seq, words ?? answerWords(readBody(database, { request, which: 'response', attempt: 0 })))
}

/** Gives a function that copies all that is written now, a number of times further on. */
function copier(database, spanMs) {
  const last = lastOf(database)
  keepWords(database)
  database.function('recipe_of', { deterministic: true }, (recipe, offset) =>
    writeRecipe(readRecipe(recipe).map((chunk) => chunk + Number(offset))),
  )
  const of = (table, column = 'seq') => `${column} + @copy * ${last[table]}`
  const later = (column) => `${column} + @copy * ${spanMs}`
  const request = of('requests', 'request')
  const trace = of('traces', 'trace')
  const ownId = (kind) => `'${kind}-' || lower(hex(randomblob(12)))`
  const times = { started_at: later('started_at'), finished_at: later('finished_at') }
  const own = {
    traces: { seq: of('traces'), id: ownId('at'), ...times, last_at: later('last_at') },
    turns: { seq: of('turns'), trace, ...times },
    requests: { seq: of('requests'), id: ownId('ar'), trace, turn: of('turns', 'turn'), ...times },
    attempts: { seq: of('attempts'), request, ...times },
    chunks: { seq: of('chunks'), hash: 'randomblob(32)' },
    bodies: {
      seq: of('bodies'),
      request,
      recipe: `recipe_of(recipe, @copy * ${last.chunks})`,
    },
    texts: { seq: of('texts'), trace, request },
    prefixes: { seq: of('prefixes'), trace, request },
  }
  const copies = Object.entries(own).map(([table, values]) =>
    database.prepare(`${copyOf(database, table, values)} WHERE seq <= ${last[table]}`),
  )
  const streams = database.prepare(
    `${copyOf(database, 'stream_times', { request })} WHERE request <= ${last.requests}`,
  )
  const words = database.prepare(
    `INSERT INTO search (rowid, words) SELECT ${of('texts')}, words || ' ' || @mark FROM written_words`,
  )
  return database.transaction((copy) => {
    for (const statement of [...copies, streams]) statement.run({ copy })
    words.run({ copy, mark: markOf(copy) })
  })
}

/** What a plan's two windows said every 20 minutes of three months; the newest word is of a moment ago. */
function writeQuota(database, now) {
  const STEP_MS = 20 * 60_000
  const STEPS = 90 * 72
  database
    .prepare(
      `INSERT INTO quota_snapshots (channel, account, window_name, window_ms, used_percent, resets_at, plan, origin, taken_at, detail)
       WITH RECURSIVE step (number) AS (SELECT 0 UNION ALL SELECT number + 1 FROM step WHERE number < @steps),
         windows (name, ms) AS (VALUES ('5h', 18000000), ('7d', 604800000)),
         said AS (
           SELECT name, ms, @now - (@steps - number) * @stepMs - 1000 AS at, number % 90 + 5 AS percent FROM step, windows
         )
       SELECT 'claude', 'bench', name, ms, percent, at + ms / 2, 'max', 'header', at, json_object(
         'id', name, 'kind', 'window', 'windowSeconds', ms / 1000, 'usedPercent', percent, 'resetsAt', at + ms / 2)
       FROM said`,
    )
    .run({ now, steps: STEPS, stepMs: STEP_MS })
}

const sizeOf = (file) => statSync(file, { throwIfNoEntry: false })?.size ?? 0

/**
 * Makes the database; the newest session was now, the oldest a month ago. `bytes` 0: one session alone. `said`: told of each step.
 */
export function largeDatabase(file, bytes, said = () => undefined) {
  const database = openStore(file)
  // Nobody needs what a sudden death leaves of it.
  for (const fast of [
    'journal_mode = OFF',
    'synchronous = OFF',
    'locking_mode = EXCLUSIVE',
    'cache_size = -524288',
  ])
    database.pragma(fast)
  const now = Date.now()
  const began = performance.now()
  const tell = (what) =>
    said(
      `${((performance.now() - began) / 1000).toFixed(1)} s: ${what}, ${Math.round(sizeOf(file) / 2 ** 20)} MB`,
    )
  if (bytes === 0) writeSessions(database, 1, { from: now - REQUESTS * REQUEST_MS, spanMs: 0 })
  else {
    const [partMs, copies] = writePart(database, { now, bytes, file })
    tell('one part written')
    const copy = copier(database, partMs)
    for (let number = 1; number <= copies; number += 1) {
      copy(number)
      if (number % 10 === 0 || number === copies) tell(`copy ${number} of ${copies}`)
    }
    database.exec("UPDATE totals SET value = (SELECT sum(size) FROM texts) WHERE name = 'searched'")
  }
  writeQuota(database, now)
  database.pragma('locking_mode = NORMAL')
  database.pragma('journal_mode = WAL')
  database.close()
  tell('done')
}

/** The oldest part of the month; gives how long it lasts and how many copies fill the rest. */
function writePart(database, { now, bytes, file }) {
  // How large a part gets shows only when it is written, so its times are set afterwards.
  writeSessions(database, WRITTEN, { from: 0, spanMs: DAY_MS })
  const copies = Math.max(1, Math.ceil(bytes / sizeOf(file)) - 1)
  const partMs = Math.floor((DAYS * DAY_MS) / (copies + 1))
  const from = now - DAYS * DAY_MS
  const moved = (column) => `${column} = CAST(@from + ${column} * @share AS INTEGER)`
  const columns = {
    traces: ['started_at', 'last_at'],
    turns: ['started_at'],
    requests: ['started_at', 'finished_at'],
    attempts: ['started_at'],
  }
  for (const [table, names] of Object.entries(columns))
    database
      .prepare(`UPDATE ${table} SET ${names.map(moved).join(', ')}`)
      .run({ from, share: partMs / DAY_MS })
  return [partMs, copies]
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const [file, gigabytes = '5'] = process.argv.slice(2)
  if (file === undefined) throw new Error('usage: node scripts/bench/store-large.mjs FILE [GB]')
  largeDatabase(file, Number(gigabytes) * 1e9, (line) => process.stdout.write(`${line}\n`))
}
