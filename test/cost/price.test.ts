import { calcPrice } from '@pydantic/genai-prices'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keptRequestCosts } from '../../src/cost/kept-costs.js'
import { costOf, type Price } from '../../src/cost/price.js'
import { publishedPrice } from '../../src/cost/price-book.js'

const AT = Date.UTC(2026, 10, 20)
const costs = keptRequestCosts()
const NONE = { inputFresh: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 0 }
const PRICE: Price = {
  rates: { input: 4, output: 20, cacheRead: 0.4 },
  tiers: [{ over: 200_000, input: 8 }],
  source: 'a test',
  date: '2026-01-01',
}

describe('the cost of tokens', () => {
  it('adds up what went in fresh, what came from the cache, and what came out', () => {
    const cost = costOf({ ...NONE, inputFresh: 10_000, cacheRead: 100_000, output: 1_000 }, PRICE)
    expect(cost?.dollars).toBeCloseTo(0.04 + 0.04 + 0.02, 12)
    expect(cost).toMatchObject({ rates: PRICE.rates, source: 'a test', date: '2026-01-01' })
  })

  it('follows the rate of long inputs, the cache counted, and keeps the others', () => {
    const cost = costOf({ ...NONE, inputFresh: 1, cacheRead: 200_000 }, PRICE)
    expect(cost?.rates).toEqual({ input: 8, output: 20, cacheRead: 0.4 })
    expect(costOf({ ...NONE, inputFresh: 200_000 }, PRICE)?.rates.input).toBe(4)
  })

  it('is not told when a rate that it needs is not known', () => {
    expect(costOf({ ...NONE, cacheWrite5m: 1 }, PRICE)).toBeUndefined()
    expect(costOf({ ...NONE, inputFresh: 5 }, PRICE)).toBeDefined()
  })
})

describe('published prices', () => {
  const models = [
    ['anthropic', 'anthropic', 'claude-opus-5-5'],
    ['anthropic', 'anthropic', 'claude-sonnet-4-5'],
    ['openai', 'openai', 'gpt-5.6-sol'],
    ['xai', 'x-ai', 'grok-4.5'],
    ['moonshot', 'moonshotai', 'kimi-k3'],
  ] as const

  it.each(models)('of %s/%s/%s give what their own library adds up to', (preset, providerId, model) => {
    const tokens = fc.integer({ min: 0, max: 400_000 })
    fc.assert(
      fc.property(tokens, tokens, tokens, (inputFresh, cacheRead, output) => {
        const price = publishedPrice(preset, model, AT)
        const theirs = calcPrice(
          { input_tokens: inputFresh + cacheRead, cache_read_tokens: cacheRead, output_tokens: output },
          model,
          { providerId, timestamp: new Date(AT) },
        )
        const ours =
          price === undefined ? undefined : costOf({ ...NONE, inputFresh, cacheRead, output }, price)
        expect(ours?.dollars).toBeCloseTo(theirs?.total_price ?? -1, 9)
      }),
      { numRuns: 60 },
    )
  })

  it('tell the two kinds of cache writes apart', () => {
    const price = publishedPrice('anthropic', 'claude-opus-5-5', AT)
    expect(price?.rates).toEqual({ input: 4, output: 20, cacheRead: 0.2, cacheWrite5m: 5, cacheWrite1h: 8 })
  })

  it('are not there for plans, own servers and models that nobody listed', () => {
    expect(publishedPrice('zai-coding', 'glm-5.3', AT)).toBeUndefined()
    expect(publishedPrice('ollama', 'gpt-oss-120b', AT)).toBeUndefined()
    expect(publishedPrice('openai', 'gpt-99', AT)).toBeUndefined()
  })
})

describe('the price of a request', () => {
  const tokens = { ...NONE, inputFresh: 1_000_000, output: 0 }
  const listed = (input: number, output: number) => ({ rates: { input, output }, date: '2026-11-20' })

  it('is that of the preset, also where another is published', () => {
    const cost = costs(tokens, { provider: 'deepseek', listed: listed(9, 9) }, 'deepseek-chat', AT)
    expect(cost).toMatchObject({ dollars: 9, source: 'preset deepseek', date: '2026-11-20' })
  })

  it('has cache rates and tiers from the published one where both agree', () => {
    const pricing = { provider: 'anthropic', listed: listed(4, 20) }
    const cost = costs({ ...NONE, cacheRead: 1_000_000 }, pricing, 'claude-opus-5-5', AT)
    expect(cost?.dollars).toBeCloseTo(0.2, 9)
    expect(
      costs(
        { ...NONE, cacheRead: 1 },
        { provider: 'anthropic', listed: listed(4, 21) },
        'claude-opus-5-5',
        AT,
      ),
    ).toBeUndefined()
  })

  it('follows the tiers of the preset', () => {
    const tiers = [{ over: 200_000, input: 4, output: 12, cacheRead: 1 }]
    const pricing = { provider: 'xai', listed: { ...listed(2, 6), tiers } }
    const cost = (inputFresh: number) => costs({ ...NONE, inputFresh, output: 1e6 }, pricing, 'grok-4.7', AT)
    expect(cost(200_000)?.dollars).toBeCloseTo(0.4 + 6, 9)
    expect(cost(200_001)?.dollars).toBeCloseTo(0.800004 + 12, 9)
  })

  it('is the published one where the preset tells none', () => {
    expect(costs(tokens, { provider: 'moonshot' }, 'kimi-k3', AT)?.source).toBe('genai-prices 0.1.8')
    expect(costs(tokens, { provider: 'moonshot' }, 'nobody', AT)).toBeUndefined()
  })
})
