import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openRecorder } from '../../src/recorder/recorder.js'
import { openReadOnly } from '../../src/store/read-only.js'
import type { RecordMessage } from '../../src/store/record.js'
import { attempted, finished, started, temporaryFolder } from '../support/records.js'
import { streamPieces } from '../support/session.js'
import { closedCleanly, testRecorder } from '../support/test-recorder.js'

const text = async (bytes: Promise<Uint8Array>) => Buffer.from(await bytes).toString()

describe('the recorder', () => {
  it('stores what it is told and answers questions about all that was told before', async () => {
    const { recorder } = await testRecorder()
    recorder.record(started({ body: Buffer.from('{"model":"m"}') }))
    recorder.record(attempted({ requestBody: Buffer.from('{"model":"n"}') }))
    recorder.record(finished({ responseBody: streamPieces(3) }))
    const trace = await recorder.query('show-trace', { id: 'at-0001' })
    expect(trace.turns[0]?.requests[0]).toMatchObject({
      id: 'ar-0001',
      outcome: 'completed',
      attempts: [{ number: 1 }],
    })
    expect(await text(recorder.query('body', { request: 'ar-0001', which: 'request' }))).toBe('{"model":"m"}')
    expect(await text(recorder.query('body', { request: 'ar-0001', which: 'upstream-request' }))).toBe(
      '{"model":"n"}',
    )
    expect(await text(recorder.query('body', { request: 'ar-0001', which: 'response' }))).toBe(
      Buffer.concat(streamPieces(3)).toString(),
    )
    expect(recorder.stats()).toEqual({
      recorded: 3,
      stored: 3,
      rejected: 0,
      ignored: 0,
      bodiesDropped: 0,
      queuedMessages: 0,
      queuedBytes: 0,
      restarts: 0,
      loss: null,
      failure: null,
    })
  })

  it('leaves the bytes that it is given to their owner, and is not touched by what becomes of them', async () => {
    const { recorder } = await testRecorder()
    const pool = Buffer.from('before{"a":1}after')
    const body = pool.subarray(6, 13)
    recorder.record(started({ body }))
    body.fill(0x2e)
    expect(await text(recorder.query('body', { request: 'ar-0001', which: 'request' }))).toBe('{"a":1}')
    expect(pool.toString()).toBe('before.......after')
  })

  it('stores large bodies whole that are copied over several turns, also when it is asked or closed before that', async () => {
    const { recorder } = await testRecorder()
    const big = (letter: string) =>
      Buffer.from(JSON.stringify({ messages: [`${letter}${'words '.repeat(500_000)}`] }))
    const pieces = [big('x').subarray(0, 7), big('x').subarray(7, 1_000_007), big('x').subarray(1_000_007)]
    recorder.record(started({ requestId: 'ar-1', body: big('a') }))
    recorder.record(started({ requestId: 'ar-2', body: pieces }))
    const body = async (request: string) =>
      Buffer.from(await recorder.query('body', { request, which: 'request' }))
    expect((await body('ar-1')).equals(big('a'))).toBe(true)
    expect((await body('ar-2')).equals(big('x'))).toBe(true)
    recorder.record(started({ requestId: 'ar-3', body: big('c') }))
    recorder.record(finished({ requestId: 'ar-3', responseBody: big('d') }))
    await new Promise((resolve) => setTimeout(resolve, 60))
    expect((await body('ar-3')).equals(big('c'))).toBe(true)
    recorder.record(started({ requestId: 'ar-4', body: big('e') }))
    await recorder.close()
    expect(recorder.stats()).toMatchObject({ stored: 5, bodiesDropped: 0, queuedMessages: 0 })
  })

  it('removes what was told right before as well, when it is old', async () => {
    const { recorder } = await testRecorder()
    recorder.record(started({ body: Buffer.from('{"model":"m"}') }))
    recorder.record(finished())
    expect(await recorder.prune({ olderThanMs: 1_000, dryRun: false })).toMatchObject({
      requests: 1,
      bodies: 1,
    })
  })

  it('stores each large body as it was, though the memory of earlier ones is used again', async () => {
    const { recorder } = await testRecorder()
    const bodyOf = (number: number) =>
      Buffer.from(
        JSON.stringify({
          messages: Array.from({ length: 30 + (number % 7) }, (_, at) => ({
            role: 'user',
            content: `${at === number % 11 ? number : at} ${'words '.repeat(2_000)}`,
          })),
        }),
      )
    const numbers = Array.from({ length: 24 }, (_, number) => number)
    for (const number of numbers) {
      const requestId = `ar-${number}`
      const body = bodyOf(number)
      recorder.record(started({ requestId, traceId: `at-${number % 3}`, body }))
      recorder.record(attempted({ requestId, mode: 'convert', requestBody: bodyOf(number + 100) }))
      recorder.record(finished({ requestId, responseBody: bodyOf(number + 200) }))
      if (number % 5 !== 0) await recorder.flush()
      if (number === 12) recorder.giveBack()
    }
    const stored = await Promise.all(
      numbers.map(async (number) => {
        const request = `ar-${number}`
        const asked = await recorder.query('body', { request, which: 'request' })
        const sent = await recorder.query('body', { request, which: 'upstream-request' })
        const answer = await recorder.query('body', { request, which: 'response' })
        return (
          bodyOf(number).equals(asked) &&
          bodyOf(number + 100).equals(sent) &&
          bodyOf(number + 200).equals(answer)
        )
      }),
    )
    expect(stored).toEqual(numbers.map(() => true))
    expect(recorder.stats()).toMatchObject({ rejected: 0, bodiesDropped: 0, restarts: 0 })
  })

  it('keeps the metadata and drops bodies, counted, when more waits than it may hold', async () => {
    const { recorder } = await testRecorder({ maxQueuedBytes: 1_000 })
    for (let number = 0; number < 20; number++) {
      recorder.record(started({ requestId: `ar-${number}`, body: Buffer.alloc(400, 'x') }))
    }
    expect(recorder.stats()).toMatchObject({
      recorded: 20,
      bodiesDropped: 18,
      queuedBytes: 800,
      queuedMessages: 20,
    })
    await recorder.flush()
    expect(recorder.stats()).toMatchObject({ stored: 20, queuedBytes: 0, queuedMessages: 0 })
    expect((await recorder.query('show-request', { id: 'ar-19' })).bodiesDropped).toBe(1)
    await expect(recorder.query('body', { request: 'ar-19', which: 'request' })).rejects.toThrow(
      'No request body',
    )
    recorder.record(started({ requestId: 'ar-20', body: Buffer.alloc(400, 'x') }))
    expect(await recorder.query('body', { request: 'ar-20', which: 'request' })).toHaveLength(400)
  })

  it('keeps rows without bodies when capture is metadata, nothing when it is off', async () => {
    const { recorder } = await testRecorder({ capture: 'metadata' })
    recorder.record(started({ body: Buffer.from('{}') }))
    recorder.record(finished({ responseBody: Buffer.from('x') }))
    const request = await recorder.query('show-request', { id: 'ar-0001' })
    expect(request).toMatchObject({ outcome: 'completed', bodies: [], bodiesDropped: 0 })
    recorder.setCapture('off')
    recorder.record(started({ requestId: 'ar-0002' }))
    recorder.setCapture('full')
    recorder.record(finished({ requestId: 'ar-0002' }))
    await expect(recorder.query('show-request', { id: 'ar-0002' })).rejects.toThrow(
      'There is no request ar-0002.',
    )
    expect(recorder.stats()).toMatchObject({ recorded: 4, stored: 2, ignored: 2, rejected: 0 })
  })

  it('never throws into its caller, and stores what comes beside a record that cannot be sent', async () => {
    const { recorder, errors } = await testRecorder()
    const headers: Record<string, string> = {}
    Object.defineProperty(headers, 'bad', { value: () => 'not plain', enumerable: true })
    const strange: RecordMessage = { ...started(), headers }
    recorder.record(started({ requestId: 'ar-before' }))
    recorder.record(strange)
    recorder.record(started({ requestId: 'ar-after' }))
    const { turns } = await recorder.query('show-trace', { id: 'at-0001' })
    expect(turns.flatMap((turn) => turn.requests.map((request) => request.id))).toEqual([
      'ar-before',
      'ar-after',
    ])
    expect(recorder.stats()).toMatchObject({ stored: 2, rejected: 1, queuedMessages: 0, queuedBytes: 0 })
    expect(errors.map((error) => error.message)).toEqual([expect.stringContaining('could not be cloned')])
  })

  it('keeps and revokes keys and remembers what was learned', async () => {
    const { recorder } = await testRecorder()
    const key = { name: 'codex', hash: 'a'.repeat(64), prefix: 'ah-aaaa', createdAt: 1 }
    await recorder.query('put-key', key)
    expect(await recorder.query('list-keys', {})).toEqual([key])
    await recorder.query('revoke-key', { name: 'codex' })
    await expect(recorder.query('revoke-key', { name: 'codex' })).rejects.toMatchObject({
      code: 'not-found',
      detail: { hint: '`axonhub key list` shows the names.' },
    })
    const lesson = { channel: 'local', model: 'm', parameter: 'top_k', reason: null, learnedAt: 5 }
    await recorder.query('learn', lesson)
    expect(await recorder.query('list-learned', {})).toEqual([lesson])
  })

  it('stores all that waits before it closes, and takes nothing afterwards', async () => {
    const { recorder, file } = await testRecorder()
    for (let number = 0; number < 500; number++) recorder.record(started({ requestId: `ar-${number}` }))
    await recorder.close()
    recorder.record(started({ requestId: 'ar-late' }))
    await expect(recorder.query('list-traces', { limit: 1 })).rejects.toThrow('The store is closed.')
    expect(recorder.stats()).toMatchObject({ recorded: 501, stored: 500, ignored: 1 })
    expect(closedCleanly(file)).toBe(true)
    const view = openReadOnly(file)
    expect(view.query('list-traces', { limit: 1 })[0]?.requests).toBe(500)
    view.close()
  })

  it('marks what an earlier life left open when it begins', async () => {
    const first = await testRecorder()
    first.recorder.record(started())
    await first.recorder.close()
    const { recorder } = await testRecorder({ database: first.file })
    expect((await recorder.query('show-request', { id: 'ar-0001' })).outcome).toBe('interrupted')
  })

  it('does not open a file that is no database, and says what to do', async () => {
    const database = join(temporaryFolder(), 'axonhub.db')
    writeFileSync(database, 'no database at all '.repeat(50))
    const opening = openRecorder({ database, capture: 'full', onError: () => {} })
    await expect(opening).rejects.toMatchObject({
      code: 'internal',
      detail: { hint: expect.stringContaining('axonhub doctor --fix') },
    })
  })
})
