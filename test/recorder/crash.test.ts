import { describe, expect, it } from 'vitest'
import { sqlite } from '../../src/store/sqlite.js'
import { finished, started } from '../support/records.js'
import { testRecorder, until } from '../support/test-recorder.js'

const worker = new URL('./fixtures/crashing-worker.mjs', import.meta.url)

describe('the thread of the store that dies', () => {
  it('is started again; the metadata is kept and the lost bodies are counted', async () => {
    const { recorder, errors } = await testRecorder({ worker })
    recorder.record(started({ requestId: 'ar-crash-once', body: Buffer.from('{"lost":true}') }))
    await until(() => recorder.stats().queuedBytes > 0)
    recorder.record(started({ requestId: 'ar-other', body: Buffer.from('{"kept":true}') }))
    await until(() => recorder.stats().restarts === 1)
    recorder.record(finished({ requestId: 'ar-crash-once' }))
    await recorder.flush()
    const request = await recorder.query('show-request', { id: 'ar-crash-once' })
    expect(request).toMatchObject({ outcome: 'completed', bodies: [], bodiesDropped: 1 })
    expect((await recorder.query('show-request', { id: 'ar-other' })).outcome).toBe('running')
    expect(errors.map((error) => error.message)).toEqual(['the worker died'])
    expect(recorder.stats()).toMatchObject({ recorded: 3, stored: 3, queuedMessages: 0, queuedBytes: 0 })
  })

  it('of the same record every time takes no more of it; those after it are stored', async () => {
    const { recorder, errors } = await testRecorder({ worker })
    recorder.record(started({ requestId: 'ar-fine' }))
    recorder.record(started({ requestId: 'ar-crash-always' }))
    recorder.record(started({ requestId: 'ar-beside' }))
    await new Promise((resolve) => setTimeout(resolve, 50))
    recorder.record(started({ requestId: 'ar-later' }))
    await recorder.flush()
    for (const id of ['ar-fine', 'ar-beside', 'ar-later'])
      expect((await recorder.query('show-request', { id })).id).toBe(id)
    expect(recorder.stats()).toMatchObject({ recorded: 4, stored: 3, rejected: 1, restarts: 4 })
    expect(errors.at(-1)?.message).toContain('1 records were not stored')
  })

  it('of a question is asked once more; the second time the asker gets an error', async () => {
    const { recorder } = await testRecorder({ worker })
    recorder.record(started({ requestId: 'ar-1' }))
    await expect(recorder.query('show-request', { id: 'ar-crash-once' })).rejects.toThrow(
      'There is no request',
    )
    await expect(recorder.query('show-request', { id: 'ar-crash-always' })).rejects.toThrow('failed twice')
    expect((await recorder.query('show-request', { id: 'ar-1' })).id).toBe('ar-1')
  })

  it('is not felt by the one who records meanwhile, nor by the one who closes', async () => {
    const { recorder } = await testRecorder({ worker })
    recorder.record(started({ requestId: 'ar-crash-once' }))
    await new Promise((resolve) => setTimeout(resolve, 30))
    for (let number = 0; number < 100; number++) recorder.record(started({ requestId: `ar-${number}` }))
    await recorder.close()
    expect(recorder.stats()).toMatchObject({ recorded: 101, stored: 101 })
  })
})

describe('a database that cannot be written for a while', () => {
  it('is reported once, still answers questions, and gets afterwards all that came meanwhile', async () => {
    const { recorder, errors, file } = await testRecorder()
    const other = new (sqlite())(file)
    other.exec('BEGIN IMMEDIATE')
    recorder.record(started({ body: Buffer.from('{"kept":true}') }))
    await until(() => errors.length > 0)
    recorder.record(started({ requestId: 'ar-0002' }))
    expect(await recorder.query('list-traces', { limit: 5 })).toEqual([])
    expect(recorder.stats()).toMatchObject({
      stored: 0,
      queuedMessages: 2,
      queuedBytes: 13,
      failure: errors[0],
    })
    other.exec('COMMIT')
    other.close()
    await recorder.flush()
    expect(recorder.stats()).toMatchObject({ stored: 2, rejected: 0, queuedBytes: 0, failure: null })
    expect(errors.map((error) => error.message)).toEqual([`${file} is locked by another program.`])
    expect(await recorder.query('body', { request: 'ar-0001', which: 'request' })).toHaveLength(13)
  })
})

describe('a database that is damaged while it is used', () => {
  it('is reported once for a batch and shown as the failure, and the recorder goes on', async () => {
    const { recorder, errors, file } = await testRecorder()
    const other = new (sqlite())(file)
    other.exec('DROP TABLE requests')
    other.close()
    for (let number = 0; number < 50; number++) recorder.record(started({ requestId: `ar-${number}` }))
    await recorder.flush()
    await until(() => errors.length > 0)
    expect(errors.map((error) => error.message)).toEqual([expect.stringContaining('(50 records like this)')])
    expect(recorder.stats()).toMatchObject({
      stored: 0,
      rejected: 50,
      queuedMessages: 0,
      failure: { code: 'internal' },
    })
  })
})
