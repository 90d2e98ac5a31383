// Databases to measure on, made in seconds: written straight into the tables, so they are what the store would have after
// months.

import { randomBytes } from 'node:crypto'
import { openStore } from '../../build/store/open.js'
import { writeRecipe } from '../../build/store/recipe.js'
import { openWriter } from '../../build/store/writer.js'
import { records } from './store-session.mjs'

const HOUR = 3_600_000

/** `count` requests in conversations of `each`, figures only, the newest now. */
export function manyRequests(file, count, each) {
  const database = openStore(file)
  database.pragma('synchronous = OFF')
  const writer = openWriter(database)
  const first = Date.now() - count * 1_000
  for (let from = 0; from < count; from += each) {
    const trace = `at-${String(from / each).padStart(6, '0')}`
    const entries = []
    for (let number = from; number < from + each; number += 1) {
      const id = `ar-${String(number).padStart(8, '0')}`
      for (const message of records({ id, trace, startedAt: first + number * 1_000, number }))
        entries.push({ message, bodiesDropped: 0 })
    }
    writer.write(entries)
  }
  database.pragma('wal_checkpoint(TRUNCATE)')
  database.close()
}

/** About `bytes` of bodies of requests that began up to `hours` ago, the oldest first. */
export function manyBytes(file, bytes, hours) {
  const PIECE = 32 * 1024
  const EACH = 40
  const requests = Math.ceil(bytes / (PIECE * EACH))
  manyRequests(file, requests, 10)
  const database = openStore(file)
  database.pragma('synchronous = OFF')
  const begin = Date.now() - hours * HOUR
  const step = (hours * HOUR) / requests
  const addChunk = database.prepare('INSERT INTO chunks (hash, size, coding, data) VALUES (?, ?, 0, ?)')
  const addBody = database.prepare(
    "INSERT INTO bodies (request, which, attempt, size, recipe) VALUES (?, 'request', 0, ?, ?)",
  )
  const age = database.prepare('UPDATE requests SET started_at = ? WHERE seq = ?')
  const add = database.transaction((request) => {
    const chunks = []
    for (let number = 0; number < EACH; number += 1) {
      const data = randomBytes(PIECE)
      chunks.push(Number(addChunk.run(data.subarray(0, 32), PIECE, data).lastInsertRowid))
    }
    addBody.run(request, PIECE * EACH, writeRecipe(chunks))
    age.run(begin + request * step, request)
  })
  for (let request = 1; request <= requests; request += 1) add(request)
  database.exec('UPDATE traces SET last_at = (SELECT max(started_at) FROM requests WHERE trace = traces.seq)')
  database.pragma('wal_checkpoint(TRUNCATE)')
  database.close()
}
