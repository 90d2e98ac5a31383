// The log of the daemon: bounded whatever happens, and back after it was removed.
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, it } from 'vitest'
import { openLog } from '../../src/daemon/log.js'

const folder = mkdtempSync(join(tmpdir(), 'ahub-log-'))
const file = join(folder, 'axonhub.log')
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const MOST = 200_000

it('of a daemon stays within its bound in a flood of lines, and its newest line is there', async () => {
  const log = openLog({ file, maxBytes: MOST, keep: 2 })
  for (let round = 0; round < 60; round += 1) {
    for (let line = 0; line < 500; line += 1)
      log.warn('flood', { line: round * 500 + line, words: 'x'.repeat(60) })
    await sleep(2)
  }
  log.warn('last')
  await log.close()
  const sizes = readdirSync(folder).map((name) => statSync(join(folder, name)).size)
  expect(sizes.length).toBeLessThanOrEqual(3)
  // Of some 4 MB: one file more than is kept, each with what came while the next one was being opened.
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(6 * MOST)
  expect(readFileSync(file, 'utf8')).toContain('"event":"last"')
})
