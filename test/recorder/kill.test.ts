import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type BodyPlace, readBody } from '../../src/store/bodies.js'
import { openReadOnly } from '../../src/store/read-only.js'
import { sqlite } from '../../src/store/sqlite.js'
import { temporaryFolder } from '../support/records.js'

const child = join(import.meta.dirname, 'fixtures', 'recording-child.mjs')

/** Lets a process record for `ms` after its first record, kills it, and gives what it said it had recorded. */
async function killed(database: string, prefix: string, ms: number, how = 'recording') {
  const running = spawn(process.execPath, [child, database, prefix, how], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  running.stdout.setEncoding('utf8').on('data', (piece: string) => {
    said += piece
  })
  const closed = once(running, 'close')
  await once(running.stdout, 'data')
  await new Promise((resolve) => setTimeout(resolve, ms))
  running.kill('SIGKILL')
  const at = Date.now()
  await closed
  const lines = said.split('\n').slice(0, -1)
  const recorded = lines
    .map((line) => line.split(' '))
    .map(([id = '', time = '0']) => ({ id, time: Number(time) }))
  return { at, recorded }
}

describe('a hub that is killed without warning', () => {
  it('leaves a whole database that lacks at most the last second', { timeout: 40_000 }, async () => {
    const file = join(temporaryFolder(), 'axonhub.db')
    for (const [life, ms] of [1_150, 1_420, 1_300].entries()) {
      const { at, recorded } = await killed(file, `ar-${life}`, ms)
      const older = recorded.filter(({ time }) => time < at - 1_000)
      expect(older.length).toBeGreaterThan(0)
      const database = new (sqlite())(file)
      expect(database.pragma('integrity_check', { simple: true })).toBe('ok')
      expect(database.pragma('foreign_key_check')).toEqual([])
      const ids = new Set(database.prepare<[], string>('SELECT id FROM requests').pluck().all())
      database.close()
      expect(older.filter(({ id }) => !ids.has(id))).toEqual([])
      const view = openReadOnly(file)
      const last = older.at(-1)?.id ?? ''
      const body = Buffer.from(view.query('body', { request: last, which: 'request' })).toString()
      view.close()
      expect(body).toContain(last)
    }
  })

  it('leaves every body whole that it had not removed yet', { timeout: 40_000 }, async () => {
    const file = join(temporaryFolder(), 'axonhub.db')
    for (const [life, ms] of [310, 470, 1_240].entries()) {
      const { at, recorded } = await killed(file, `ar-${life}`, ms, 'pruning')
      const database = new (sqlite())(file)
      expect(database.pragma('integrity_check', { simple: true })).toBe('ok')
      const places = database
        .prepare<[], BodyPlace>('SELECT request, which, attempt FROM bodies ORDER BY seq')
        .all()
      expect(places.length).toBeGreaterThan(0)
      for (const place of places) expect(() => readBody(database, place)).not.toThrow()
      const ids = new Set(database.prepare<[], string>('SELECT id FROM requests').pluck().all())
      database.close()
      const older = recorded.filter(({ time }) => time < at - 1_000)
      expect(older.filter(({ id }) => !ids.has(id))).toEqual([])
    }
  })
})
