import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileMappings, literalBeginning, type Mapping, resolveModel } from '../../src/routing/rules.js'
import type { Conditions, RequestFacts } from '../../src/routing/when.js'

/** `from → to` lines, first to last. */
function rules(...lines: readonly string[]): Mapping[] {
  return lines.map((line) => {
    const [from = '', to = ''] = line.split(' → ')
    return { from, to }
  })
}

type Row = readonly [mappings: readonly string[], model: string, expected: string, rule: number | undefined]

const EXACT: Row[] = [
  [['gpt-4 → x'], 'gpt-4', 'x', 0],
  [['gpt-4 → x'], 'gpt-4o', 'gpt-4o', undefined],
  [['gpt-4 → x'], 'GPT-4', 'GPT-4', undefined],
  [['gpt-4 → x'], ' gpt-4', ' gpt-4', undefined],
  [['gpt-4 → x', 'gpt-4 → y'], 'gpt-4', 'x', 0],
  [['a → b', 'b → c'], 'a', 'b', 0],
  [['b → c', 'a → b'], 'a', 'b', 1],
  [['gpt-4 → gpt-4'], 'gpt-4', 'gpt-4', 0],
  [[], 'gpt-4', 'gpt-4', undefined],
  [['gpt-4 → x'], '', '', undefined],
  [['vendor/model:free → x'], 'vendor/model:free', 'x', 0],
  [['gpt-4 → $1'], 'gpt-4', '$1', 0],
]

const DOTS: Row[] = [
  [['gpt-5.4 → x'], 'gpt-5.4', 'x', 0],
  [['gpt-5.4 → x'], 'gpt-5-4', 'gpt-5-4', undefined],
  [['gpt-5.4 → x'], 'gpt-514', 'gpt-514', undefined],
  [['claude-sonnet-4.5 → x'], 'claude-sonnet-4.5', 'x', 0],
  [['... → x'], 'abc', 'abc', undefined],
  [['... → x'], '...', 'x', 0],
]

const ANY: Row[] = [
  [['* → x'], 'anything', 'x', 0],
  [['* → x'], '', 'x', 0],
  [['* → x'], '*', 'x', 0],
  [['* → x', 'gpt-4 → y'], 'gpt-4', 'x', 0],
  [['gpt-4 → y', '* → x'], 'gpt-4', 'y', 0],
  [['gpt-4 → y', '* → x'], 'gpt-5', 'x', 1],
  [['* → $1'], 'gpt-4', '$1', 0],
  [['* → x'], 'line\nbreak', 'x', 0],
]

const REGEX: Row[] = [
  [['claude-haiku-.* → x'], 'claude-haiku-4-5', 'x', 0],
  [['claude-haiku-.* → x'], 'claude-haiku-', 'x', 0],
  [['claude-haiku-.* → x'], 'claude-haiku', 'claude-haiku', undefined],
  [['claude-haiku-.* → x'], 'my-claude-haiku-4', 'my-claude-haiku-4', undefined],
  [['claude → x'], 'claude-opus', 'claude-opus', undefined],
  [['(gpt) → x'], 'gpt-4', 'gpt-4', undefined],
  [['(gpt) → x'], 'gpt', 'x', 0],
  [['(gpt) → x'], '(gpt)', 'x', 0],
  [['gpt-[45] → x'], 'gpt-4', 'x', 0],
  [['gpt-[45] → x'], 'gpt-6', 'gpt-6', undefined],
  [['gpt-[45] → x'], 'gpt-[45]', 'x', 0],
  [['gpt-4? → x'], 'gpt-', 'x', 0],
  [['gpt-4+ → x'], 'gpt-444', 'x', 0],
  [['gpt-\\d → x'], 'gpt-7', 'x', 0],
  [['gpt\\-4.* → x'], 'gpt-4o', 'x', 0],
  [['gpt-5\\.4 → x'], 'gpt-5.4', 'x', 0],
  [['gpt-5\\.4 → x'], 'gpt-5-4', 'gpt-5-4', undefined],
  [['^gpt-4$ → x'], 'gpt-4', 'x', 0],
  [['^gpt-4 → x'], 'gpt-4o', 'gpt-4o', undefined],
  [['gpt-4|gpt-5 → x'], 'gpt-5', 'x', 0],
  [['gpt-4|gpt-5 → x'], 'gpt-4-x', 'gpt-4-x', undefined],
  [['o{2} → x'], 'oo', 'x', 0],
  [['.* → x'], 'any', 'x', 0],
  [['.* → x'], 'line\nbreak', 'line\nbreak', undefined],
  [['(?i)GPT-.* → x'], 'gpt-4', 'x', 0],
  [['(?i)gpt-4 → x'], 'Gpt-4', 'x', 0],
  [['GPT-.* → x'], 'gpt-4', 'gpt-4', undefined],
]

