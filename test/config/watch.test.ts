import { mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { editConfig } from '../../src/config/edit.js'
import { loadPresets } from '../../src/config/presets.js'
import { type ConfigWatcher, watchConfig } from '../../src/config/watch.js'

let folder = ''
let path = ''
let watcher: ConfigWatcher | undefined
let changes = 0

function start(target = path, pollMs = 60_000): void {
  watcher = watchConfig({ path: target, settleMs: 40, pollMs, onChange: () => changes++ })
}

/** Waits for so many changes, and a moment longer for one too many. */
async function seen(count: number): Promise<number> {
  const end = performance.now() + 5000
  while (changes < count && performance.now() < end) await sleep(5)
  await sleep(80)
  return changes
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'axonhub-watch-'))
  path = join(folder, 'config.yml')
  changes = 0
})
afterEach(() => {
  watcher?.close()
  rmSync(folder, { recursive: true, force: true })
})

describe('watching the config', () => {
  it('tells of a write in place, once for a burst of writes', async () => {
    writeFileSync(path, 'a: 1\n')
    start()
    for (let round = 0; round < 5; round++) {
      writeFileSync(path, `a: ${round}\n`)
      await sleep(10)
    }
    expect(await seen(1)).toBe(1)
    writeFileSync(path, 'a: last\n')
    expect(await seen(2)).toBe(2)
  })

  it('tells of a file that is renamed into place, again and again', async () => {
    writeFileSync(path, 'a: 1\n')
    start()
    for (let round = 1; round <= 3; round++) {
      writeFileSync(`${path}.new`, `a: ${round}\n`)
      renameSync(`${path}.new`, path)
      expect(await seen(round)).toBe(round)
    }
  })

  it('tells of the edits of commands', async () => {
    start()
    await editConfig({ path, presets: loadPresets() }, [{ type: 'add-key', name: 'codex' }])
    expect(await seen(1)).toBe(1)
  })

  it('tells of a file that appears, and of one that stays away', async () => {
    start()
    writeFileSync(path, 'a: 1\n')
    expect(await seen(1)).toBe(1)
    unlinkSync(path)
    expect(await seen(2)).toBe(2)
  })

  it('says nothing when an editor takes the file away for a moment and brings it back as it was', async () => {
    writeFileSync(path, 'a: 1\n')
    start()
    renameSync(path, `${path}~`)
    await sleep(60)
    renameSync(`${path}~`, path)
    await sleep(200)
    // The rename may count as one change of the file's state, never as an absent file and its return.
    expect(changes).toBeLessThanOrEqual(1)
  })

  it('is not woken by other files of the folder', async () => {
    writeFileSync(path, 'a: 1\n')
    start()
    writeFileSync(join(folder, 'axonhub.log'), 'x')
    await sleep(150)
    expect(changes).toBe(0)
  })

  it('finds changes behind a symlink by looking from time to time', async () => {
    const real = join(folder, 'elsewhere')
    const home = mkdtempSync(join(tmpdir(), 'axonhub-watch-home-'))
    writeFileSync(real, 'a: 1\n')
    symlinkSync(real, join(home, 'config.yml'))
    start(join(home, 'config.yml'), 30)
    writeFileSync(real, 'a: 2\n')
    expect(await seen(1)).toBe(1)
    rmSync(home, { recursive: true, force: true })
  })

  it('says nothing more after it is closed', async () => {
    writeFileSync(path, 'a: 1\n')
    start()
    writeFileSync(path, 'a: 2\n')
    watcher?.close()
    await sleep(150)
    expect(changes).toBe(0)
  })
})
