import { monitorEventLoopDelay } from 'node:perf_hooks'
import { describe, expect, it } from 'vitest'
import { finished, started } from '../support/records.js'
import { testRecorder, until } from '../support/test-recorder.js'

const worker = new URL('./fixtures/stuck-worker.mjs', import.meta.url)
const MB = 1024 * 1024

describe('a thread of the store that does not get on', () => {
  it('holds nobody up, bodies wait up to the bound, and no metadata is lost', {
    timeout: 30_000,
  }, async () => {
    const { recorder, errors } = await testRecorder({ worker, maxQueuedBytes: 16 * MB })
    const body = Buffer.from(`{"words":"${'x'.repeat(MB)}"}`)
    recorder.record(started({ requestId: 'ar-stuck-3000' }))
    await new Promise((resolve) => setTimeout(resolve, 50))
    const delay = monitorEventLoopDelay({ resolution: 5 })
    delay.enable()
    const before = process.memoryUsage().rss
    let most = 0
    let longest = 0
    const began = performance.now()
    for (let number = 0; performance.now() - began < 2_000; number++) {
      const at = performance.now()
      recorder.record(started({ requestId: `ar-${number}`, body }))
      recorder.record(finished({ requestId: `ar-${number}`, responseBody: body }))
      longest = Math.max(longest, performance.now() - at)
      most = Math.max(most, recorder.stats().queuedBytes)
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
    delay.disable()
    const { recorded, bodiesDropped, queuedMessages } = recorder.stats()
    expect(queuedMessages).toBe(recorded)
    expect(most).toBeLessThanOrEqual(16 * MB)
    expect(most).toBeGreaterThan(12 * MB)
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * MB)
    expect(longest).toBeLessThan(100)
    await recorder.flush()
    expect(recorder.stats()).toMatchObject({
      recorded,
      stored: recorded,
      rejected: 0,
      queuedBytes: 0,
      bodiesDropped,
    })
    expect(bodiesDropped).toBeGreaterThan(100)
    const last = await recorder.query('show-request', { id: `ar-${(recorded - 1) / 2 - 1}` })
    expect(last).toMatchObject({ outcome: 'completed', bodies: [], bodiesDropped: 2 })
    expect(errors).toEqual([])
  })

  it('answers a question when it is back', async () => {
    const { recorder } = await testRecorder({ worker })
    recorder.record(started({ requestId: 'ar-stuck-400' }))
    await until(() => recorder.stats().queuedMessages > 0)
    expect(await recorder.query('list-traces', { limit: 5 })).toHaveLength(1)
  })
})
