import { execFile } from 'node:child_process'
import { setImmediate as turn } from 'node:timers/promises'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { isObject, number, parseJson } from '../../src/base/json.js'
import { packageFile } from '../../src/base/package-file.js'
import { youngCollection } from '../../src/base/young-collection.js'

const run = promisify(execFile)

describe('the collection of young objects', () => {
  it('comes once for so many bytes, and not within the turn that tells of them', async () => {
    let collections = 0
    const collection = youngCollection(() => {
      collections++
    }, 1_000_000)
    collection.passed(600_000)
    collection.passed(399_999)
    await turn()
    expect(collections).toBe(0)
    collection.passed(300_000)
    expect(collections).toBe(0)
    await turn()
    expect(collections).toBe(1)
    collection.passed(999_999)
    await turn()
    expect(collections).toBe(1)
  })

  it('does not come for small bodies, which V8 sees to itself', async () => {
    let collections = 0
    const collection = youngCollection(() => {
      collections++
    }, 1_000_000)
    for (let body = 0; body < 100; body += 1) collection.passed(100_000)
    await turn()
    expect(collections).toBe(0)
  })

  it('comes in time for V8 not to mark the whole heap while bodies of a megabyte pass', async () => {
    const program = `
      import { PerformanceObserver, constants } from 'node:perf_hooks'
      import { setImmediate as turn } from 'node:timers/promises'
      const { youngCollection } = await import(process.argv[1])
      const kinds = { minor: 0, major: 0 }
      const watch = (list) => {
        for (const { detail } of list.getEntries())
          kinds[detail.kind === constants.NODE_PERFORMANCE_GC_MINOR ? 'minor' : 'major'] += 1
      }
      const observer = new PerformanceObserver(watch)
      observer.observe({ entryTypes: ['gc'] })
      const collection = youngCollection()
      for (let body = 0; body < 400; body += 1) {
        Buffer.alloc(1024 * 1024, body)
        collection.passed(1024 * 1024)
        await turn()
      }
      await turn()
      console.log(JSON.stringify(kinds), typeof gc)`
    const module = packageFile('build/base/young-collection.js')
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program, module.href])
    const [json = '', visible] = stdout.trim().split(' ')
    const kinds = parseJson(json)
    const count = (kind: string) => (isObject(kinds) ? number(kinds, kind) : undefined)
    // Left alone, Node 24 marks ten times and collects never, Node 20 collects twelve times. A busy machine may mark once by itself.
    expect(count('minor')).toBeGreaterThanOrEqual(20)
    expect(count('major')).toBeLessThanOrEqual(1)
    expect(visible).toBe('undefined')
  })

  it('waits for its next time when another thread takes the flag of V8 back under its hands', async () => {
    const program = `
      import { PerformanceObserver } from 'node:perf_hooks'
      import { setImmediate as turn } from 'node:timers/promises'
      import { Worker } from 'node:worker_threads'
      const taking = \`Promise.all([import("node:v8"), import("node:worker_threads")]).then(([v8, { parentPort }]) => {
        parentPort.postMessage(0)
        for (;;) v8.setFlagsFromString("--no-expose-gc")
      })\`
      const other = new Worker(taking, { eval: true })
      await new Promise((resolve) => other.once('message', resolve))
      const passes = []
      for (let number = 0; number < 24; number += 1) {
        const { youngCollection } = await import(process.argv[1] + '?' + number)
        const collection = youngCollection()
        passes.push(() => collection.passed(16 * 1024 * 1024))
      }
      for (const pass of passes) {
        pass()
        await turn()
      }
      await other.terminate()
      let collections = 0
      new PerformanceObserver((list) => { collections += list.getEntries().length }).observe({ entryTypes: ['gc'] })
      for (const pass of passes) {
        pass()
        await turn()
      }
      await turn()
      console.log(collections)`
    const module = packageFile('build/base/young-collection.js')
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program, module.href])
    expect(Number(stdout)).toBeGreaterThanOrEqual(20)
  })
})
