import { describe, expect, it } from 'vitest'
import { compileMappings, type Mapping, outcomesOf, resolveModel } from '../../src/routing/rules.js'
import { type Conditions, judge, type RequestFacts } from '../../src/routing/when.js'

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
  it.each<[conditions: Conditions, holds: boolean, findings: string[]]>([
    [{}, true, []],
    [{ agent: 'codex' }, true, ['agent codex: codex → holds']],
    [{ agent: 'claude-code' }, false, ['agent claude-code: codex → does not hold']],
    [{ input_tokens_over: 59_999 }, true, ['input_tokens_over 59999: about 60000 → holds']],
    [{ input_tokens_over: 60_000 }, false, ['input_tokens_over 60000: about 60000 → does not hold']],
    [{ has_images: false }, true, ['has_images false: false → holds']],
    [{ has_images: true }, false, ['has_images true: false → does not hold']],
    [{ thinking: true }, true, ['thinking true: true → holds']],
    [{ thinking: false }, false, ['thinking false: true → does not hold']],
    [{ background: true }, false, ['background true: false → does not hold']],
    [{ subagent: true }, false, ['subagent true: false → does not hold']],
    [{ web_search: true }, true, ['web_search true: true → holds']],
    [{ web_search: false }, false, ['web_search false: true → does not hold']],
    [{ quota_below: { channel: 'codex', percent: 15 } }, true, ['quota_below codex 15 %: 12 % left → holds']],
    [
      { quota_below: { channel: 'codex', percent: 12 } },
      false,
      ['quota_below codex 12 %: 12 % left → does not hold'],
    ],
    [
      { quota_below: { channel: 'claude', percent: 90 } },
      false,
      ['quota_below claude 90 %: not known → does not hold'],
    ],
    [
      { agent: 'codex', input_tokens_over: 1, has_images: true, thinking: true },
      false,
      ['agent codex: codex → holds', 'thinking true: true → holds', 'has_images true: false → does not hold'],
    ],
  ])('%j: %s', (conditions, holds, findings) => {
    expect(judge(conditions, FACTS)).toEqual({ holds, findings })
  })

  it('on tokens does not hold when they are not known', () => {
    expect(judge({ input_tokens_over: 1 }, { ...FACTS, inputTokens: undefined })).toEqual({
      holds: false,
      findings: ['input_tokens_over 1: not known → does not hold'],
    })
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
        'model gpt-6: mapping 1 passed over, input_tokens_over 100000: about 60000 → does not hold',
        'model gpt-6: mapping 2 passed over, has_images true: false → does not hold',
        'model gpt-6: mapping 3 passed over, background true: false → does not hold',
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

  it('say what was measured where all of them hold', () => {
    expect(ask('gpt-6', { inputTokens: 171_200 }).reasons).toEqual([
      'model gpt-6: mapping 1 (gpt-6 → big) gives big; input_tokens_over 100000: about 171200 → holds',
    ])
  })

  it('hold for nothing when nothing is known of the request', () => {
    const only = compileMappings([{ from: '*', to: 'x', when: { thinking: false } }])
    expect(resolveModel(only, 'm')).toMatchObject({
      model: 'm',
      reasons: [
        'model m: mapping 1 passed over, thinking false: not known → does not hold',
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

describe('the outcomes that a name can have', () => {
  const compiled = compileMappings([
    { from: 'gpt-.*', to: 'quick', when: { background: true } },
    { from: 'claude', to: 'c' },
    { from: 'gpt-(.*)', to: 'x-$1', when: { has_images: true }, channel: ['a'] },
    { from: 'gpt-6', to: 'plain' },
    { from: '*', to: 'never' },
  ])
  const told = (model: string) =>
    outcomesOf(compiled, model).map(({ when, resolution }) => [
      when,
      resolution.model,
      resolution.rule?.index,
    ])

  it('are those of the rules with conditions that fit it, and of the first that always holds', () => {
    expect(told('gpt-6')).toEqual([
      [{ background: true }, 'quick', 0],
      [{ has_images: true }, 'x-6', 2],
      [undefined, 'plain', 3],
    ])
    expect(told('other')).toEqual([[undefined, 'never', 4]])
  })

  it('end with the unchanged name where no rule always holds', () => {
    const only = compileMappings([{ from: 'gpt', to: 'x', when: { subagent: true } }])
    expect(outcomesOf(only, 'gpt').map(({ when, resolution }) => [when, resolution.model])).toEqual([
      [{ subagent: true }, 'x'],
      [undefined, 'gpt'],
    ])
    expect(outcomesOf(only, 'other').map(({ resolution }) => resolution.model)).toEqual(['other'])
  })
})
