import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { loadPresets } from '../../src/config/presets.js'
import { profileText, withProfile } from '../../src/config/profile-text.js'

const presets = loadPresets()
const CONFIG = `# top
channels: [{ name: a, provider: ollama }]
profiles:
    # before
    one:   # beside
        mappings:

          - { from: x, to: y }   # mine
          - from: "a.*"
            to: >-
              long
              name
        # inside, at the end

    # before two
    two: { tags: [x] }
keys: {}
`

const put = (config: string, name: string, draft: string) =>
  withProfile({ config, name, draft, file: 'draft.yml' }, presets)

describe('the text of a profile', () => {
  it('begins in the first column and holds its comments', () => {
    expect(profileText(CONFIG, 'one')).toBe(`one:   # beside
    mappings:

      - { from: x, to: y }   # mine
      - from: "a.*"
        to: >-
          long
          name
    # inside, at the end
`)
    expect(profileText(CONFIG, 'two')).toBe('two: { tags: [x] }\n')
  })

  it('is written anew where it shares its line with others', () => {
    const flow = 'profiles: { one: { tags: [x] }, two: { mappings: [{ from: x, to: y }] } }\n'
    expect(parse(profileText(flow, 'two'))).toEqual({ two: { mappings: [{ from: 'x', to: 'y' }] } })
    const after = put(flow, 'two', 'two:\n  tags: [z]\n')
    expect('config' in after ? parse(after.config) : after).toEqual({
      profiles: { one: { tags: ['x'] }, two: { tags: ['z'] } },
    })
  })

  it('of a profile that is not there cannot be had', () => {
    expect(() => profileText(CONFIG, 'three')).toThrow('There is no profile "three"')
  })

  it('put back unchanged changes nothing, with either line end and a byte order mark', () => {
    for (const config of [CONFIG, CONFIG.replaceAll('\n', '\r\n'), `\uFEFF${CONFIG}`, CONFIG.trimEnd()])
      for (const name of ['one', 'two'])
        expect(put(config, name, profileText(config, name))).toEqual({ config })
  })

  it('replaces nothing but itself', () => {
    const after = put(CONFIG, 'two', 'two:\n  # new\n  tags: [y]\n')
    expect(after).toEqual({
      config: CONFIG.replace('    two: { tags: [x] }\n', '    two:\n      # new\n      tags: [y]\n'),
    })
  })

  it.each<[name: string, draft: string, problem: string]>([
    ['broken YAML', 'one: [', '2: not valid YAML'],
    ['two profiles', 'one: {}\nthree: {}\n', '1: the file must hold just the profile "one:"'],
    ['a mistake', 'one:\n  mappings:\n    - { from: x }\n', '3: is missing; needed: text, not empty'],
    [
      'a name in place of a profile',
      'one: cheap\n',
      '1: "cheap" is not allowed; allowed: a mapping (key: value)',
    ],
    [
      'a group that is not there',
      'one:\n  mappings: [{ from: "(x).*", to: "$2" }]\n',
      '2: "$2" needs a second group in `from`, which has 1',
    ],
  ])('with %s is refused, and the place is told in the draft', (_, draft, expected) => {
    const after = put(CONFIG, 'one', draft)
    const told =
      'problems' in after
        ? after.problems.map(({ source, line, message }) => [source, `${line}: ${message}`])
        : []
    expect(told[0]?.[0]).toBe('draft.yml')
    expect(told[0]?.[1]).toContain(expected)
  })

  it('holds after any change what was written, and the rest as it was', () => {
    const word = fc.stringMatching(/^[a-z]{1,8}$/)
    const mapping = fc.record({ from: word, to: word })
    fc.assert(
      fc.property(fc.array(mapping, { maxLength: 5 }), fc.boolean(), (mappings, flow) => {
        const lines = mappings.map(({ from, to }) =>
          flow
            ? `    - { from: ${from}x, to: ${to}x }`
            : `    # ${from}\n    - from: ${from}x\n      to: ${to}x`,
        )
        const draft = `one:\n  mappings:${lines.length === 0 ? ' []' : ''}\n${lines.map((line) => `${line}\n`).join('')}`
        const after = put(CONFIG, 'one', draft)
        if (!('config' in after)) throw new Error(JSON.stringify(after))
        expect(parse(after.config)).toEqual({
          ...parse(CONFIG),
          profiles: {
            ...parse(CONFIG).profiles,
            one: { mappings: mappings.map(({ from, to }) => ({ from: `${from}x`, to: `${to}x` })) },
          },
        })
        expect(profileText(after.config, 'one')).toBe(draft)
        expect(after.config.startsWith(CONFIG.slice(0, CONFIG.indexOf('    one:')))).toBe(true)
      }),
      { numRuns: 100 },
    )
  })
})
