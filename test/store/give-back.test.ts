import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { isObject, object, text } from '../../src/base/json.js'
import { packageFile } from '../../src/base/package-file.js'
import { giveBackMemory } from '../../src/store/give-back.js'

const run = promisify(execFile)

function usesGlibc(): boolean {
  const report: unknown = process.report.getReport()
  const header = isObject(report) ? object(report, 'header') : undefined
  return process.platform === 'linux' && text(header ?? {}, 'glibcVersionRuntime') !== undefined
}

/** Of 1 000 pieces each twentieth lives on, so that none of the pages goes back by itself. */
const PROGRAM = `
  import { setTimeout as later } from 'node:timers/promises'
  const { giveBackMemory } = await import(process.argv[1])
  giveBackMemory()
  const kept = []
  let gone = []
  for (let piece = 0; piece < 1000; piece += 1) {
    gone.push(Buffer.alloc(64 * 1024, 1))
    if (piece % 20 === 0) kept.push(Buffer.alloc(6000, 1))
  }
  const size = () => process.memoryUsage().rss / 2 ** 20
  const full = size()
  gone = undefined
  gc()
  await later(200)
  const before = full - size()
  giveBackMemory()
  console.log(JSON.stringify([before, full - size(), kept.every((bytes) => bytes.every((byte) => byte === 1))]))`

it.runIf(usesGlibc())('what lies free between pieces that live on goes back to the system', async () => {
  const module = packageFile('build/store/give-back.js')
  const options = ['--expose-gc', '--input-type=module', '-e', PROGRAM, module.href]
  const { stdout } = await run(process.execPath, options, {
    env: { ...process.env, MALLOC_MMAP_THRESHOLD_: '1048576' },
  })
  const [before, after, isWhole]: unknown[] = JSON.parse(stdout)
  expect(before).toBeLessThan(30)
  expect(after).toBeGreaterThan(50)
  expect(isWhole).toBe(true)
})

it('is known to work where the C library is glibc, and does no harm elsewhere', () => {
  expect(giveBackMemory()).toBe(usesGlibc())
})
