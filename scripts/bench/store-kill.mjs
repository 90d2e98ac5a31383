// Kills a recording process without warning, again and again, at random moments: `node scripts/bench/store-kill.mjs [200]`.
// After each death the database must open, be whole, and lack nothing that is older than a second. Ends with 1 when not.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readBody } from '../../build/store/bodies.js'
import { sqlite } from '../../build/store/sqlite.js'

const CHILD = join(import.meta.dirname, '..', '..', 'test', 'recorder', 'fixtures', 'recording-child.mjs')
const LIVES = Number(process.argv[2] ?? 200)
/** A database lives through so many deaths, so that it is not large when it is looked through. */
const EACH = 10

async function life(file, prefix, pruning) {
  const child = spawn(process.execPath, [CHILD, file, prefix, pruning ? 'pruning' : 'recording'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (piece) => {
    said += piece
  })
  const closed = once(child, 'close')
  await once(child.stdout, 'data')
  await new Promise((resolve) => setTimeout(resolve, Math.random() * 1_600))
  child.kill('SIGKILL')
  const at = Date.now()
  await closed
  const lines = said.split('\n').slice(0, -1)
  return lines.map((line) => line.split(' ')).filter(([, time]) => Number(time) < at - 1_000)
}

function wrongWith(file, older) {
  const database = new (sqlite())(file)
  try {
    const check = database.pragma('integrity_check', { simple: true })
    if (check !== 'ok') return `integrity_check: ${check}`
    if (database.pragma('foreign_key_check').length > 0) return 'a row without its owner'
    const ids = new Set(database.prepare('SELECT id FROM requests').pluck().all())
    const missing = older.filter(([id]) => !ids.has(id))
    if (missing.length > 0) return `${missing.length} of ${older.length} requests are missing`
    for (const place of database.prepare('SELECT request, which, attempt FROM bodies').all())
      readBody(database, place)
    const lost = database
      .prepare('SELECT count(*) FROM texts WHERE seq NOT IN (SELECT rowid FROM search)')
      .pluck()
      .get()
    return lost === 0 ? undefined : `${lost} texts are not in the index`
  } finally {
    database.close()
  }
}

const folder = mkdtempSync(join(tmpdir(), 'axonhub-kill-'))
let wrong = 0
let seen = 0
try {
  for (let number = 0; number < LIVES; number += 1) {
    const file = join(folder, `${Math.floor(number / EACH)}.db`)
    const older = await life(file, `ar-${number}`, Math.floor(number / EACH) % 2 === 1)
    seen += older.length
    const why = wrongWith(file, older)
    if (why !== undefined) {
      wrong += 1
      process.stdout.write(`death ${number + 1}: ${why}\n`)
    }
    if (number % EACH === EACH - 1)
      for (const end of ['', '-wal', '-shm']) rmSync(file + end, { force: true })
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
process.stdout.write(
  `${LIVES} deaths, ${seen} requests older than a second, ${wrong} times something was wrong\n`,
)
process.exitCode = wrong === 0 ? 0 : 1
