// Whole frames of real-shaped data, at the widths that people have; and the law that no line is ever wider than the terminal.
import fc from 'fast-check'
import stringWidth from 'string-width'
import { describe, expect, it } from 'vitest'
import { frame } from '../../src/tui/frame.js'
import { glyphsFor } from '../../src/tui/glyphs.js'
import { lineText } from '../../src/tui/line.js'
import type { Model } from '../../src/tui/model.js'
import { SCREENS } from '../../src/tui/screens/registry.js'
import { createTheme } from '../../src/tui/theme.js'
import { connected, empty, having, key, lively, NOW, shown, status, trace } from './samples.js'

const unicode = glyphsFor('unicode')

function drawn(model: Model): string {
  return frame(model, unicode)
    .map((line) => lineText(line).trimEnd())
    .join('\n')
}

const SAID = {
  asked: [
    { type: 'system', text: 'You are Claude Code.' },
    { type: 'user', text: 'Fix the login test of the shop' },
    { type: 'thinking', text: 'The cookie may be set too late.' },
    { type: 'text', text: 'I look at the tests first.' },
    { type: 'call', id: 'c1', name: 'Bash', input: '{"command":"ls tests"}' },
    {
      type: 'result',
      id: 'c1',
      text: 'login.test.ts\n\u001b]52;c;ZXZpbA==\u0007\u202eshop.test.ts',
      failed: false,
    },
    { type: 'call', id: 'c2', name: 'Read', input: '{"file_path":"/home/u/shop/tests/login.test.ts"}' },
    { type: 'result', id: 'c2', text: 'no such file', failed: true },
  ],
  answered: [
    { type: 'thinking', text: '' },
    {
      type: 'text',
      text: 'The login test fails because the session cookie is set after the redirect. 登录测试失败。',
    },
  ],
} as const

/** A conversation is open, its newest request read. */
function reading(columns: number, rows: number): Model {
  const requests = [
    shown('ar-1'),
    shown('ar-2', {
      subagent: 'sub-1',
      modelUsed: 'deepseek-v4-flash-with-a-very-long-name-indeed',
      cost: 0.0004,
    }),
    shown('ar-3', { turn: 2 }),
  ]
  return having(
    lively(columns, rows),
    { type: 'open-trace', trace: 'trace-claude' },
    { type: 'answer', answer: { of: 'trace', trace: trace(requests) } },
    { type: 'answer', answer: { of: 'conversation', request: 'ar-3', conversation: SAID } },
  )
}

const SIZES = [
  [40, 12],
  [60, 16],
  [80, 24],
  [120, 24],
  [200, 24],
] as const

describe.each(SIZES)('at %i×%i', (columns, rows) => {
  it('shows requests as they run, under their conversations', () => {
    expect(drawn(lively(columns, rows))).toMatchSnapshot()
  })

  it('shows what was said, called and answered', () => {
    expect(drawn(reading(columns, rows))).toMatchSnapshot()
  })
})

describe('a frame', () => {
  it('says how to begin when no hub runs', () => {
    const model = having(empty(), { type: 'lost', absent: true, reason: 'The hub is not running.' })
    expect(drawn(model)).toMatchSnapshot()
  })

  it('says the one command when there is no channel, then the one when no agent is connected', () => {
    const bare = having(connected(), {
      type: 'answer',
      answer: { of: 'status', status: status({ channels: [] }) },
    })
    expect(drawn(bare)).toContain('axonhub channel add')
    const lonely = having(connected(), { type: 'answer', answer: { of: 'agents', connected: false } })
    expect(drawn(lonely)).toContain('axonhub init')
    const ready = having(connected(), { type: 'answer', answer: { of: 'agents', connected: true } })
    expect(drawn(ready)).toContain('The hub is ready')
  })

  it('says that the hub went away, and when it is looked for again', () => {
    const model = having(lively(120), { type: 'lost', absent: false, reason: 'The hub has ended.' })
    expect(drawn(model)).toContain('axonhub no answer, try 1 in 1 s')
    expect(drawn(model)).toContain('Fix the login test')
  })

  it('tells warnings: first in words, the others by their number', () => {
    const warned = status({ configError: 'config.yml:3', warnings: ['quota of codex is old'] })
    const model = having(connected(120), { type: 'answer', answer: { of: 'status', status: warned } })
    expect(drawn(model)).toContain('! config not in use (+1)')
  })

  it('says why the request under the cursor failed', () => {
    expect(drawn(lively())).not.toContain('The plan is used up.')
    expect(drawn(having(lively(), key('j')))).toContain('The plan is used up.')
  })

  it('shows help with the keys of the screen and those of all', () => {
    expect(drawn(having(lively(), key('?')))).toMatchSnapshot()
  })

  it('shows commands, and asks before what cannot be undone', () => {
    expect(drawn(having(lively(), key(':'), key('q'), key('u')))).toContain('quit')
    const asked = having(lively(), { type: 'confirm', question: 'Disable deepseek?', effects: [] })
    expect(drawn(asked)).toContain('Disable deepseek?')
  })

  it('shows figures, decision and notes, and the wire', () => {
    const facts = drawn(having(reading(80, 24), key('d')))
    expect(facts).toContain('the conversation is on it')
    expect(facts).toContain('dropped thinking: the channel knows no thinking of others')
    const whole = drawn(having(reading(80, 40), key('d')))
    expect(whole).toMatch(/ 1\. \d\d:\d\d:\d\d {4}3 requests {3}361k in {2} 2\.9k out {3}\$0\.025/)
    const lines = [{ kind: 'added', text: '"model": "glm\u001b[2J"' }] as const
    const wire = having(reading(80, 24), key('w'), {
      type: 'answer',
      answer: { of: 'wire', request: 'ar-3', wire: { lines } },
    })
    expect(drawn(wire)).toContain('+ "model": "glm␛[2J"')
  })

  it('opens thinking when asked', () => {
    expect(drawn(reading(80, 30))).not.toContain('The cookie may be set too late.')
    expect(drawn(having(reading(80, 30), key('t'), key('g')))).toContain('The cookie may be set too late.')
  })

  it('needs nothing but ASCII where there is no more', () => {
    const { paint, glyphs } = createTheme({ depth: 'none', background: 'dark', signs: 'ascii' })
    for (const model of [lively(), reading(120, 30), empty()])
      for (const line of frame(model, glyphs)) expect(paint(line)).toMatch(/^[ -~]*$/)
  })

  it('is exactly as large as the terminal on every screen, whatever its size', () => {
    const overlays = ['', '?', ':', '/']
    const any = fc.record({
      columns: fc.integer({ min: 1, max: 250 }),
      rows: fc.integer({ min: 1, max: 80 }),
      screen: fc.constantFrom(...SCREENS.map(({ id }) => id)),
      overlay: fc.constantFrom(...overlays),
      isReading: fc.boolean(),
    })
    fc.assert(
      fc.property(any, ({ columns, rows, screen, overlay, isReading }) => {
        const begun = isReading ? reading(columns, rows) : lively(columns, rows)
        const there = having(begun, { type: 'go', screen }, { type: 'tick', now: NOW + 1_000 })
        const lines = frame(overlay === '' ? there : having(there, key(overlay)), unicode)
        expect(lines).toHaveLength(rows)
        for (const line of lines) expect([line, stringWidth(lineText(line))]).toEqual([line, columns])
      }),
      { numRuns: 150 },
    )
  })
})
