import { execFile } from 'node:child_process'
import { setImmediate as turn } from 'node:timers/promises'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { parseJson } from '../../src/base/json.js'
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

  it('spares V8 the marking of the whole heap while bodies of a megabyte pass', async () => {
    const program = (tells: boolean) => `
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
        if (${tells}) collection.passed(1024 * 1024)
        await turn()
      }
      await turn()
      console.log(JSON.stringify(kinds), typeof gc)`
    const module = packageFile('build/base/young-collection.js')
    const kinds = async (tells: boolean) => {
      const args = ['--input-type=module', '-e', program(tells), module.href]
      const { stdout } = await run(process.execPath, args)
      const [json = '', visible] = stdout.trim().split(' ')
      return { kinds: parseJson(json), visible }
    }
    expect(await kinds(true)).toEqual({
      kinds: { minor: expect.any(Number), major: 0 },
      visible: 'undefined',
    })
    expect(await kinds(false)).not.toHaveProperty('kinds.major', 0)
  })
})