const GROUPS: Row[] = [
  [['chat/(.*) → $1'], 'chat/llama', 'llama', 0],
  [['chat/(.*) → local/$1:free'], 'chat/llama', 'local/llama:free', 0],
  [['(.*)-(.*) → $2-$1'], 'a-b', 'b-a', 0],
  [['(.+)-(\\d+) → $2'], 'gpt-x-4', '4', 0],
  [['(a)(b)?c → $1$2!'], 'ac', 'a!', 0],
  [['(a)(b)(c)(d)(e)(f)(g)(h)(i) → $9$1'], 'abcdefghi', 'ia', 0],
  [['(a).* → $10'], 'ab', 'a0', 0],
  [['(.*) → $$1'], 'm', '$m', 0],
  [['(.*) → $0'], 'm', '$0', 0],
  [['(?:a|b)(.*) → $1'], 'b-x', '-x', 0],
  [['(?<name>.*)-mini → $1'], 'gpt-mini', 'gpt', 0],
  [['x(.*) → $1'], 'x$1', '$1', 0],
  [['x(.*) → $1'], 'x$&', '$&', 0],
]

const ORDER: Row[] = [
  [['gpt-.* → a', 'gpt-4 → b'], 'gpt-4', 'a', 0],
  [['gpt-4 → b', 'gpt-.* → a'], 'gpt-4', 'b', 0],
  [['gpt-.* → a', '.*-4 → b'], 'gpt-4', 'a', 0],
  [['.*-4 → b', 'gpt-.* → a'], 'gpt-4', 'b', 0],
  [['x → 1', '.*-4 → 2', 'gpt-.* → 3', '* → 4'], 'gpt-4', '2', 1],
  [['x → 1', '.*-5 → 2', 'gpt-.* → 3', '* → 4'], 'gpt-4', '3', 2],
  [['x → 1', '.*-5 → 2', 'gpt-6.* → 3', '* → 4'], 'gpt-4', '4', 3],
  [['gpt-4o.* → 1', 'gpt-4.* → 2', 'gpt-.* → 3', 'g.* → 4'], 'gpt-4o-mini', '1', 0],
  [['g.* → 4', 'gpt-.* → 3', 'gpt-4.* → 2', 'gpt-4o.* → 1'], 'gpt-4o-mini', '4', 0],
]

type ConditionalRow = readonly [mappings: readonly Mapping[], facts: Partial<RequestFacts>, expected: string]

const NOTHING: RequestFacts = {
  agent: 'other',
  inputTokens: 1000,
  hasImages: false,
  thinking: false,
  background: false,
  subagent: false,
  webSearch: false,
  quotaLeft: () => undefined,
}

/** One rule with the conditions, then one for the rest; asked for `gpt-4`. */
function either(when: Conditions): readonly Mapping[] {
  return [
    { from: 'gpt-.*', to: 'x', when },
    { from: '*', to: 'rest' },
  ]
}

