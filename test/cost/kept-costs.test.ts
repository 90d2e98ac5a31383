import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keptRequestCosts } from '../../src/cost/kept-costs.js'
import { costOf } from '../../src/cost/price.js'
import { priceOf } from '../../src/cost/request-cost.js'

const tokens = { inputFresh: 1_000, cacheRead: 5_000, cacheWrite5m: 0, cacheWrite1h: 0, output: 300 }
const listed = { rates: { input: 1, output: 2, cacheRead: 0.1 }, date: '2026-11-20' }

describe('a kept cost', () => {
  it('is the one that is told without keeping, whatever was asked before and at whatever time of the day', () => {
    const pricing = fc.constantFrom(
      { provider: 'deepseek' },
      { provider: 'anthropic' },
      { provider: 'deepseek', listed },
      { provider: 'nobody' },
    )
    const model = fc.constantFrom('deepseek-chat', 'claude-opus-4-8', 'no-such-model')
    const at = fc.integer({ min: Date.UTC(2025, 5, 1), max: Date.UTC(2025, 5, 3) })
    const kept = keptRequestCosts()
    fc.assert(
      fc.property(pricing, model, at, (pricing, model, at) => {
        const price = priceOf(pricing, model, at)
        const cost = price === undefined ? undefined : costOf(tokens, price)
        expect(kept(tokens, pricing, model, at)).toEqual(cost)
      }),
      { numRuns: 300 },
    )
  })
})
