import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { withFileLock } from '../../src/base/file-lock.js'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'axonhub-lock-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('a file lock', () => {
  it('lets one action run at a time and leaves nothing behind', async () => {
    const path = join(folder, 'file')
    let inside = 0
    let most = 0
    const action = async () => {
      most = Math.max(most, ++inside)
      await sleep(5)
      inside--
    }
    await Promise.all(Array.from({ length: 8 }, async () => withFileLock(path, action)))
    expect(most).toBe(1)
    expect(existsSync(`${path}.lock`)).toBe(false)
  })

  it('is given back when the action fails', async () => {
    const path = join(folder, 'file')
    await expect(withFileLock(path, async () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(await withFileLock(path, async () => 'next')).toBe('next')
  })

  it('of a process that died is taken over', async () => {
    const path = join(folder, 'file')
    writeFileSync(`${path}.lock`, '')
    const longAgo = Date.now() / 1000 - 60
    utimesSync(`${path}.lock`, longAgo, longAgo)
    expect(await withFileLock(path, async () => 'mine')).toBe('mine')
  })

  it('says what is wrong when the folder is not there', async () => {
    await expect(withFileLock(join(folder, 'no', 'file'), async () => 1)).rejects.toMatchObject({
      code: 'refused',
    })
  })
})
