// The screens of quota, channels, profiles, usage and log with real-shaped data, at the widths that people have; and the law
// that every line is exactly as wide as the terminal.
import fc from 'fast-check'
import stringWidth from 'string-width'
import { describe, expect, it } from 'vitest'
import { frame } from '../../../src/tui/frame.js'
import { glyphsFor } from '../../../src/tui/glyphs.js'
import { createTheme } from '../../../src/tui/theme.js'
import { bare, drawn, heard, press, told } from './pressing.js'
import { usageByModel } from './sample-records.js'

const SIZES = [
  [40, 12],
  [60, 16],
  [80, 24],
  [120, 36],
  [200, 36],
] as const
const OURS = ['quota', 'channels', 'profiles', 'usage', 'log'] as const

describe.each(SIZES)('at %i×%i', (columns, rows) => {
  it.each(OURS)('%s', (screen) => {
    expect(drawn(told(screen, columns, rows))).toMatchSnapshot()
  })
})

it('a channel alone, where there is no room beside the list', () => {
  expect(drawn(press(told('channels', 60, 20), 'j', 'enter').model)).toMatchSnapshot()
})

it('what would happen to a model, and why', () => {
  const asked = press(told('profiles', 80, 24), 'e', 'a', 'b', 'enter').model
  const explained = {
    profile: 'cheap',
    model: 'ab',
    targets: [
      {
        channel: 'deepseek',
        key: null,
        model: 'deepseek-v4-pro',
        protocol: 'openai-chat',
        mode: 'convert' as const,
      },
    ],
    reasons: ['profile cheap', 'model ab: mapping 4 (* → deepseek-v4-pro) gives deepseek-v4-pro'],
    error: null,
  }
  expect(
    drawn(heard(asked, { type: 'answer', answer: { of: 'explain', explained } }).model),
  ).toMatchSnapshot()
})

it('usage by model, in bars of tokens', () => {
  const asked = press(told('usage', 80, 14), 'm', 't').model
  const rows = usageByModel()
  expect(
    drawn(heard(asked, { type: 'answer', answer: { of: 'usage', by: 'model', days: 14, rows } }).model),
  ).toMatchSnapshot()
})

it('a whole line of the log, above it the others', () => {
  expect(drawn(press(told('log', 80, 20), 'k', 'enter').model)).toMatchSnapshot()
})

it.each(OURS)('%s with nothing to show says so', (screen) => {
  expect(drawn(bare(screen, 60, 12))).toMatchSnapshot()
})

it.each(OURS)('%s in ASCII holds nothing else', (screen) => {
  const theme = createTheme({ depth: 'none', background: 'dark', signs: 'ascii' })
  const painted = frame(told(screen, 100, 30), glyphsFor('ascii')).map((line) => theme.paint(line))
  expect(painted.join('')).toMatch(/^[ -~]*$/)
})

it('every line is as wide as the terminal, at every size and wherever the cursor is', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...OURS),
      fc.integer({ min: 1, max: 250 }),
      fc.integer({ min: 1, max: 80 }),
      fc.array(fc.constantFrom('j', 'k', 'G', 'g', 'J', 'enter', 'e', 'm', 't', 'l', 'p', '+', 'ctrl-d'), {
        maxLength: 5,
      }),
      (screen, columns, rows, keys) => {
        const theme = createTheme({ depth: 'none', background: 'dark', signs: 'unicode' })
        const lines = frame(press(told(screen, columns, rows), ...keys).model, glyphsFor('unicode'))
        expect(lines).toHaveLength(rows)
        for (const line of lines) expect(stringWidth(theme.paint(line))).toBe(columns)
      },
    ),
    { numRuns: 150 },
  )
})
