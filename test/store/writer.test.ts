import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { openCleaner } from '../../src/store/cleaning.js'
import { type Pace, UNPACED } from '../../src/store/pace.js'
import type { RecordMessage } from '../../src/store/record.js'
import { closeInterrupted } from '../../src/store/requests.js'
import { showRequest, showTrace } from '../../src/store/show.js'
import { type Entry, openWriter, together } from '../../src/store/writer.js'
import { attempted, finished, STARTED_AT, started } from '../support/records.js'
import { testStore } from '../support/test-store.js'

const failed = attempted({
  number: 1,
  outcome: 'failed',
  status: 529,
  errorCode: 'overloaded',
  errorText: 'busy',
})
const second = attempted({ number: 2, channel: 'local', mode: 'relay' })

const entries = (...messages: RecordMessage[]): Entry[] =>
  messages.map((message) => ({ message, bodiesDropped: 0 }))

/** Each message is enough for a commit. */
const ENOUGH: Pace = { ...UNPACED, isEnough: () => true }

describe('the writer', () => {
  it('shows a request as running until its answer is over', () => {
    const { database, write } = testStore()
    write(started())
    expect(showRequest(database, 'ar-0001')).toMatchObject({
      outcome: 'running',
      finishedAt: null,
      usage: null,
    })
    expect(showTrace(database, 'at-0001')).toMatchObject({ running: 1, requests: 1 })
    write(finished())
    expect(showRequest(database, 'ar-0001').outcome).toBe('completed')
    expect(showTrace(database, 'at-0001').running).toBe(0)
  })

  it('keeps all that a request, its attempts and its end tell', () => {
    const { database, write } = testStore()
    const start = started({
      threadId: 'th-1',
      directory: '/home/me/project',
      profile: 'cheap',
      agentVersion: '2.1',
    })
    write(start, failed, second, finished())
    const view = showRequest(database, 'ar-0001')
    expect(view).toMatchObject({
      traceId: 'at-0001',
      turn: 1,
      keyName: 'default',
      profile: 'cheap',
      stream: true,
      headers: { 'user-agent': 'claude-cli/2.1.197' },
      status: 200,
      channel: 'deepseek',
      modelAsked: 'claude-opus-4-8',
      modelUsed: 'deepseek-chat',
      firstByteMs: 212,
      firstTokenMs: 230.5,
      durationMs: 905,
      finishedAt: STARTED_AT + 905,
      stopReason: 'end_turn',
    })
    expect(view.usage).toEqual(finished().usage)
    expect(view.notes).toEqual(finished().notes)
    expect(view.decision).toEqual(finished().decision)
    expect(
      view.attempts.map((attempt) => [attempt.number, attempt.channel, attempt.outcome, attempt.status]),
    ).toEqual([
      [1, 'deepseek', 'failed', 529],
      [2, 'local', 'completed', 200],
    ])
    expect(view.attempts[0]).toMatchObject({
      errorCode: 'overloaded',
      errorText: 'busy',
      upstreamRequestId: 'up-1',
    })
    expect(showTrace(database, 'at-0001')).toMatchObject({ threadId: 'th-1', directory: '/home/me/project' })
  })

  it('changes nothing when the same messages come again', () => {
    const { database, write } = testStore()
    const all = [
      started({ body: Buffer.from('{}') }),
      failed,
      second,
      finished({ responseBody: Buffer.from('x') }),
    ]
    write(...all)
    const before = showTrace(database, 'at-0001')
    expect(write(...all)).toMatchObject({ stored: 4, orphans: 0, rejected: [] })
    expect(showTrace(database, 'at-0001')).toEqual(before)
  })

  it('commits what it has when that is enough, and goes on with the rest', () => {
    const { database } = testStore()
    const writer = openWriter(database)
    const next = { requestId: 'ar-0002' }
    const left = entries(started(), started(next), attempted(), finished())
    const outcome = database
      .prepare<[], string | null>("SELECT outcome FROM requests WHERE id = 'ar-0001'")
      .pluck()
    const outcomes: unknown[] = []
    while (left.length > 0) {
      left.splice(0, writer.write(left, ENOUGH).taken)
      outcomes.push(outcome.get())
    }
    expect(outcomes).toEqual([null, null, 'completed'])
  })

  it('commits a request whose end follows at once with all that belongs to it', () => {
    const { database } = testStore()
    const writer = openWriter(database)
    const batch = entries(started(), attempted(), finished(), started({ requestId: 'ar-0002' }))
    expect(writer.write(batch, ENOUGH).taken).toBe(3)
    expect(showRequest(database, 'ar-0001')).toMatchObject({
      outcome: 'completed',
      attempts: [{ number: 1 }],
    })
    expect(showTrace(database, 'at-0001')).toMatchObject({ requests: 1, usage: finished().usage })
  })

  it('writes the same rows whether messages come one by one, mixed, or request by request', () => {
    const of = (requestId: string, about: { prompt?: string; body?: Buffer } = {}) => [
      started({ requestId, ...about }),
      attempted({ requestId }),
      finished({ requestId, responseBody: Buffer.from(`{"answer":"${requestId}"}`) }),
    ]
    const requests = [
      of('ar-0001', { prompt: 'One question' }),
      of('ar-0002', { body: Buffer.from('{"messages":[{"role":"user","content":"Another question"}]}') }),
      of('ar-0003'),
    ]
    const mixed = [0, 1, 2].flatMap((index) => requests.flatMap((messages) => messages[index] ?? []))
    const single = testStore()
    for (const message of mixed) single.write(message)
    const whole = testStore()
    whole.write(...mixed)
    const grouped = testStore()
    openWriter(grouped.database).write(together(entries(...mixed)))
    const rows = ({ database }: typeof single) =>
      ['traces', 'turns', 'requests', 'attempts', 'notes', 'texts', 'prefixes', 'totals'].map((table) =>
        database.prepare<[], Record<string, unknown>>(`SELECT * FROM ${table}`).all(),
      )
    expect(rows(whole)).toEqual(rows(single))
    expect(rows(grouped)).toEqual(rows(single))
  })

  it('keeps what it gathered for a conversation when a later message of the batch cannot be stored', () => {
    const { database, write } = testStore()
    database.exec(`CREATE TRIGGER no_local BEFORE INSERT ON attempts WHEN new.channel = 'local'
      BEGIN SELECT raise(ABORT, 'not this one'); END`)
    const next = { requestId: 'ar-0002' }
    const written = write(
      started(),
      finished(),
      started(next),
      attempted({ ...next, channel: 'local' }),
      finished(next),
    )
    expect(written).toMatchObject({ stored: 4 })
    expect(showTrace(database, 'at-0001')).toMatchObject({
      requests: 2,
      usage: { output: 2 * (finished().usage?.output ?? 0) },
    })
  })

  it('leaves messages alone whose request was never begun', () => {
    const { write } = testStore()
    expect(write(failed, finished())).toEqual({ taken: 2, stored: 0, orphans: 2, rejected: [] })
  })

  it('stores the rest of a batch when one message cannot be stored', () => {
    const { database, write } = testStore()
    database.exec(`CREATE TRIGGER no_local BEFORE INSERT ON attempts WHEN new.channel = 'local'
      BEGIN SELECT raise(ABORT, 'not this one'); END`)
    const written = write(started(), failed, second, finished())
    expect(written).toMatchObject({ stored: 3, orphans: 0 })
    expect(written.rejected).toHaveLength(1)
    expect(String(written.rejected[0])).toContain('not this one')
    expect(showRequest(database, 'ar-0001')).toMatchObject({
      outcome: 'completed',
      attempts: [{ number: 1 }],
    })
  })

  it('stores nothing of a batch and throws when the disk is full', () => {
    const { database } = testStore()
    const writer = openWriter(database)
    database.pragma(`max_page_count = ${Number(database.pragma('page_count', { simple: true })) + 4}`)
    const noise = randomBytes(200_000)
    const batch = [started(), finished({ responseBody: noise })].map((message) => ({
      message,
      bodiesDropped: 0,
    }))
    expect(() => writer.write(batch)).toThrow('full')
    expect(database.prepare('SELECT * FROM requests').all()).toEqual([])
    database.pragma('max_page_count = 1000000')
    expect(writer.write(batch)).toMatchObject({ stored: 2 })
  })

  it('knows nothing of what a commit did not keep, also when it had gone one by one', () => {
    const { database, write } = testStore()
    database.exec(`CREATE TRIGGER no_local BEFORE INSERT ON attempts WHEN new.channel = 'local'
      BEGIN SELECT raise(ABORT, 'not this one'); END;
      CREATE TABLE held (trace REFERENCES traces (seq) DEFERRABLE INITIALLY DEFERRED);
      CREATE TRIGGER no_commit AFTER INSERT ON requests BEGIN INSERT INTO held VALUES (-1); END`)
    const next = { requestId: 'ar-0002', body: Buffer.from('{"messages":[{"role":"user","content":"x"}]}') }
    expect(() => write(started(), second, started(next))).toThrow('FOREIGN KEY')
    database.exec('DROP TRIGGER no_commit')
    expect(write(started(next), finished({ requestId: 'ar-0002' }))).toMatchObject({ stored: 2 })
    expect(showRequest(database, 'ar-0002').outcome).toBe('completed')
    expect(showTrace(database, 'at-0001').requests).toBe(1)
  })

  it('stores no secret that became known while the disk was full', () => {
    const { database } = testStore()
    const cleaner = openCleaner()
    const writer = openWriter(database, cleaner)
    const body = randomBytes(200_000)
    const batch = entries(
      started(),
      attempted({ responseBody: body }),
      finished({ errorText: 'What about horse-battery-staple?' }),
    )
    database.pragma(`max_page_count = ${Number(database.pragma('page_count', { simple: true })) + 4}`)
    expect(() => writer.write(batch)).toThrow('full')
    database.pragma('max_page_count = 1000000')
    cleaner.know(['horse-battery-staple'])
    writer.write(batch)
    expect(showRequest(database, 'ar-0001').errorText).not.toContain('battery')
  })

  it('counts the bodies that were dropped under pressure', () => {
    const { database } = testStore()
    openWriter(database).write([
      { message: started(), bodiesDropped: 1 },
      { message: attempted(), bodiesDropped: 2 },
    ])
    expect(showRequest(database, 'ar-0001').bodiesDropped).toBe(3)
  })

  it('counts them once, however often the messages come', () => {
    const { database } = testStore()
    const writer = openWriter(database)
    const batch = entries(started(), attempted(), finished()).map((entry) => ({ ...entry, bodiesDropped: 1 }))
    writer.write(batch)
    writer.write(batch.map((entry) => ({ ...entry, bodiesDropped: 2 })))
    expect(showRequest(database, 'ar-0001').bodiesDropped).toBe(3)
  })

  it('closes requests that an earlier life of the hub left open, and only those', () => {
    const { database, write } = testStore()
    write(started(), started({ requestId: 'ar-0002' }), finished({ requestId: 'ar-0002' }))
    closeInterrupted(database)
    expect(showRequest(database, 'ar-0001')).toMatchObject({ outcome: 'interrupted', finishedAt: null })
    expect(showRequest(database, 'ar-0001').errorText).toContain('hub ended')
    expect(showRequest(database, 'ar-0002').outcome).toBe('completed')
  })
})
