import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type Database from 'better-sqlite3'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { readBody } from '../../src/store/bodies.js'
import { openStore } from '../../src/store/open.js'
import { showBody } from '../../src/store/show.js'
import { openWriter, type Writer } from '../../src/store/writer.js'
import { finished, started, temporaryFolder, wordsOf } from '../support/records.js'
import { sessionBodies, streamPieces } from '../support/session.js'

type Store = { database: Database.Database; writer: Writer; file: string }

function store(): Store {
  const file = join(temporaryFolder(), 'axonhub.db')
  const database = openStore(file)
  onTestFinished(() => void database.close())
  return { database, writer: openWriter(database), file }
}

function keep({ writer }: Store, requestId: string, body: Uint8Array, answer?: readonly Uint8Array[]) {
  const messages = [
    started({ requestId, body }),
    finished({ requestId, notes: [], ...(answer === undefined ? {} : { responseBody: answer }) }),
  ]
  return writer.write(messages.map((message) => ({ message, bodiesDropped: 0 })))
}

/** Bytes of the database file when all is written back to it. */
function sizeOf({ database, file }: Store): number {
  database.pragma('wal_checkpoint(TRUNCATE)')
  return statSync(file).size
}

describe('stored bodies', () => {
  it('come back byte for byte, whatever the bytes are', () => {
    const here = store()
    let number = 0
    const anything = fc.oneof(
      fc.uint8Array({ maxLength: 3_000 }),
      fc.json({ maxDepth: 4 }).map((text) => new Uint8Array(Buffer.from(text))),
    )
    fc.assert(
      fc.property(anything, (body) => {
        const requestId = `ar-${++number}`
        keep(here, requestId, body)
        expect(
          Buffer.from(showBody(here.database, { request: requestId, which: 'request' })).equals(body),
        ).toBe(true)
      }),
      { numRuns: 200 },
    )
  })

  it('come back byte for byte when an answer arrived in pieces', () => {
    const here = store()
    const pieces = streamPieces(200)
    keep(here, 'ar-1', Buffer.from('{}'), pieces)
    const body = showBody(here.database, { request: 'ar-1', which: 'response' })
    expect(Buffer.from(body).equals(Buffer.concat(pieces))).toBe(true)
  })

  it('cost a few MB for 200 requests whose history grows to 1 MB', { timeout: 60_000 }, () => {
    const here = store()
    let sent = 0
    const kept: { requestId: string; body: Buffer }[] = []
    for (const body of sessionBodies(200, 1_000_000)) {
      const requestId = `ar-${kept.length}`
      sent += body.length
      kept.push({ requestId, body })
      keep(here, requestId, body, streamPieces(200, kept.length))
    }
    expect(sent).toBeGreaterThan(100_000_000)
    const size = sizeOf(here)
    expect(size).toBeLessThan(8_000_000)
    expect(size / sent).toBeLessThan(0.03)
    for (const { requestId, body } of [kept[0], kept[99], kept[199]].filter((one) => one !== undefined)) {
      expect(
        Buffer.from(showBody(here.database, { request: requestId, which: 'request' })).equals(body),
      ).toBe(true)
    }
  })

  it('share their long texts with the converted body that went upstream', () => {
    const here = store()
    const text = wordsOf(7, 40_000)
    const asked = Buffer.from(
      JSON.stringify({ messages: [{ role: 'user', content: [{ type: 'text', text }] }] }),
    )
    const sent = Buffer.from(JSON.stringify({ model: 'm', messages: [{ role: 'user', content: text }] }))
    keep(here, 'ar-1', asked)
    const before =
      here.database.prepare<[], number>('SELECT sum(length(data)) FROM chunks').pluck().get() ?? 0
    keep(here, 'ar-2', sent)
    const after = here.database.prepare<[], number>('SELECT sum(length(data)) FROM chunks').pluck().get() ?? 0
    expect(before).toBeGreaterThan(10_000)
    expect(after - before).toBeLessThan(200)
  })

  it('are reported as damaged when a chunk is gone, never given back short', () => {
    const here = store()
    keep(here, 'ar-1', Buffer.from(`{"messages":["${'a'.repeat(900)}","${'b'.repeat(900)}"]}`))
    here.database.exec('DELETE FROM chunks WHERE seq = 2')
    const place = { request: 1, which: 'request', attempt: 0 } as const
    expect(() => readBody(here.database, place)).toThrow('a chunk of it is gone')
  })
})

const captures = process.env['AXONHUB_CAPTURES']

describe.skipIf(captures === undefined)(
  'bodies of the real agents (skipped: AXONHUB_CAPTURES is not set)',
  () => {
    const folder = (agent: string) => join(captures ?? '', agent)
    const files = (captures === undefined ? [] : ['codex', 'claude-code']).flatMap((agent) =>
      readdirSync(folder(agent)).map((name) => join(folder(agent), name)),
    )

    it.each(files)('%s comes back byte for byte', (file) => {
      const here = store()
      const body = readFileSync(file)
      keep(here, 'ar-1', body)
      expect(Buffer.from(showBody(here.database, { request: 'ar-1', which: 'request' })).equals(body)).toBe(
        true,
      )
    })

    it('of a second request add little to the first', () => {
      const here = store()
      const bodyOf = (name: string): Buffer => {
        const capture: { body: unknown } = JSON.parse(readFileSync(join(folder('claude-code'), name), 'utf8'))
        return Buffer.from(JSON.stringify(capture.body))
      }
      keep(here, 'ar-1', bodyOf('first-request-print.json'))
      const chunks = here.database.prepare<[], number>('SELECT sum(length(data)) FROM chunks').pluck()
      const before = chunks.get() ?? 0
      keep(here, 'ar-2', bodyOf('followup-after-tool.json'))
      expect((chunks.get() ?? 0) - before).toBeLessThan(2_000)
    })
  },
)