const CONDITIONS: ConditionalRow[] = [
  [either({}), {}, 'x'],
  [either({ agent: 'codex' }), { agent: 'codex' }, 'x'],
  [either({ agent: 'codex' }), { agent: 'claude-code' }, 'rest'],
  [either({ input_tokens_over: 999 }), {}, 'x'],
  [either({ input_tokens_over: 1000 }), {}, 'rest'],
  [either({ input_tokens_over: 0 }), { inputTokens: undefined }, 'rest'],
  [either({ has_images: true }), { hasImages: true }, 'x'],
  [either({ has_images: true }), {}, 'rest'],
  [either({ has_images: false }), {}, 'x'],
  [either({ thinking: true }), { thinking: true }, 'x'],
  [either({ thinking: false }), { thinking: true }, 'rest'],
  [either({ background: true }), { background: true }, 'x'],
  [either({ background: false }), { background: true }, 'rest'],
  [either({ subagent: true }), { subagent: true }, 'x'],
  [either({ subagent: true }), {}, 'rest'],
  [either({ web_search: true }), { webSearch: true }, 'x'],
  [either({ web_search: true }), {}, 'rest'],
  [either({ thinking: true, has_images: true }), { thinking: true }, 'rest'],
  [either({ thinking: true, has_images: true }), { thinking: true, hasImages: true }, 'x'],
  [[{ from: 'gpt-4', to: 'x', when: { subagent: true } }], {}, 'gpt-4'],
  [[{ from: 'gpt-(.*)', to: 'y-$1', when: { subagent: true } }], { subagent: true }, 'y-4'],
  [
    [
      { from: '*', to: 'a', when: { background: true } },
      { from: 'gpt-4', to: 'b', when: { thinking: true } },
      { from: 'gpt-4', to: 'c' },
    ],
    { background: true, thinking: true },
    'a',
  ],
  [
    [
      { from: '*', to: 'a', when: { background: true } },
      { from: 'gpt-4', to: 'b', when: { thinking: true } },
      { from: 'gpt-4', to: 'c' },
    ],
    { thinking: true },
    'b',
  ],
  [
    [
      { from: 'gpt-4', to: 'gpt-5' },
      { from: 'gpt-5', to: 'gpt-4' },
    ],
    {},
    'gpt-5',
  ],
]

