// The first two lines: how the hub stands, and the screens. Pure.

import { assertNever } from '../base/assert-never.js'
import { battery, chargeRole } from './components/bar.js'
import { count5, money } from './figures.js'
import type { Glyphs } from './glyphs.js'
import { fitted, type Line, lineWidth, onGround, type Span, span, spread } from './line.js'
import type { Connection, Model } from './model.js'
import { safeText } from './safe-text.js'
import { SCREENS } from './screens/registry.js'
import { cutMiddle } from './text-width.js'

/** In fewer columns the facts stand without their words. */
const SHORT = 60

/** Of a profile or a channel. */
const LONGEST_NAME = 24

/** What is wrong between the hub and us; its role is that of the sign before the name. */
function connectionSpans(model: Model, connection: Connection): Span[] {
  switch (connection.type) {
    case 'open':
      return []
    case 'connecting':
      return [span(' connecting', 'dim')]
    case 'lost': {
      const seconds = Math.ceil(Math.max(0, connection.retryAt - model.now) / 1000)
      return [span(` no answer, try ${connection.tries} in ${seconds} s`, 'bad')]
    }
    case 'starting':
      return [span(' starting the hub', 'warn')]
    case 'absent':
    case 'failed':
      return [span(' no hub is running', 'bad')]
    default:
      return assertNever(connection)
  }
}

function addressOf({ hub: { status } }: Model): string {
  if (status === null) return ''
  const host = status.host.includes(':') ? `[${status.host}]` : status.host
  return `${host}:${status.port}${status.demo ? ' demo' : ''}`
}

/** What today cost; where nothing of it has a price, what went through. `+`: some of it has none. */
function todayWords({ hub: { today } }: Model): Line {
  if (today === null) return []
  const { cost, unpriced, tokens } = today
  const words =
    cost === 0 && unpriced > 0 ? `${count5(tokens)} tokens` : `${money(cost)}${unpriced > 0 ? '+' : ''}`
  return [span(words, 'strong'), span(' today', 'dim')]
}

/** The account that has least left; without its picture where there is little room. */
function worstBattery({ hub: { quota } }: Model, glyphs: Glyphs): Line[] {
  const known = (quota?.accounts ?? []).filter(({ leftPercent }) => leftPercent !== null)
  const worst = known.sort((one, other) => (one.leftPercent ?? 100) - (other.leftPercent ?? 100))[0]
  if (worst === undefined || worst.leftPercent === null) return []
  const percent = span(`${Math.floor(worst.leftPercent)}%`, chargeRole(worst.charge))
  const name = span(` ${cutMiddle(safeText(worst.channel), LONGEST_NAME, glyphs.dots)}`, 'dim')
  return [
    [...battery(worst.charge, worst.leftPercent, 5, glyphs), span(' '), percent, name],
    [percent, name],
    [percent],
  ]
}

/** What the user should look at: the first of it in words, how many there are. */
function warnings({ hub: { status } }: Model): Line {
  if (status === null) return []
  const all = [
    ...(status.configError === null ? [] : ['config not in use']),
    ...(status.recorder.state === 'ok' ? [] : ['recording fails']),
    ...status.warnings,
  ]
  const [first, ...more] = all
  if (first === undefined) return []
  return [span(`! ${safeText(first)}${more.length === 0 ? '' : ` (+${more.length})`}`, 'warn')]
}

/** Facts with two spaces between them, each in the longest of its forms that fits; the first facts matter most. */
function facts(all: readonly (readonly Line[])[], width: number): Line {
  const shown: Span[] = []
  for (const forms of all) {
    const gap = shown.length === 0 ? [] : [span('  ')]
    const room = width - lineWidth(shown) - lineWidth(gap)
    const fact = forms.find((form) => form.length > 0 && lineWidth(form) <= room)
    if (fact !== undefined) shown.push(...gap, ...fact)
  }
  return shown
}

export function header(model: Model, width: number, glyphs: Glyphs): Line {
  const { hub } = model
  const trouble = connectionSpans(model, hub.connection)
  const role = trouble[0]?.role ?? 'good'
  const sign = trouble.length === 0 ? glyphs.running : glyphs.canceled
  const name: Line = [{ text: ' ' }, span(sign, role), span(' axonhub', 'strong'), ...trouble]
  const { status } = hub
  const profile = span(cutMiddle(safeText(status?.profile ?? 'none'), LONGEST_NAME, glyphs.dots), 'accent')
  const warning = warnings(model)
  const mark = warning.map((one) => ({ ...one, text: '!' }))
  const right = facts(
    [
      status === null ? [] : width < SHORT ? [[profile]] : [[span('profile ', 'dim'), profile], [profile]],
      width < SHORT ? worstBattery(model, glyphs).slice(1) : worstBattery(model, glyphs),
      lineWidth(warning) > width / 3 ? [mark] : [warning, mark],
      [todayWords(model)],
      status === null ? [] : [[span(String(hub.begun.length), 'strong'), span('/min', 'dim')]],
      [[span(addressOf(model), 'dim')]],
    ],
    width - lineWidth(name) - 3,
  )
  return onGround(spread(name, [...right, { text: ' ' }], width), 'bar')
}

/** The screens with their numbers; only the shown one's name where there is no room for all. */
export function tabs(model: Model, width: number): Line {
  const tab = (index: number, title: string, isShown: boolean, isShort: boolean): Span[] => [
    span(` ${index + 1}`, isShown ? 'key' : 'dim'),
    span(isShort && !isShown ? '' : ` ${title} `, isShown ? 'title' : 'dim'),
  ]
  const all = (isShort: boolean): Line =>
    SCREENS.flatMap(({ id, title }, index) => tab(index, title, id === model.screen, isShort))
  const long = all(false)
  const left = lineWidth(long) <= width ? long : all(true)
  const { connection } = model.hub
  if (connection.type !== 'lost') return fitted(left, width)
  const words = ['the hub is away; this is what was known ', 'hub away '].find(
    (one) => lineWidth(left) + one.length + 2 <= width,
  )
  return fitted(words === undefined ? left : spread(left, [span(words, 'warn')], width), width)
}
