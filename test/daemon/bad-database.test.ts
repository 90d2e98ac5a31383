// A hub that is started on a database it cannot use: it says which file, what is wrong and what to do, leaves the file as it is,
// and starts when it is out of the way.
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { sqlite } from '../../src/store/sqlite.js'
import { addressOf, type Bench, makeBench, printed } from '../cli/bench.js'

// Real processes: on a busy machine they take their time.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const GARBAGE = Buffer.alloc(8192, 'SQLite format 3\0 and then nothing of it')

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
    ['is damaged', async () => writeFileSync(file, GARBAGE), /damaged|no database|not a database/],
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

  it('is damaged is mended by one command that the start, "status", "doctor" and the log name, and nothing is lost', async () => {
    await bench.run(['key', 'create', 'mine', '--value', `ah-${'5'.repeat(48)}`])
    writeFileSync(file, GARBAGE)
    const command = 'axonhub doctor --fix'
    expect((await start()).stderr).toContain(command)
    expect((await bench.run(['status'])).stderr).toContain(command)
    expect(printed(await bench.json(['status']), 'trouble')).toContain('damaged')
    expect((await bench.run(['doctor'])).stdout).toContain(command)
    expect(readFileSync(join(bench.hub, 'log', 'axonhub.log'), 'utf8')).toContain(command)
    const mended = await bench.run(['doctor', '--fix'])
    const aside = readdirSync(bench.hub).find((name) => name.startsWith('axonhub.db.damaged-')) ?? ''
    expect(mended.stdout).toContain(aside)
    expect(readFileSync(join(bench.hub, aside)).equals(GARBAGE)).toBe(true)
    expect((await start()).code).toBe(0)
    const reply = await fetch(`${await addressOf(bench)}/v1/models`, {
      headers: { authorization: `Bearer ah-${'5'.repeat(48)}` },
    })
    expect(reply.status).toBe(200)
  })

  it('is held by another program says so, and starts when that has let go', async () => {
    expect((await start()).code).toBe(0)
    await bench.run(['stop'])
    const holder = new (sqlite())(file)
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
  const database = new (sqlite())(file)
  database.pragma('journal_mode = DELETE')
  database.pragma('user_version = 9999')
  database.close()
}
