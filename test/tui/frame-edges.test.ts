// The first and the last line: what is told first where there is little room, and what is told always.
import { describe, expect, it } from 'vitest'
import type { ShownUsage } from '../../src/control/trace-reader.js'
import { frame } from '../../src/tui/frame.js'
import { glyphsFor } from '../../src/tui/glyphs.js'
import { lineText } from '../../src/tui/line.js'
import type { Model } from '../../src/tui/model.js'
import { SCREENS } from '../../src/tui/screens/registry.js'
import { cutStart } from '../../src/tui/text-width.js'
import { update } from '../../src/tui/update.js'
import { connected, empty, having, key, lively, USAGE } from './samples.js'
import { press, told } from './screens/pressing.js'

const lines = (model: Model) => frame(model, glyphsFor('unicode')).map(lineText)
const head = (model: Model) => lines(model)[0] ?? ''
const foot = (model: Model) => lines(model).at(-1) ?? ''

function today(model: Model, ...costs: readonly (number | null)[]): Model {
  const rows = costs.map(
    (cost, index): ShownUsage => ({
      key: `day-${index}`,
      title: null,
      requests: 1,
      failed: 0,
      usage: USAGE,
      cost: cost ?? 0,
      unpriced: cost === null ? 1 : 0,
    }),
  )
  return having(model, { type: 'answer', answer: { of: 'today', rows } })
}

describe('the last line', () => {
  it.each(SCREENS.map(({ id }) => id))('of %s tells how to get help and how to leave, at any width', (id) => {
    for (const columns of [20, 40, 60, 80, 120, 250])
      expect(foot(told(id, columns)).trim()).toMatch(/\? help {2}q quit$/)
  })

  it('does so beside a filter that is kept, however long it is', () => {
    const filtered = having(lively(80), key('/'), ...Array.from('the login test of the shop and more', key))
    expect(foot(having(filtered, key('enter'))).trim()).toMatch(
      /^\/the login test of the sho… .*\? help {2}q quit$/,
    )
  })

  it('tells only the keys of the box while a name is typed into it', () => {
    expect(foot(press(told('profiles'), 'e').model).trim()).toBe('enter explain it  esc close the box')
  })

  it('shows the end of what is typed, its last space too', () => {
    const typing = having(lively(40), key(':'), ...Array.from('a'.repeat(60), key), key(' '))
    expect(foot(typing)).toContain('aaa ▌')
    expect(cutStart('日本語のモデル', 6)).toBe('…デル')
  })

  it('tells a short notice beside them, and a long one as far as it goes', () => {
    const says = (text: string) =>
      foot(having(lively(80), { type: 'notice', notice: { kind: 'good', text } }))
    expect(says('The quota is fresh.').trim()).toMatch(/^The quota is fresh\. +\? help {2}q quit$/)
    expect(says('word '.repeat(30))).not.toContain('q quit')
  })

  it('tells how the hub is started while none runs', () => {
    const absent = having(empty(40), { type: 'lost', absent: true, reason: '' })
    expect(foot(absent).trim()).toBe('enter start the hub  ? help  q quit')
  })

  it('offers no bars of cost where nothing has a price', () => {
    const unpriced = having(told('usage'), {
      type: 'answer',
      answer: { of: 'usage', by: 'day', days: 14, rows: [] },
    })
    expect(foot(told('usage', 120))).toContain('t bars of')
    expect(foot(unpriced)).not.toContain('t bars of')
  })
})

describe('the first line', () => {
  it('tells what today cost, that some of it has no price, or the tokens where none of it has one', () => {
    expect(head(today(connected(), 0))).toContain('$0 today')
    expect(head(today(connected(), 1.5, null))).toContain('$1.50+ today')
    expect(head(today(connected(), null))).toMatch(/[\d.]+k tokens today/)
    expect(head(today(connected(), null))).not.toContain('$')
  })

  it('keeps the worst account where it is narrow, without its picture', () => {
    expect(head(told('live', 120))).toContain('] 4% claude')
    expect(head(told('live', 40))).toContain(' 4% claude')
    expect(head(told('live', 40))).not.toContain('█')
  })

  it('says that the hub is away behind the name, in whole seconds', () => {
    const lost = having(lively(80), { type: 'lost', absent: false, reason: 'gone' })
    expect(head(lost)).toContain('○ axonhub no answer, try 1 in 1 s')
    expect(lines(lost)[1]).toContain('hub away')
  })
})

describe('a hub that was stopped while the UI is open', () => {
  const gone = { type: 'lost', absent: true, reason: '' } as const

  it('is told as off once it does not come back by itself, with the command that starts one', () => {
    const away = having(lively(80), gone, gone, gone)
    expect(foot(away)).not.toContain('hub start')
    expect(foot(having(away, gone))).toContain('The hub is off; ":" and "hub start" start one.')
  })

  it('can be started by that command, which is not there while it runs', () => {
    const asked = [key(':'), ...Array.from('hub', key)]
    expect(lines(having(lively(80), ...asked)).join('\n')).not.toContain('hub start')
    const { model } = update(having(lively(80), gone), key(':'))
    const chosen = update(having(model, ...Array.from('hub', key)), key('enter'))
    expect(chosen.effects).toEqual([{ type: 'start-hub' }])
  })
})

it('the first steps are told in whole words on a narrow terminal', () => {
  for (const model of [
    having(connected(40), { type: 'answer', answer: { of: 'agents', connected: false } }),
    having(empty(40), { type: 'lost', absent: true, reason: '' }),
  ])
    expect(lines(model).slice(2, -1).join('\n')).not.toContain('…')
})

it('help that is longer than the screen says how much more there is', () => {
  expect(lines(having(lively(40, 12), key('?'))).join('\n')).toMatch(/↓ \d+ more/)
  expect(lines(having(lively(120, 40), key('?'))).join('\n')).not.toContain('more ╮')
})
