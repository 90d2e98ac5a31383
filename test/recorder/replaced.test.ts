import { once } from 'node:events'
import { copyFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'
import { packageFile } from '../../src/base/package-file.js'
import { setAside } from '../../src/cli/doctor/set-aside.js'
import { paceCell } from '../../src/store/pace.js'
import { sqlite } from '../../src/store/sqlite.js'
import type { ToWorker } from '../../src/store/thread.js'
import { finished, started, temporaryFolder } from '../support/records.js'
import { closedCleanly, testRecorder, until } from '../support/test-recorder.js'

const files = (file: string) => [file, `${file}-wal`, `${file}-shm`]

describe('a database that is removed while it is used', () => {
  it('is begun anew with the next record, which is not lost, and it is said', async () => {
    const { recorder, errors, file } = await testRecorder()
    recorder.record(started({ requestId: 'ar-before' }))
    await recorder.flush()
    expect(recorder.stats().loss).toBeNull()
    for (const path of files(file)) rmSync(path)
    recorder.record(
      started({ requestId: 'ar-after', traceId: 'at-after', body: Buffer.from('{"kept":true}') }),
    )
    recorder.record(finished({ requestId: 'ar-after' }))
    recorder.record(finished({ requestId: 'ar-before' }))
    await recorder.flush()
    const database = new (sqlite())(file, { readonly: true })
    expect(database.prepare('SELECT id FROM requests').pluck().all()).toEqual(['ar-after'])
    expect(database.pragma('integrity_check', { simple: true })).toBe('ok')
    database.close()
    expect(await recorder.query('body', { request: 'ar-after', which: 'request' })).toHaveLength(13)
    await until(() => errors.length > 0)
    expect(errors.map(({ message }) => message)).toEqual([expect.stringContaining('was removed or replaced')])
    expect(recorder.stats()).toMatchObject({
      stored: 3,
      ignored: 1,
      restarts: 0,
      failure: null,
      loss: errors[0],
    })
  })

  it('is whole where it was set aside, with what was not yet in it, and records go on in a new one', async () => {
    const { recorder, file } = await testRecorder()
    recorder.record(started({ requestId: 'ar-before' }))
    await recorder.flush()
    const aside = await setAside(file, Date.UTC(2026, 0, 2, 3, 4, 5))
    expect(aside).toBe(`${file}.damaged-20260102T030405Z`)
    await until(() => recorder.stats().loss !== null)
    recorder.record(started({ requestId: 'ar-after' }))
    await recorder.flush()
    const ids = [aside, file].map((path) => {
      const database = new (sqlite())(path)
      const found = database.prepare('SELECT id FROM requests').pluck().all()
      database.close()
      return found
    })
    expect(ids).toEqual([['ar-before'], ['ar-after']])
  })

  it('is begun anew also with what comes right before the end, and is closed', async () => {
    const file = join(temporaryFolder(), 'axonhub.db')
    const workerData = { file, closeInterrupted: true, pace: paceCell() }
    const worker = new Worker(packageFile('dist/program/store-worker.js'), { workerData })
    await once(worker, 'message')
    for (const path of files(file)) rmSync(path)
    const entries = [{ message: started({ requestId: 'ar-last' }), bodiesDropped: 0 }]
    const batch: ToWorker = { type: 'batch', id: 1, entries, bytes: 0, lent: [], since: 0, isAlone: false }
    const close: ToWorker = { type: 'close' }
    for (const message of [batch, close]) worker.postMessage(message)
    expect(await once(worker, 'exit')).toEqual([0])
    expect(closedCleanly(file)).toBe(true)
    const database = new (sqlite())(file, { readonly: true })
    expect(database.prepare('SELECT id FROM requests').pluck().all()).toEqual(['ar-last'])
    database.close()
  })

  it('is noticed also when nothing is recorded', async () => {
    const { recorder, file } = await testRecorder()
    rmSync(file)
    await until(() => recorder.stats().loss !== null)
    expect(await recorder.query('list-traces', { limit: 5 })).toEqual([])
  })

  it('gives way to a backup that is put in its place', async () => {
    const { recorder, file } = await testRecorder()
    recorder.record(started({ requestId: 'ar-old', traceId: 'at-old' }))
    await recorder.flush()
    const source = new (sqlite())(file)
    source.pragma('wal_checkpoint(TRUNCATE)')
    source.close()
    copyFileSync(file, `${file}.backup`)
    recorder.record(started({ requestId: 'ar-lost', traceId: 'at-lost' }))
    await recorder.flush()
    renameSync(`${file}.backup`, file)
    recorder.record(started({ requestId: 'ar-new', traceId: 'at-new' }))
    await recorder.flush()
    const ids = (await recorder.query('list-traces', { limit: 5 })).map(({ id }) => id)
    expect(ids.sort()).toEqual(['at-new', 'at-old'])
    expect(recorder.stats().loss).not.toBeNull()
  })
})
