// Takes what is too old or too much out of the database, in small steps, so that recording goes on in between.
// Law: a chunk goes only when no body that stays is made of it; figures outlive bodies.
import type Database from 'better-sqlite3'
import { chunkMarks, type Marks } from './chunk-marks.js'
import type { Pruned } from './views.js'

/** Rows of one step: some milliseconds of work. */
const BODIES = 100
const TRACES = 20
const CHUNKS = 1_000
/** Removing a large chunk frees many pages. */
const SWEPT = 100
const SWEPT_BYTES = 256 * 1024
const PAGES = 50
/** Pages of the index merged in one step. */
const MERGED = 4
const MOST_PASSES = 5
/** By this share each further pass aims lower. */
const NEARER = 0.03

export type PruneRule = {
  /** Ms since the epoch. */
  readonly before?: number
  readonly maxBytes?: number
  readonly dryRun: boolean
  /** Told after rows were removed: nobody may count on them any more. */
  readonly removed?: () => void
}

/** Each `yield` is a place to do something else; the bodies recorded there are respected. */
export type PruneSteps = Generator<undefined, Pruned, undefined>

/**
 * Removes conversations last used before `before` with all that belongs to them, bodies of requests that began before
 * it, and the oldest bodies until the rest fits into `maxBytes`. Only one may run on a database at a time, and in the
 * thread that writes to it. A dry run changes nothing and gives the same figures.
 */
export function* prune(database: Database.Database, rule: PruneRule): PruneSteps {
  let all = yield* pruneOnce(database, rule)
  const { maxBytes = Number.POSITIVE_INFINITY, dryRun } = rule
  // What rows take can only be estimated, and more may have been recorded meanwhile.
  for (let pass = 1; pass < MOST_PASSES && !dryRun && all.bytesAfter > maxBytes && all.bodies > 0; pass++) {
    const aim = Math.floor(maxBytes * (1 - pass * NEARER))
    const more = yield* pruneOnce(database, onlySize(rule, aim))
    all = { ...all, bodies: all.bodies + more.bodies, bytesAfter: more.bytesAfter }
  }
  return all
}

/** The same rule for the size alone. */
function onlySize({ before: _before, ...rule }: PruneRule, maxBytes: number): PruneRule {
  return { ...rule, maxBytes }
}

function* pruneOnce(database: Database.Database, rule: PruneRule): PruneSteps {
  const before = rule.before ?? 0
  const bytesBefore = usedBytes(database)
  const room =
    rule.maxBytes === undefined ? Number.POSITIVE_INFINITY : yield* roomFor(database, rule.maxBytes)
  const removed = rule.removed ?? (() => undefined)
  const marks = chunkMarks(database, removed)
  const last = yield* markKept(database, marks, { before, room })
  const doomed: Doomed = { before, last }
  const found = {
    traces: count(database, OLD_TRACES('count(*)'), [before]),
    requests: count(database, `SELECT count(*) FROM requests WHERE trace IN (${OLD_TRACES('seq')})`, [
      before,
    ]),
    bodies: count(database, DOOMED_BODIES, [last, before, last]),
  }
  if (rule.dryRun) {
    const freed = yield* unmarkedBytes(database, marks)
    return { ...found, bytesBefore, bytesAfter: bytesBefore - freed }
  }
  if (found.traces + found.bodies > 0) {
    database.prepare("INSERT OR IGNORE INTO chores (name) VALUES ('sweep')").run()
    yield* removeBodies(database, marks, doomed)
    yield* removeTraces(database, marks, before)
  }
  if (hasChore(database)) {
    yield* mergeIndex(database)
    yield* sweep(database, marks, removed)
  }
  yield* giveBack(database)
  return { ...found, bytesBefore, bytesAfter: usedBytes(database) }
}

/** Whether there is anything older than `before`, or left over; cheap enough to ask often. */
export function isPruneDue(database: Database.Database, before: number): boolean {
  if (hasChore(database)) return true
  if (count(database, `SELECT EXISTS (${OLD_TRACES('1')})`, [before]) > 0) return true
  const oldest = database
    .prepare<[], number>(
      'SELECT r.started_at FROM bodies b JOIN requests r ON r.seq = b.request ORDER BY b.seq LIMIT 1',
    )
    .pluck()
    .get()
  return oldest !== undefined && oldest < before
}

/** Bodies older than `before`, and those up to number `last`. */
type Doomed = { readonly before: number; readonly last: number }

