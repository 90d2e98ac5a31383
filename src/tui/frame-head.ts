// The first two lines: how the hub stands, and the screens. Pure.

import { assertNever } from '../base/assert-never.js'
import { battery, chargeRole } from './components/bar.js'
import { money, span5 } from './figures.js'
import type { Glyphs } from './glyphs.js'
import { fitted, type Line, lineWidth, onGround, type Span, span, spread } from './line.js'
import type { Connection, Model } from './model.js'
import { safeText } from './safe-text.js'
import { SCREENS } from './screens/registry.js'

function connectionSpans(model: Model, connection: Connection, glyphs: Glyphs): Span[] {
  switch (connection.type) {
    case 'open':
      return [span(glyphs.running, 'good')]
    case 'connecting':
      return [span(glyphs.canceled, 'dim'), span(' connecting', 'dim')]
    case 'lost': {
      const wait = span5(Math.max(0, connection.retryAt - model.now))
      return [span(glyphs.canceled, 'bad'), span(` no answer, try ${connection.tries} in ${wait}`, 'bad')]
    }
    case 'starting':
      return [span(glyphs.canceled, 'warn'), span(' starting the hub', 'warn')]
    case 'absent':
    case 'failed':
      return [span(glyphs.canceled, 'bad'), span(' no hub is running', 'bad')]
    default:
      return assertNever(connection)
  }
}

function addressOf({ hub: { status } }: Model): string {
  if (status === null) return ''
  const host = status.host.includes(':') ? `[${status.host}]` : status.host
  return `${host}:${status.port}${status.demo ? ' demo' : ''}`
}

/** The account that has least left. */
function worstBattery({ hub: { quota } }: Model, glyphs: Glyphs): Line {
  const known = (quota?.accounts ?? []).filter(({ leftPercent }) => leftPercent !== null)
  const worst = known.sort((one, other) => (one.leftPercent ?? 100) - (other.leftPercent ?? 100))[0]
  if (worst === undefined || worst.leftPercent === null) return []
  return [
    ...battery(worst.charge, worst.leftPercent, 5, glyphs),
    span(` ${Math.floor(worst.leftPercent)}%`, chargeRole(worst.charge)),
    span(` ${safeText(worst.channel)}`, 'dim'),
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

/** Facts with two spaces between them, as many as fit; the first ones matter most. */
function facts(all: readonly Line[], width: number): Line {
  const shown: Span[] = []
  for (const fact of all) {
    if (fact.length === 0) continue
    const more = shown.length === 0 ? fact : [span('  '), ...fact]
    if (lineWidth(shown) + lineWidth(more) > width) continue
    shown.push(...more)
  }
  return shown
}

export function header(model: Model, width: number, glyphs: Glyphs): Line {
  const { hub } = model
  const name: Line = [
    { text: ' ' },
    ...connectionSpans(model, hub.connection, glyphs),
    span(' axonhub', 'strong'),
  ]
  const { status, today } = hub
  const profile =
    status === null ? [] : [span('profile ', 'dim'), span(safeText(status.profile ?? 'none'), 'accent')]
  const warning = warnings(model)
  const isShort = lineWidth(warning) > width / 3
  const right = facts(
    [
      profile,
      worstBattery(model, glyphs),
      isShort ? warning.slice(0, 1).map((one) => ({ ...one, text: '!' })) : warning,
      today === null ? [] : [span(money(today.cost), 'strong'), span(' today', 'dim')],
      status === null ? [] : [span(String(hub.begun.length), 'strong'), span('/min', 'dim')],
      [span(addressOf(model), 'dim')],
    ],
    width - lineWidth(name) - 3,
  )
  return onGround(spread(name, [...right, { text: ' ' }], width), 'bar')
}

/** The screens with their numbers; only the shown one's name where there is no room for all. */
export function tabs(model: Model, width: number, glyphs: Glyphs): Line {
  const tab = (index: number, title: string, isShown: boolean, isShort: boolean): Span[] => [
    span(` ${index + 1}`, isShown ? 'key' : 'dim'),
    span(isShort && !isShown ? '' : ` ${title} `, isShown ? 'title' : 'dim'),
  ]
  const all = (isShort: boolean): Line =>
    SCREENS.flatMap(({ id, title }, index) => tab(index, title, id === model.screen, isShort))
  const long = all(false)
  const left = lineWidth(long) <= width ? long : all(true)
  const { connection } = model.hub
  const paused =
    connection.type === 'lost' ? [span(`the hub is away; this is what was known ${glyphs.dots}`, 'warn')] : []
  return fitted(lineWidth(left) + lineWidth(paused) + 2 <= width ? spread(left, paused, width) : left, width)
}
