// The pure parts: tables, figures, mappings as they are typed, the shells' quoting.
import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readMapping } from '../../src/cli/commands/profile/change.js'
import { exportLine, usualShell } from '../../src/cli/shells.js'
import { cut, plain, table, widthOf } from '../../src/cli/table.js'
import { shortIds } from '../../src/cli/traces.js'
import { ago, costs, count, duration, tokens } from '../../src/cli/words.js'

describe('the cost of requests', () => {
  const none = { inputFresh: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 0 }
  const some = { ...none, inputFresh: 10 }

  it.each([
    ['–', { usage: none, cost: 0, unpriced: 0 }],
    ['$0', { usage: some, cost: 0, unpriced: 0 }],
    ['unpriced', { usage: some, cost: 0, unpriced: 1 }],
    ['$1.50+', { usage: some, cost: 1.5, unpriced: 1 }],
  ])('is %s', (words, spent) => {
    expect(costs(spent)).toBe(words)
  })
})

describe('a table', () => {
  const columns = [
    { title: 'name', flexible: true },
    { title: 'number', align: 'right' as const },
  ]

  it('never gets wider than it may, and never lets a control character through', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 60 }), { minLength: 1 }), (names) => {
        const lines = table(
          columns,
          names.map((name) => [name, '12']),
          40,
        )
        for (const line of lines) {
          expect(widthOf(line)).toBeLessThanOrEqual(40)
          expect(line).not.toMatch(/\p{Cc}/u)
        }
        expect(lines).toHaveLength(names.length + 1)
      }),
    )
  })

  it('counts wide letters as two columns and marks what is cut', () => {
    expect(widthOf('你好a')).toBe(5)
    expect(cut('你好世界', 5)).toBe('你好…')
    expect(cut('short', 5)).toBe('short')
    expect(plain('a\u001b[2J\nb')).toBe('a [2J b')
    expect(table(columns, [], 80)).toEqual([])
  })
})

describe('figures', () => {
  it('read as people write them', () => {
    expect([0, 340, 4200, 180_000, 5_400_000, null].map(duration)).toEqual([
      '0 ms',
      '340 ms',
      '4.2 s',
      '3 min',
      '1.5 h',
      '–',
    ])
    expect([999, 12_400, 250_000, 1_200_000].map(count)).toEqual(['999', '12.4k', '250k', '1.2M'])
    const now = Date.UTC(2026, 10, 20)
    expect([0, 30_000, 240_000, 7_200_000, 172_800_000, 3e9].map((past) => ago(now - past, now))).toEqual([
      'now',
      '30 s ago',
      '4 min ago',
      '2 h ago',
      '2 d ago',
      '2026-10-16',
    ])
    const usage = { inputFresh: 10, cacheRead: 90, cacheWrite5m: 0, cacheWrite1h: 0, output: 5, reasoning: 0 }
    expect(tokens(usage)).toBe('100 in (90% cached), 5 out')
  })

  it('shorten ids only as far as they stay apart', () => {
    expect(shortIds(['0199ab3c-1111', '0199ab3c-1222', 'at-12345678']).get('0199ab3c-1222')).toBe(
      '0199ab3c-12',
    )
    expect(shortIds(['abc', 'abcd'])).toEqual(
      new Map([
        ['abc', 'abc'],
        ['abcd', 'abcd'],
      ]),
    )
  })
})

describe('a mapping as it is typed', () => {
  const known = ['deepseek', 'local']
  it.each([
    ['gpt-5=kimi', { from: 'gpt-5', to: 'kimi' }],
    ['gpt-5=kimi@local', { from: 'gpt-5', to: 'kimi', channel: ['local'] }],
    ['*=$1@local,deepseek', { from: '*', to: '$1', channel: ['local', 'deepseek'] }],
    ['(?=a).*=b', { from: '(?=a).*', to: 'b' }],
    ['opus=claude-opus@20251001', { from: 'opus', to: 'claude-opus@20251001' }],
    ['a=@cf/meta', { from: 'a', to: '@cf/meta' }],
  ])('%s', (text, mapping) => {
    expect(readMapping(text, known)).toEqual(mapping)
  })
})

describe('the shells', () => {
  it('get back any value that was exported', () => {
    for (const value of ["it's", 'a b', '$HOME `x`', 'a"b\\c']) {
      const script = `${exportLine('bash', 'X', value)}; printf %s "$X"`
      expect(execFileSync('bash', ['-c', script], { encoding: 'utf8' })).toBe(value)
    }
    expect(exportLine('powershell', 'X', "it's")).toBe("$env:X = 'it''s'")
    expect(exportLine('fish', 'X', "it's \\")).toBe("set -gx X 'it\\'s \\\\'")
  })

  it('are known by the environment', () => {
    expect(usualShell({ SHELL: '/usr/bin/fish' }, 'linux')).toBe('fish')
    expect(usualShell({ SHELL: '/bin/dash' }, 'linux')).toBe('bash')
    expect(usualShell({}, 'win32')).toBe('powershell')
  })
})