const OLD_TRACES = (columns: string) => `
  SELECT ${columns} FROM traces WHERE last_at < ?
    AND NOT EXISTS (SELECT 1 FROM requests WHERE requests.trace = traces.seq AND outcome IS NULL)`

/** Each part by its own index: what stays is not looked through for what goes. */
const AGED_BODIES = 'FROM requests r CROSS JOIN bodies b ON b.request = r.seq WHERE r.started_at'
const DOOMED_BODIES = `SELECT (SELECT count(*) FROM bodies WHERE seq <= ?)
  + (SELECT count(*) ${AGED_BODIES} < ? AND b.seq > ?)`

/** Bytes of the file that hold something. */
export function usedBytes(database: Database.Database): number {
  const pragma = (name: string) => Number(database.pragma(name, { simple: true }))
  return (pragma('page_count') - pragma('freelist_count')) * pragma('page_size')
}

function count(database: Database.Database, sql: string, values: readonly number[]): number {
  return (
    database
      .prepare<number[], number>(sql)
      .pluck()
      .get(...values) ?? 0
  )
}

function hasChore(database: Database.Database): boolean {
  return count(database, "SELECT count(*) FROM chores WHERE name = 'sweep'", []) > 0
}

/** How many bytes of chunks may stay, so that all takes `maxBytes`: the figures stay, and pages are never quite full. */
function* roomFor(database: Database.Database, maxBytes: number): Generator<undefined, number, undefined> {
  const rows = (table: string) => count(database, `SELECT count(*) FROM ${table}`, [])
  const figures =
    rows('requests') * 1_500 + rows('attempts') * 700 + rows('bodies') * 120 + rows('notes') * 150
  const stored = yield* storedBytes(database)
  const used = usedBytes(database)
  const fixed = Math.min(figures, Math.max(0, used - stored))
  return stored === 0 ? 0 : ((maxBytes - fixed) * stored) / (used - fixed)
}

/** What all chunks take. */
function* storedBytes(database: Database.Database): Generator<undefined, number, undefined> {
  let bytes = 0
  for (const range of ranges(count(database, 'SELECT max(seq) FROM chunks', []))) {
    bytes += count(
      database,
      `SELECT coalesce(sum(${CHUNK_BYTES}), 0) FROM chunks WHERE seq > ? AND seq <= ?`,
      range,
    )
    yield
  }
  return bytes
}

function* ranges(last: number): Generator<[number, number], void, undefined> {
  for (let from = 0; from < last; from += CHUNKS) yield [from, Math.min(last, from + CHUNKS)]
}

/** Its data, its hash in the row and in the index, and what SQLite writes around them; how well pages are filled comes on top. */
const CHUNK_BYTES = 'length(data) + 90'

type BodyRow = { readonly seq: number; readonly recipe: Buffer; readonly old: number }

/** Marks from the newest body on until the room is full; gives the number of the newest one that does not fit. */
function* markKept(
  database: Database.Database,
  marks: Marks,
  { before, room }: { before: number; room: number },
): Generator<undefined, number, undefined> {
  const older = database.prepare<[number, number, number], BodyRow>(
    `SELECT b.seq, b.recipe, r.started_at < ? AS old FROM bodies b JOIN requests r ON r.seq = b.request
     WHERE b.seq < ? ORDER BY b.seq DESC LIMIT ?`,
  )
  const size = database.prepare<[number], number>(`SELECT ${CHUNK_BYTES} FROM chunks WHERE seq = ?`).pluck()
  let from = marks.lastBody + 1
  let left = room
  for (;;) {
    const rows = older.all(before, from, BODIES)
    for (const { seq, recipe, old } of rows) {
      from = seq
      if (old === 1) continue
      if (room !== Number.POSITIVE_INFINITY) {
        for (const chunk of marks.fresh(recipe)) left -= size.get(chunk) ?? 0
        if (left < 0) return seq
      }
      marks.add(recipe)
    }
    if (rows.length < BODIES) return 0
    yield
  }
}

function* unmarkedBytes(database: Database.Database, marks: Marks): Generator<undefined, number, undefined> {
  let bytes = 0
  const chunks = database.prepare<[number, number], { seq: number; bytes: number }>(
    `SELECT seq, ${CHUNK_BYTES} AS bytes FROM chunks WHERE seq > ? AND seq <= ?`,
  )
  for (const range of ranges(marks.lastChunk)) {
    if (marks.hasAll(...range)) continue
    for (const chunk of chunks.all(...range)) if (!marks.has(chunk.seq)) bytes += chunk.bytes
    yield
  }
  return bytes
}

