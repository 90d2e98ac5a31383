// A hub that is started on a database it cannot use: it says which file, what is wrong and what to do, leaves the file as it is,
// and starts when it is out of the way.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Bench, makeBench } from '../cli/bench.js'

// Real processes: on a busy machine they take their time.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let bench: Bench
let file: string
beforeEach(() => {
  bench = makeBench()
  mkdirSync(bench.hub, { mode: 0o700 })
  file = join(bench.hub, 'axonhub.db')
})
afterEach(() => bench.close())

const start = () => bench.run(['serve', '--detach', '--demo'])

describe('a hub whose database', () => {
  it.each([
    [
      'is damaged',
      async () => writeFileSync(file, Buffer.alloc(8192, 'SQLite format 3\0 and then nothing of it')),
      /damaged|no database|not a database/,
    ],
    ['is from a newer version', newer, /newer/],
  ])('%s says so, leaves it as it is, and starts when it was moved away', async (_what, make, words) => {
    await make()
    const bytes = readFileSync(file)
    const first = await start()
    expect(first.code).toBeGreaterThan(0)
    expect(first.stderr).toContain(file)
    expect(first.stderr).toMatch(words)
    expect(first.stderr).not.toMatch(/\n +at /)
    expect(readFileSync(file).equals(bytes)).toBe(true)
    renameSync(file, `${file}.away`)
    expect((await start()).code).toBe(0)
  })

  it('is held by another program says so, and starts when that has let go', async () => {
    expect((await start()).code).toBe(0)
    await bench.run(['stop'])
    const holder = new Database(file)
    holder.pragma('locking_mode = EXCLUSIVE')
    holder.exec('BEGIN EXCLUSIVE')
    const held = await start()
    expect([held.code, held.stderr]).toEqual([1, expect.stringMatching(/locked|in use|held/)])
    holder.exec('COMMIT')
    holder.close()
    expect((await start()).code).toBe(0)
  })
})

/** The file as a later version of the schema leaves it. */
async function newer(): Promise<void> {
  await start()
  await bench.run(['stop'])
  const database = new Database(file)
  database.pragma('journal_mode = DELETE')
  database.pragma('user_version = 9999')
  database.close()
}
