// What is printed and does not arrive: a full disk is a failure, a reader who has enough is none.
import { spawn } from 'node:child_process'
import { closeSync, existsSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Bench, makeBench } from './bench.js'

const BIN = join(import.meta.dirname, '..', '..', 'bin', 'axonhub.js')
const FULL = '/dev/full'

let bench: Bench
beforeAll(() => {
  bench = makeBench()
})
afterAll(() => bench.close())

function run(
  args: readonly string[],
  stdout: number | 'pipe',
): Promise<{ code: number | null; stderr: string }> {
  const child = spawn(process.execPath, [BIN, ...args], { env: bench.env, stdio: ['ignore', stdout, 'pipe'] })
  // A reader who has enough at once.
  child.stdout?.destroy()
  let stderr = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString()
  })
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, stderr })))
}

it.skipIf(!existsSync(FULL))(
  'is a failure on a full disk (skipped where there is no /dev/full)',
  async () => {
    const full = openSync(FULL, 'w')
    const { code, stderr } = await run(['config', 'show'], full)
    closeSync(full)
    expect(code).toBe(1)
    expect(stderr).toContain('What was printed could not be written')
  },
)

it('is none where the reader closed the pipe', async () => {
  expect((await run(['config', 'show', '--origin'], 'pipe')).code).toBe(0)
})
