// Bodies by content: each chunk is stored once by its sha256, a body is the list of its chunks.
// Law: what `readBody` gives back is what was kept, byte for byte, but for secrets (cleaning.ts).
import { hash } from 'node:crypto'
import type Database from 'better-sqlite3'
import { HubError } from '../base/errors.js'
import { type Anatomy, anatomyOf, type Kept } from './anatomy.js'
import { wholeBody } from './body-bytes.js'
import { bodyMemory } from './body-memory.js'
import type { Cleaner } from './cleaning.js'
import { compress, decompress } from './compress.js'
import { type PromptPart, readPart } from './prompt-parts.js'
import { readRecipe, writeRecipe } from './recipe.js'
import type { RecordedBody } from './record.js'
import type { BodyName } from './views.js'

export type BodyPlace = { readonly request: number; readonly which: BodyName; readonly attempt: number }

/** A request's body whose pieces are stored. */
export type TakenBody = Anatomy<PromptPart>

export type BodyTable = {
  /**
   * Stores the pieces of a request's body, without their secrets. `lane`: what it may have in common with the body
   * before it, such as the conversation and the side of the hub.
   */
  take(lane: string, body: RecordedBody): TakenBody
  /** Makes a taken body that of a request. */
  put(place: BodyPlace, body: TakenBody): void
  /** Keeps an answer without its secrets. */
  keep(place: BodyPlace, answer: RecordedBody): void
  /** The same, and gives back what it says. */
  keepSaid(place: BodyPlace, answer: RecordedBody): string
  /** The buffers of bodies that are remembered. */
  held(): ReadonlySet<ArrayBufferLike>
  /** Forgets what was stored: after chunks were removed, or were not stored after all. */
  forget(): void
}

/** Pieces that hold a secret come again with each request of a conversation: so many are recognized without a look. */
const MOST_UNCLEAN = 2_000

/** The writing side, with its statements prepared once. */
export function bodyTable(database: Database.Database, cleaner: Cleaner): BodyTable {
  const chunks = chunkTable(database)
  const memory = bodyMemory<PromptPart>()
  const addBody = database.prepare<[number, string, number, number, Uint8Array, number]>(
    'INSERT OR IGNORE INTO bodies (request, which, attempt, size, recipe, removed) VALUES (?, ?, ?, ?, ?, ?)',
  )
  /** The hash of a piece with a secret → that of the piece without. */
  const unclean = new Map<string, { readonly digest: Uint8Array; readonly removed: number }>()

  const piece = (bytes: Uint8Array): Kept => {
    const digest = hash('sha256', bytes, 'buffer')
    const same = chunks.find(digest)
    if (same !== undefined) return { chunk: same, removed: 0 }
    const name = digest.toString('base64')
    const seen = unclean.get(name)
    const clean = seen === undefined ? undefined : chunks.find(seen.digest)
    if (seen !== undefined && clean !== undefined) return { chunk: clean, removed: seen.removed }
    const { bytes: left, removed } = cleaner.piece(bytes)
    if (removed === 0) return { chunk: chunks.add(digest, left), removed }
    const own = hash('sha256', left, 'buffer')
    if (unclean.size >= MOST_UNCLEAN) unclean.clear()
    unclean.set(name, { digest: own, removed })
    return { chunk: chunks.find(own) ?? chunks.add(own, left), removed }
  }
  const put = ({ request, which, attempt }: BodyPlace, size: number, kept: readonly Kept[]) => {
    const removed = kept.reduce((sum, piece) => sum + piece.removed, 0)
    addBody.run(request, which, attempt, size, writeRecipe(kept.map(({ chunk }) => chunk)), removed)
  }

  const keep = (place: BodyPlace, answer: RecordedBody, mostWords?: number): string => {
    // Answers are new each time; only what an agent repeats is worth cutting.
    const { bytes: left, removed, words } = cleaner.answer(wholeBody(answer), mostWords)
    const digest = hash('sha256', left, 'buffer')
    const chunk = left.length === 0 ? undefined : (chunks.find(digest) ?? chunks.add(digest, left))
    put(place, left.length, chunk === undefined ? [] : [{ chunk, removed }])
    return words
  }

  return {
    take(lane, body) {
      const bytes = asBuffer(wholeBody(body))
      const taken = anatomyOf(bytes, { piece, part: readPart }, memory.find(lane, bytes))
      memory.keep(lane, taken)
      return taken
    },
    put: (place, { bytes, pieces }) => put(place, bytes.length, pieces),
    keep: (place, answer) => void keep(place, answer, 0),
    keepSaid: (place, answer) => keep(place, answer),
    held: () => memory.buffers(),
    forget: () => memory.forget(),
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function chunkTable(database: Database.Database) {
  const find = database.prepare<[Uint8Array], number>('SELECT seq FROM chunks WHERE hash = ?').pluck()
  const insert = database.prepare<[Uint8Array, number, number, Uint8Array]>(
    'INSERT INTO chunks (hash, size, coding, data) VALUES (?, ?, ?, ?)',
  )
  return {
    find: (digest: Uint8Array) => find.get(digest),
    add(digest: Uint8Array, bytes: Uint8Array): number {
      const { coding, data } = compress(bytes)
      return Number(insert.run(digest, bytes.length, coding, data).lastInsertRowid)
    },
  }
}

type BodyRow = { size: number; recipe: Buffer }
type ChunkRow = { coding: number; data: Buffer }

/** The exact bytes of a stored body, or undefined when none is stored there. Throws `internal` when it is damaged. */
export function readBody(database: Database.Database, place: BodyPlace): Uint8Array | undefined {
  const row = database
    .prepare<[number, string, number], BodyRow>(
      'SELECT size, recipe FROM bodies WHERE request = ? AND which = ? AND attempt = ?',
    )
    .get(place.request, place.which, place.attempt)
  if (row === undefined) return undefined
  const chunk = database.prepare<[number], ChunkRow>('SELECT coding, data FROM chunks WHERE seq = ?')
  const pieces = readRecipe(row.recipe).map((number) => {
    const found = chunk.get(number)
    if (found === undefined)
      throw new HubError('internal', 'A stored body is damaged: a chunk of it is gone.')
    return decompress(found)
  })
  return Buffer.concat(pieces, row.size)
}