function* removeBodies(
  database: Database.Database,
  marks: Marks,
  { before, last }: Doomed,
): Generator<undefined, void, undefined> {
  const first = database.prepare<[number, number]>(
    'DELETE FROM bodies WHERE seq IN (SELECT seq FROM bodies WHERE seq <= ? ORDER BY seq LIMIT ?)',
  )
  for (let removed = BODIES; removed === BODIES; ) {
    removed = marks.removing(() => first.run(last, BODIES).changes)
    yield
  }
  const aged = database.prepare<[number, number, number], { seq: number; at: number }>(
    `SELECT b.seq, r.started_at AS at ${AGED_BODIES} >= ? AND r.started_at < ? ORDER BY r.started_at LIMIT ?`,
  )
  const remove = database.prepare<[number]>('DELETE FROM bodies WHERE seq = ?')
  // Goes on where it was: requests whose bodies are gone already would be looked through again and again.
  let from = 0
  const step = database.transaction(() => {
    const rows = aged.all(from, before, BODIES)
    for (const { seq } of rows) remove.run(seq)
    from = rows.at(-1)?.at ?? from
    return rows.length
  })
  for (let removed = BODIES; removed === BODIES; ) {
    removed = marks.removing(() => step())
    yield
  }
}

/** The requests go first and in small numbers: a long conversation at once would take long. */
function* removeTraces(
  database: Database.Database,
  marks: Marks,
  before: number,
): Generator<undefined, void, undefined> {
  const requests = database.prepare<[number, number]>(
    `DELETE FROM requests WHERE seq IN
       (SELECT seq FROM requests WHERE trace IN (${OLD_TRACES('seq')}) LIMIT ?)`,
  )
  for (let removed = BODIES; removed === BODIES; ) {
    removed = marks.removing(() => requests.run(before, BODIES).changes)
    yield
  }
  const traces = database.prepare<[number, number]>(
    `DELETE FROM traces WHERE seq IN (${OLD_TRACES('seq')} LIMIT ?)`,
  )
  for (let removed = TRACES; removed === TRACES; ) {
    removed = marks.removing(() => traces.run(before, TRACES).changes)
    yield
  }
}

/** The words of removed texts leave the index only when its parts are merged. */
function* mergeIndex(database: Database.Database): Generator<undefined, void, undefined> {
  const merge = database.prepare<[number]>("INSERT INTO search (search, rank) VALUES ('merge', ?)")
  const changes = database.prepare<[], number>('SELECT total_changes()').pluck()
  const step = (pages: number) => {
    const before = changes.get() ?? 0
    merge.run(pages)
    return (changes.get() ?? 0) - before
  }
  // A negative number begins with all parts, also those that are not due.
  step(-MERGED)
  // As SQLite's documents say: fewer than two changes mean that nothing is left to merge.
  do yield
  while (step(MERGED) > 1)
}

/** Removes the chunks that no body is made of. */
function* sweep(
  database: Database.Database,
  marks: Marks,
  removed: () => void,
): Generator<undefined, void, undefined> {
  const chunks = database.prepare<[number, number], { seq: number; bytes: number }>(
    'SELECT seq, length(data) AS bytes FROM chunks WHERE seq > ? AND seq <= ? ORDER BY seq',
  )
  const remove = database.prepare<[number]>('DELETE FROM chunks WHERE seq = ?')
  /** Gives how far it came. */
  const step = database.transaction((from: number, to: number): number => {
    let freed = 0
    for (const { seq, bytes } of chunks.all(from, to)) {
      if (marks.has(seq)) continue
      remove.run(seq)
      freed += bytes
      if (freed >= SWEPT_BYTES) return seq
    }
    return to
  })
  const oldest = count(database, 'SELECT coalesce(min(seq), 1) FROM chunks', [])
  for (let from = oldest - 1; from < marks.lastChunk; ) {
    const to = Math.min(marks.lastChunk, from + SWEPT)
    // Of a large database nearly all stays: what is in use is not even read.
    if (marks.hasAll(from, to)) {
      from = to
      continue
    }
    marks.catchUp()
    from = step(from, to)
    removed()
    yield
  }
  database.prepare("DELETE FROM chores WHERE name = 'sweep'").run()
}

/** Free pages go back to the disk. */
function* giveBack(database: Database.Database): Generator<undefined, void, undefined> {
  const free = () => Number(database.pragma('freelist_count', { simple: true }))
  for (let left = free(); left > 0; ) {
    database.pragma(`incremental_vacuum(${PAGES})`)
    const now = free()
    // A file made by another hand may not give pages back.
    if (now >= left) return
    left = now
    yield
  }
}
