// Windows, states, batteries and pace, for one moment.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { figure, moment, span } from '../../src/quota/figures.js'
import type { Meter } from '../../src/quota/meter.js'
import { paceOf } from '../../src/quota/pace.js'
import { chargeOf, headline, leftPercent, stateOf } from '../../src/quota/standing.js'
import { windowLabel, windowSeconds } from '../../src/quota/window.js'

const NOW = Date.parse('2026-11-20T12:00:00Z')
const HOUR = 3_600_000

const meter = (more: Partial<Meter>): Meter => ({ id: '5h', kind: 'window', ...more })

describe('the length of a window', () => {
  it.each([
    [300 * 60, '5h'],
    [299 * 60, '5h'],
    [1440 * 60, '1d'],
    [10_080 * 60, '7d'],
    [10_079 * 60, '7d'],
    [43_200 * 60, '30d'],
    [3 * 86_400, '3d'],
    [7 * 3600, '7h'],
    [90 * 60, '90m'],
    [45, '45s'],
  ])('of %i seconds is called %s', (seconds, label) => {
    expect(windowLabel(seconds)).toBe(label)
  })

  it('is read back from its label', () => {
    expect(['5h', '7d', '1w', '90m', 'h', ''].map(windowSeconds)).toEqual([
      18_000,
      604_800,
      604_800,
      5400,
      undefined,
      undefined,
    ])
  })
})

describe('figures', () => {
  it('are read from numbers and from text, and never made up', () => {
    expect([12, '12.5', ' 7 ', '-3', '', 'x', '0x10', null, Number.NaN, '1e3'].map(figure)).toEqual([
      12,
      12.5,
      7,
      -3,
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
      1000,
    ])
  })

  it('of time may be seconds, milliseconds, ISO with nine digits, or none', () => {
    const seconds = Math.floor(NOW / 1000)
    expect(moment(seconds)).toBe(NOW)
    expect(moment(NOW)).toBe(NOW)
    expect(moment(String(seconds))).toBe(NOW)
    expect(moment('2026-11-20T12:00:00.123456789Z')).toBe(NOW + 123)
    expect([moment(0), moment(-1), moment(''), moment('soon'), moment(null)]).toEqual(
      Array(5).fill(undefined),
    )
  })

  it('of spans are read as servers in Go write them', () => {
    expect(['12ms', '1s', '6m0s', '1h2m3.5s', '2.5', '', '5x', '-1'].map(span)).toEqual([
      12,
      1000,
      360_000,
      3_723_500,
      2500,
      undefined,
      undefined,
      undefined,
    ])
  })
})

describe('the state of a meter', () => {
  it.each([
    ['nothing told', {}, 'unknown', 'unknown'],
    ['nothing used', { usedPercent: 0 }, 'available', 'full'],
    ['a fifth used', { usedPercent: 20 }, 'available', 'full'],
    ['a little more used', { usedPercent: 20.5 }, 'available', 'medium'],
    ['79 used', { usedPercent: 79 }, 'available', 'medium'],
    ['80 used', { usedPercent: 80 }, 'warning', 'medium'],
    ['80.5 used', { usedPercent: 80.5 }, 'warning', 'low'],
    ['95 used', { usedPercent: 95 }, 'warning', 'low'],
    ['95.5 used', { usedPercent: 95.5 }, 'warning', 'empty'],
    ['all used', { usedPercent: 100 }, 'exhausted', 'exhausted'],
    ['refused although little was used', { usedPercent: 3, told: 'exhausted' }, 'exhausted', 'exhausted'],
    ['a warning of the provider', { usedPercent: 40, told: 'warning' }, 'warning', 'medium'],
    ['a reset that is over', { usedPercent: 98, resetsAt: NOW - 1 }, 'unknown', 'unknown'],
    ['a warning of a window that is over', { told: 'warning', resetsAt: NOW - 1 }, 'unknown', 'unknown'],
    ['a refusal whose time is over', { told: 'exhausted', resetsAt: NOW }, 'unknown', 'unknown'],
    ['a balance', { kind: 'balance', left: 3 }, 'available', 'full'],
    ['an empty balance', { kind: 'balance', left: 0 }, 'exhausted', 'exhausted'],
    ['a balance below zero', { kind: 'balance', left: -0.4 }, 'exhausted', 'exhausted'],
  ] satisfies [string, Partial<Meter>, string, string][])('with %s', (_, more, state, charge) => {
    expect(stateOf(meter(more), NOW)).toBe(state)
    expect(chargeOf(meter(more), NOW)).toBe(charge)
  })

  it('never gets better when more is used', () => {
    const rank = ['full', 'medium', 'low', 'empty', 'exhausted']
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 100, noNaN: true }),
        fc.double({ min: 0, max: 100, noNaN: true }),
        (a, b) => {
          const [less, more] = a < b ? [a, b] : [b, a]
          const charge = (usedPercent: number) => rank.indexOf(chargeOf(meter({ usedPercent }), NOW))
          expect(charge(less)).toBeLessThanOrEqual(charge(more))
        },
      ),
    )
  })
})

describe('the headline of an account', () => {
  const five = meter({ id: '5h', windowSeconds: 18_000, usedPercent: 10 })
  const week = meter({ id: '7d', windowSeconds: 604_800, usedPercent: 90 })

  it('is its worst window, the second as well as the first', () => {
    expect(headline([five, week], NOW)).toBe(week)
    expect(headline([week, { ...five, told: 'exhausted' }], NOW)?.id).toBe('5h')
  })

  it('is not that of one model while others bind everything', () => {
    const model = meter({ id: 'spark/5h', scope: 'spark', usedPercent: 100 })
    expect(headline([model, five], NOW)).toBe(five)
    expect(headline([model], NOW)).toBe(model)
  })

  it('is no window that was reset since', () => {
    expect(headline([{ ...week, resetsAt: NOW - 1 }, five], NOW)).toBe(five)
    expect(leftPercent({ ...week, resetsAt: NOW - 1 }, NOW)).toBeUndefined()
  })
})

describe('the pace', () => {
  const half = { windowSeconds: 5 * 3600, resetsAt: NOW + 2.5 * HOUR }

  it.each([
    [80, 'ahead', NOW + 0.625 * HOUR],
    [51, 'on-pace', NOW + (49 / 51) * 2.5 * HOUR],
    [50, 'on-pace', undefined],
    [20, 'behind', undefined],
    [0, 'behind', undefined],
  ])('with %i percent used at half time is told', (usedPercent, verdict, runsOutAt) => {
    const pace = paceOf(meter({ ...half, usedPercent }), NOW)
    expect(pace).toEqual({
      delta: usedPercent - 50,
      verdict,
      runsOutAt: runsOutAt === undefined ? undefined : Math.round(runsOutAt),
    })
  })

  it.each([
    ['without a reset', { windowSeconds: 18_000, usedPercent: 5 }],
    ['without a length', { resetsAt: NOW + HOUR, usedPercent: 5 }],
    [
      'of a window that has only begun',
      { windowSeconds: 18_000, resetsAt: NOW + 4.9 * HOUR, usedPercent: 5 },
    ],
    ['of a window that is over', { windowSeconds: 18_000, resetsAt: NOW - 1, usedPercent: 5 }],
    [
      'of a reset that lies beyond the window',
      { windowSeconds: 18_000, resetsAt: NOW + 9 * HOUR, usedPercent: 5 },
    ],
  ])('is not told %s', (_, more) => {
    expect(paceOf(meter(more), NOW)).toBeUndefined()
  })
})
