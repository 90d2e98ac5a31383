// The lock that settles which of two starts makes the hub.
import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { claimHome } from '../../src/daemon/instance.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'axonhub-lock-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const lock = () => join(folder, 'start.lock')
const claim = () =>
  claimHome({ socket: join(folder, 'hub.sock'), daemonFile: join(folder, 'daemon.json'), lock: lock() })

describe('the lock of a start', () => {
  it('is held by who has only just made it and has not yet written who he is', async () => {
    writeFileSync(lock(), '')
    await expect(claim()).rejects.toThrow('Another start of this hub is under way.')
    expect(existsSync(lock())).toBe(true)
  })

  it.each(['', 'no number', '-1', '1.5'])('is taken when it names nobody (%j) and is old', async (words) => {
    writeFileSync(lock(), words)
    utimesSync(lock(), 1, 1)
    const release = await claim()
    expect(readFileSync(lock(), 'utf8')).toBe(String(process.pid))
    release()
    expect(existsSync(lock())).toBe(false)
  })

  it('is taken when the process that it names is gone', async () => {
    writeFileSync(lock(), '4194304')
    const release = await claim()
    expect(readFileSync(lock(), 'utf8')).toBe(String(process.pid))
    release()
  })
})
