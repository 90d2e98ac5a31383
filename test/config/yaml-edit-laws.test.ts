import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { HubError } from '../../src/base/errors.js'
import { checkConfig } from '../../src/config/check.js'
import { type ConfigEdit, planConfigEdits } from '../../src/config/edit.js'
import { loadPresets } from '../../src/config/presets.js'

const presets = loadPresets()

// A file as a person writes it: generated line by line, so that comments, blank lines and odd spacing stand anywhere.
const blank = fc.constantFrom('', '', '', '\n', '# a remark\n', '\n\n# two lines up\n')
const trailing = fc.constantFrom('', '', '  # why', ' # "quoted" remark: here')

type Layout = {
  readonly step: number
  readonly dash: number
  readonly flowKeys: boolean
  readonly crlf: boolean
}
const layout = fc.record<Layout>({
  step: fc.constantFrom(2, 4),
  dash: fc.constantFrom(0, 2, 4),
  flowKeys: fc.boolean(),
  crlf: fc.boolean(),
})

const channelLines = fc.record({
  before: blank,
  behind: trailing,
  tags: fc.constantFrom('', 'tags: [x, y]', 'tags:\n- x'),
})
const file = fc
  .tuple(
    layout,
    fc.array(channelLines, { minLength: 1, maxLength: 4 }),
    fc.array(fc.tuple(blank, trailing), { maxLength: 3 }),
  )
  .map(([shape, channels, profiles]) => write(shape, channels, profiles))

function write(
  shape: Layout,
  channels: readonly { before: string; behind: string; tags: string }[],
  profiles: readonly (readonly [string, string])[],
): string {
  const dash = ' '.repeat(shape.dash)
  const items = channels.map(({ before, behind, tags }, index) => {
    const rest = tags === '' ? [] : tags.split('\n').map((line) => `${dash}  ${line}\n`)
    return `${indented(before, dash)}${dash}- name: c${index}${behind}\n${dash}  provider: openai\n${rest.join('')}`
  })
  const step = ' '.repeat(shape.step)
  const entries = profiles.map(
    ([before, behind], index) =>
      `${indented(before, step)}${step}p${index}:${behind}\n${step}${step}channels: [c0]\n`,
  )
  const keys = shape.flowKeys ? 'keys: { k0: {}, k1: {} }\n' : `keys:\n${step}k0: {}\n${step}k1:\n`
  const text = `# top\n\nchannels:\n${items.join('')}\nprofiles:${entries.length === 0 ? ' {}' : ''}\n${entries.join('')}${keys}# end\n`
  return shape.crlf ? text.replaceAll('\n', '\r\n') : text
}

