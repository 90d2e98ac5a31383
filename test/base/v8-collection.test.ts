import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { packageFile } from '../../src/base/package-file.js'

const run = promisify(execFile)

/** Ten buffers that have become old before nobody needs them any more. */
const PROGRAM = `
  import { setTimeout as later } from 'node:timers/promises'
  const { collectOnce, collectYoung } = await import(process.argv[1])
  const held = () => Math.round(process.memoryUsage().arrayBuffers / 1_000_000)
  const counts = []
  const grow = () => {
    const buffers = Array.from({ length: 10 }, () => Buffer.alloc(1_000_000))
    for (let round = 0; round < 4; round += 1) collectYoung()
    counts.push(buffers.length)
  }
  grow()
  collectYoung()
  await later(50)
  counts.push(held())
  collectOnce()
  await later(50)
  counts.push(held())
  console.log(JSON.stringify([...counts, typeof gc]))`

it('old objects go with a collection of all, not with one of the young', async () => {
  const module = packageFile('build/base/v8-collection.js')
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', PROGRAM, module.href])
  expect(JSON.parse(stdout)).toEqual([10, 10, 0, 'undefined'])
})