describe('the mapping rule', () => {
  it.each(CONDITIONS)('%j asked for gpt-4 with %j gives %s', (mappings, facts, expected) => {
    expect(resolveModel(compileMappings(mappings), 'gpt-4', { ...NOTHING, ...facts }).model).toBe(expected)
  })

  it.each([...EXACT, ...DOTS, ...ANY, ...REGEX, ...GROUPS, ...ORDER])(
    '%j asked for %j gives %j',
    (mappings, model, expected, rule) => {
      const resolution = resolveModel(compileMappings(rules(...mappings)), model)
      expect([resolution.model, resolution.rule?.index]).toEqual([expected, rule])
    },
  )

  it('has more than sixty rows in its table', () => {
    expect([EXACT, DOTS, ANY, REGEX, GROUPS, ORDER].flat().length).toBeGreaterThanOrEqual(60)
  })

  it('cannot be made of a regular expression that cannot be read', () => {
    expect(() => compileMappings(rules('** → x'))).toThrow(SyntaxError)
    expect(() => compileMappings(rules('a)|(b → x'))).toThrow(SyntaxError)
  })

  it('hands on the channels of the rule, in order, and says why', () => {
    const compiled = compileMappings([{ from: 'chat/(.*)', to: '$1', channel: ['local', 'deepseek'] }])
    expect(resolveModel(compiled, 'chat/x')).toEqual({
      model: 'x',
      channels: ['local', 'deepseek'],
      rule: { index: 0, from: 'chat/(.*)', to: '$1' },
      reasons: ['model chat/x: mapping 1 (chat/(.*) → $1) gives x on local, then deepseek'],
    })
    expect(resolveModel(compiled, 'y').reasons).toEqual([
      'model y: none of 1 mappings matches, the name is unchanged',
    ])
    expect(resolveModel(compileMappings([]), 'y').reasons).toEqual([
      'model y: no mapping, the name is unchanged',
    ])
  })

  it('gives no name of more than 512 characters to a regular expression', () => {
    const compiled = compileMappings(rules('gpt-.* → x', 'g.*z → y'))
    expect(resolveModel(compiled, `gpt-${'a'.repeat(508)}`).model).toBe('x')
    expect(resolveModel(compiled, `gpt-${'a'.repeat(509)}`).rule).toBeUndefined()
    expect(resolveModel(compileMappings(rules('* → x')), 'a'.repeat(10_000)).model).toBe('x')
  })

  it('finds by its index what a look at each rule in turn finds', () => {
    const word = fc.stringMatching(/^[ab.-]{0,4}$/)
    const from = fc.oneof(
      word,
      fc
        .tuple(word, fc.constantFrom('.*', '*', '?', '+', '[ab]', '(a|b)', '|', '$', '{2}'))
        .map(([a, b]) => a + b),
      fc.tuple(word, fc.constantFrom('.*', '[ab]'), word).map((parts) => parts.join('')),
      fc.constant('*'),
    )
    const readable = from.filter((text) => text !== '' && isReadable(text))
    fc.assert(
      fc.property(
        fc.array(readable, { maxLength: 12 }),
        fc.stringMatching(/^[ab.-]{0,6}$/),
        (sources, model) => {
          const mappings = sources.map((source, index) => ({ from: source, to: `to-${index}` }))
          const expected = sources.findIndex((source) => matches(source, model))
          expect(resolveModel(compileMappings(mappings), model).rule?.index ?? -1).toBe(expected)
        },
      ),
      { numRuns: 2000 },
    )
  })

  it.each([
    ['gpt-.*', 'gpt-'],
    ['^gpt-4.*', 'gpt-4'],
    ['gpt-4?', 'gpt-'],
    ['gpt-4+', 'gpt-4'],
    ['gpt-4{2}', 'gpt-'],
    ['gpt-5\\.4.*', 'gpt-5.4'],
    ['gpt\\d', 'gpt'],
    ['a\\.?b', 'a'],
    ['(a|b)', ''],
    ['x-(a|b).*', 'x-'],
    ['x-[|].*', 'x-'],
    ['x-\\|.*', 'x-|'],
    ['ab|cd', ''],
    ['.*', ''],
    ['(?i)abc.*', ''],
    ['*', ''],
  ])('knows that every name that fits %j begins with %j', (from, beginning) => {
    expect(literalBeginning(from)).toBe(beginning)
  })
})

/** The rule in its plainest form, to compare with. */
function matches(from: string, model: string): boolean {
  if (from === model || from === '*') return true
  return /[*+?[\](){}|^$\\]/.test(from) && new RegExp(`^(?:${from})$`).test(model)
}

function isReadable(from: string): boolean {
  if (from === '*') return true
  try {
    new RegExp(from)
    return true
  } catch {
    return false
  }
}

describe('ten thousand mappings', () => {
  const count = 10_000
  const shapes = ['model-%', 'vendor-%/.*', 'family-%-(a|b)-.*', '(x|y)-%']
  const mappings = Array.from({ length: count }, (_, index) => ({
    from: (shapes[index % (index < count - 40 ? 3 : 4)] ?? '').replace('%', String(index)),
    to: `target-${index}`,
  }))

  it('resolve in less than 50 µs each', () => {
    const compiled = compileMappings(mappings)
    const names = Array.from({ length: 2000 }, (_, index) => {
      const rule = (index * 4999) % count
      return [`model-${rule}`, `vendor-${rule}/m`, `family-${rule}-a-x`, `nobody-${rule}`][index % 4] ?? ''
    })
    for (const name of names) resolveModel(compiled, name)
    const rounds = [1, 2, 3].map(() => {
      const start = performance.now()
      for (const name of names) resolveModel(compiled, name)
      return ((performance.now() - start) * 1000) / names.length
    })
    expect(Math.min(...rounds)).toBeLessThan(50)
  })
})
