// A recorder on a temporary database that remembers what was reported to it.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { HubError } from '../../src/base/errors.js'
import { openRecorder, type Recorder, type RecorderOptions } from '../../src/recorder/recorder.js'
import { temporaryFolder } from './records.js'

export type TestRecorder = { readonly file: string; readonly recorder: Recorder; readonly errors: HubError[] }

export async function testRecorder(change: Partial<RecorderOptions> = {}): Promise<TestRecorder> {
  const file = change.database ?? join(temporaryFolder(), 'axonhub.db')
  const errors: HubError[] = []
  const recorder = await openRecorder({
    database: file,
    capture: 'full',
    onError: (error) => errors.push(error),
    ...change,
  })
  onTestFinished(async () => {
    await recorder.close()
  })
  return { file, recorder, errors }
}

/** Waits until the condition holds, for five seconds at most. */
export async function until(condition: () => boolean): Promise<void> {
  const end = Date.now() + 5_000
  while (!condition()) {
    if (Date.now() > end) throw new Error('the condition did not come true within 5 s')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** Whether the write-ahead log of the database is gone, as after a clean end. */
export function closedCleanly(file: string): boolean {
  return existsSync(file) && !existsSync(`${file}-wal`)
}
