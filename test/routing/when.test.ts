import { describe, expect, it } from 'vitest'
import { compileMappings, type Mapping, resolveModel } from '../../src/routing/rules.js'
import { type Conditions, type RequestFacts, unmetCondition } from '../../src/routing/when.js'

const FACTS: RequestFacts = {
  agent: 'codex',
  inputTokens: 60_000,
  hasImages: false,
  thinking: true,
  background: false,
  subagent: false,
  webSearch: true,
  quotaLeft: (channel) => (channel === 'codex' ? 12 : undefined),
}

describe('a condition of a mapping', () => {
  it.each<[conditions: Conditions, unmet: string | undefined]>([
    [{}, undefined],
    [{ agent: 'codex' }, undefined],
    [{ agent: 'claude-code' }, 'agent is codex, not claude-code'],
    [{ input_tokens_over: 59_999 }, undefined],
    [{ input_tokens_over: 60_000 }, 'input tokens are 60000, not over 60000'],
    [{ has_images: false }, undefined],
    [{ has_images: true }, 'has_images is false'],
    [{ thinking: true }, undefined],
    [{ thinking: false }, 'thinking is true'],
    [{ background: true }, 'background is false'],
    [{ subagent: true }, 'subagent is false'],
    [{ web_search: true }, undefined],
    [{ web_search: false }, 'web_search is true'],
    [{ quota_below: { channel: 'codex', percent: 15 } }, undefined],
    [{ quota_below: { channel: 'codex', percent: 12 } }, 'quota of codex is at 12 %, not below 12 %'],
    [{ quota_below: { channel: 'claude', percent: 90 } }, 'quota of claude is not known'],
    [{ agent: 'codex', thinking: true, web_search: true, has_images: true }, 'has_images is false'],
  ])('%j: %s', (conditions, unmet) => {
    expect(unmetCondition(conditions, FACTS)).toBe(unmet)
  })

  it('on tokens does not hold when they are not known', () => {
    expect(unmetCondition({ input_tokens_over: 1 }, { ...FACTS, inputTokens: undefined })).toBe(
      'input tokens are not known',
    )
  })
})

describe('mappings with conditions', () => {
  const mappings: Mapping[] = [
    { from: 'gpt-6', to: 'big', when: { input_tokens_over: 100_000 } },
    { from: '*', to: 'eyes', when: { has_images: true } },
    { from: 'gpt-.*', to: 'quick', when: { background: true } },
    { from: 'gpt-6', to: 'plain' },
    { from: '*', to: 'rest' },
  ]
  const compiled = compileMappings(mappings)
  const ask = (model: string, facts: Partial<RequestFacts>) =>
    resolveModel(compiled, model, { ...FACTS, ...facts })

  it('are passed over in order until one holds, and the reasons say with what was measured', () => {
    expect(ask('gpt-6', {})).toEqual({
      model: 'plain',
      rule: { index: 3, from: 'gpt-6', to: 'plain' },
      reasons: [
        'model gpt-6: mapping 1 passed over, input tokens are 60000, not over 100000',
        'model gpt-6: mapping 2 passed over, has_images is false',
        'model gpt-6: mapping 3 passed over, background is false',
        'model gpt-6: mapping 4 (gpt-6 → plain) gives plain',
      ],
    })
  })

  it.each<[model: string, facts: Partial<RequestFacts>, expected: string]>([
    ['gpt-6', { inputTokens: 100_001, hasImages: true, background: true }, 'big'],
    ['gpt-6', { hasImages: true, background: true }, 'eyes'],
    ['gpt-6', { background: true }, 'quick'],
    ['gpt-7', { background: true }, 'quick'],
    ['other', { background: true }, 'rest'],
    ['other', { hasImages: true }, 'eyes'],
  ])('%s with %j goes to %s', (model, facts, expected) => {
    expect(ask(model, facts).model).toBe(expected)
  })

  it('hold for nothing when nothing is known of the request', () => {
    const only = compileMappings([{ from: '*', to: 'x', when: { thinking: false } }])
    expect(resolveModel(only, 'm')).toMatchObject({
      model: 'm',
      reasons: [
        'model m: mapping 1 passed over, nothing is known of the request',
        'model m: none of 1 mappings matches, the name is unchanged',
      ],
    })
  })

  it('measure only what a rule that matches the name asks for', () => {
    const measured: string[] = []
    const facts: RequestFacts = {
      ...FACTS,
      get inputTokens() {
        measured.push('tokens')
        return 1
      },
    }
    resolveModel(compileMappings([{ from: 'other', to: 'x', when: { input_tokens_over: 5 } }]), 'gpt', facts)
    expect(measured).toEqual([])
    resolveModel(compileMappings([{ from: 'gpt', to: 'x', when: { input_tokens_over: 5 } }]), 'gpt', facts)
    expect(measured).toEqual(['tokens'])
  })
})
