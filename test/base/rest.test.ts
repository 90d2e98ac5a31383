import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { packageFile } from '../../src/base/package-file.js'
import { restAfterWork } from '../../src/base/rest.js'

const run = promisify(execFile)

describe('a thread at rest', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  /** A thread whose work the test does. */
  function thread() {
    const state = { works: 0, isBusy: false, collections: 0 }
    const end = restAfterWork(
      { done: () => state.works, isBusy: () => state.isBusy, patience: 6 },
      () => {
        state.collections++
      },
      1000,
    )
    return { state, end }
  }

  it('collects once after its start, and not again while nothing happens', () => {
    const { state } = thread()
    vi.advanceTimersByTime(999)
    expect(state.collections).toBe(0)
    vi.advanceTimersByTime(60_000)
    expect(state.collections).toBe(1)
  })

  it('collects again after each time of work, when it has been quiet for longer than who thinks', () => {
    const { state } = thread()
    vi.advanceTimersByTime(1000)
    for (let second = 0; second < 10; second++) {
      state.works++
      vi.advanceTimersByTime(1000)
    }
    expect(state.collections).toBe(1)
    vi.advanceTimersByTime(5000)
    expect(state.collections).toBe(1)
    vi.advanceTimersByTime(1000)
    expect(state.collections).toBe(2)
  })

  it('does not collect while an answer runs, however long it says nothing', () => {
    const { state } = thread()
    state.isBusy = true
    vi.advanceTimersByTime(60_000)
    expect(state.collections).toBe(0)
    state.isBusy = false
    vi.advanceTimersByTime(6000)
    expect(state.collections).toBe(1)
  })

  it('collects no more when it has ended', () => {
    const { state, end } = thread()
    end()
    vi.advanceTimersByTime(60_000)
    expect(state.collections).toBe(0)
  })
})

/** A process of its own that collects, and ends when nothing is left to do. */
const RESTER = `
import { collectHere } from ${JSON.stringify(packageFile('build/base/rest.js').href)}
collectHere()
`

it('the heap of a thread is collected as a whole, and the thread ends as before', async () => {
  const { stdout } = await run(process.execPath, ['--trace-gc', '--input-type=module', '--eval', RESTER])
  expect(stdout).toMatch(/Mark-Compact .* low memory notification/)
})