function indented(text: string, space: string): string {
  return text.replace(/^(?=#)/gm, space)
}

const name = fc.integer({ min: 0, max: 9 })
const edit: fc.Arbitrary<ConfigEdit> = fc.oneof(
  name.map(
    (n): ConfigEdit => ({ type: 'add-channel', channel: { name: `n${n}`, provider: 'ollama', tags: ['t'] } }),
  ),
  name.map((n): ConfigEdit => ({ type: 'remove-channel', name: `c${n % 4}` })),
  fc
    .tuple(name, fc.boolean())
    .map(([n, enabled]): ConfigEdit => ({ type: 'enable-channel', name: `c${n % 4}`, enabled })),
  name.map(
    (n): ConfigEdit => ({
      type: 'add-profile',
      name: `q${n}`,
      profile: { mappings: [{ from: 'gpt-.*', to: '# not a comment', channel: 'c0' }] },
    }),
  ),
  name.map((n): ConfigEdit => ({ type: 'remove-profile', name: `p${n % 3}` })),
  name.map((n): ConfigEdit => ({ type: 'use-profile', name: n === 9 ? undefined : `p${n % 3}` })),
  name.map((n): ConfigEdit => ({ type: 'add-key', name: `a${n}`, profile: n % 2 === 0 ? 'p0' : undefined })),
  name.map((n): ConfigEdit => ({ type: 'remove-key', name: `k${n % 2}` })),
  name.map(
    (n): ConfigEdit => ({ type: 'set-key-profile', name: `k${n % 2}`, profile: n < 5 ? 'p0' : undefined }),
  ),
)

/** Remarks in order of their lines; the generated values hold no `#` but the one that is meant to fool. */
function remarks(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => !line.includes('not a comment'))
    .map((line) => /#.*$/.exec(line)?.[0] ?? '')
    .filter((remark) => remark !== '')
}

/** Applies what can be applied; edits that do not fit (a name that is not there) are refused and leave no mark. */
function applyAll(text: string, edits: readonly ConfigEdit[]): { after: string; removed: boolean } {
  let after = text
  let removed = false
  for (const one of edits) {
    try {
      after = planConfigEdits(after, 'config.yml', presets, [one])
      removed ||= one.type.startsWith('remove')
    } catch (error) {
      if (!(error instanceof HubError) || !['not-found', 'refused'].includes(error.code)) throw error
    }
  }
  return { after, removed }
}

/** Length of the longest common subsequence. */
function commonLines(a: readonly string[], b: readonly string[]): number {
  let previous = b.map(() => 0)
  for (const line of a) {
    const current: number[] = []
    for (const [column, other] of b.entries()) {
      const diagonal = previous[column - 1] ?? 0
      current.push(line === other ? diagonal + 1 : Math.max(previous[column] ?? 0, current[column - 1] ?? 0))
    }
    previous = current
  }
  return previous.at(-1) ?? 0
}

describe('edits of a config that a person wrote', () => {
  it('keep each comment and their order, unless the commented line itself is removed', () => {
    fc.assert(
      fc.property(file, fc.array(edit, { minLength: 1, maxLength: 8 }), (text, edits) => {
        const { after, removed } = applyAll(text, edits)
        const left = remarks(after)
        expect(removed || isDeepStrictEqual(left, remarks(text))).toBe(true)
        // Whole-line remarks stay even then.
        const own = (source: string) =>
          source
            .split('\n')
            .filter((line) => /^\s*#/.test(line))
            .map((line) => line.trim())
        expect(own(after)).toEqual(own(text))
      }),
      { numRuns: 150 },
    )
  })

  it('change no line but their own', () => {
    fc.assert(
      fc.property(file, edit, (text, one) => {
        const { after } = applyAll(text, [one])
        const before = text.split('\n')
        const now = after.split('\n')
        const common = commonLines(before, now)
        // One block of a channel or profile goes or comes, and an emptied list says so; all else is equal, byte for byte.
        expect(before.length - common).toBeLessThanOrEqual(6)
        expect(now.length - common).toBeLessThanOrEqual(6)
      }),
      { numRuns: 150 },
    )
  })

  it('always leave a config that is right, with its line ends', () => {
    fc.assert(
      fc.property(file, fc.array(edit, { maxLength: 6 }), (text, edits) => {
        const { after } = applyAll(text, edits)
        expect(checkConfig(after, 'config.yml', presets).problems).toEqual([])
        expect(after.replaceAll('\r\n', '')).not.toMatch(text.includes('\r\n') ? /[\r\n]/ : /\r/)
      }),
      { numRuns: 100 },
    )
  })

  it('give back the same values when something is added and removed again', () => {
    fc.assert(
      fc.property(file, name, (text, n) => {
        const added = planConfigEdits(text, 'config.yml', presets, [
          { type: 'add-channel', channel: { name: `n${n}`, provider: 'ollama' } },
          { type: 'add-profile', name: `q${n}`, profile: { channels: [`n${n}`] } },
          { type: 'add-key', name: `a${n}`, profile: `q${n}` },
        ])
        const back = planConfigEdits(added, 'config.yml', presets, [
          { type: 'remove-key', name: `a${n}` },
          { type: 'remove-profile', name: `q${n}` },
          { type: 'remove-channel', name: `n${n}` },
        ])
        expect({ ...parse(back), profiles: parse(back).profiles ?? {} }).toEqual(parse(text))
      }),
      { numRuns: 50 },
    )
  })
})
