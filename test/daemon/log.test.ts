// The log of the daemon: bounded whatever happens, and back after it was removed.
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, it, vi } from 'vitest'
import { openLog } from '../../src/daemon/log.js'

const folder = mkdtempSync(join(tmpdir(), 'ahub-log-'))
const file = join(folder, 'axonhub.log')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

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
  // Of some 4 MB: one file more than is kept, each with what one write brought beyond the bound.
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(3.2 * MOST)
  expect(readFileSync(file, 'utf8')).toContain('"event":"last"')
})

it('holds each line soon, also one that came while another was being written', async () => {
  const log = openLog({ file: join(folder, 'soon.log'), maxBytes: MOST, keep: 2 })
  for (let line = 0; line < 200; line += 1) {
    log.info('one', { line, words: 'x'.repeat(line % 2 === 0 ? 9000 : 10) })
    if (line % 10 === 0) await sleep(1)
  }
  log.info('the last of them')
  await vi.waitFor(() => {
    expect(readFileSync(join(folder, 'soon.log'), 'utf8')).toContain('the last of them')
  })
  await log.close()
})

it('makes its folder, and closing it loses no line', async () => {
  const log = openLog({ file: join(folder, 'gone', 'axonhub.log'), maxBytes: MOST, keep: 2 })
  log.info('first')
  await log.close()
  expect(readFileSync(join(folder, 'gone', 'axonhub.log'), 'utf8')).toContain('"event":"first"')
})
