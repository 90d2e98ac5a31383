// Bodies by content: each chunk is stored once by its sha256, a body is the list of its chunks.
// Law: what `readBody` gives back is what `keep` was given, byte for byte.
import { hash } from 'node:crypto'
import type Database from 'better-sqlite3'
import { HubError } from '../base/errors.js'
import { wholeBody } from './body-bytes.js'
import { compress, decompress } from './compress.js'
import { readRecipe, writeRecipe } from './recipe.js'
import type { RecordedBody } from './record.js'
import { split } from './split.js'
import type { BodyName } from './views.js'

export type BodyPlace = { readonly request: number; readonly which: BodyName; readonly attempt: number }

export type BodyTable = { keep(place: BodyPlace, body: RecordedBody): void }

/** The writing side, with its statements prepared once. */
export function bodyTable(database: Database.Database): BodyTable {
  const find = database.prepare<[Uint8Array], number>('SELECT seq FROM chunks WHERE hash = ?').pluck()
  const addChunk = database
    .prepare<[Uint8Array, number, number, Uint8Array], number>(
      'INSERT INTO chunks (hash, size, coding, data) VALUES (?, ?, ?, ?) RETURNING seq',
    )
    .pluck()
  const addBody = database.prepare<[number, string, number, number, Uint8Array]>(
    'INSERT OR IGNORE INTO bodies (request, which, attempt, size, recipe) VALUES (?, ?, ?, ?, ?)',
  )

  const keepChunk = (bytes: Uint8Array): number => {
    const digest = hash('sha256', bytes, 'buffer')
    const known = find.get(digest)
    if (known !== undefined) return known
    const { coding, data } = compress(bytes)
    const added = addChunk.get(digest, bytes.length, coding, data)
    if (added === undefined) throw new HubError('internal', 'A chunk was not stored.')
    return added
  }

  return {
    keep({ request, which, attempt }, body) {
      const bytes = wholeBody(body)
      // Answers are new each time; only what an agent repeats is worth cutting.
      const pieces = isRequest(which) ? split(bytes) : bytes.length === 0 ? [] : [bytes]
      addBody.run(request, which, attempt, bytes.length, writeRecipe(pieces.map(keepChunk)))
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

function isRequest(which: BodyName): boolean {
  return which === 'request' || which === 'upstream-request'
}
