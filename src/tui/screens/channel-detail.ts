// All that is known of one channel, as lines: how it is asked, how it does, what it refused, what it can. Pure.

import type { CapabilityCard, CapabilityResult } from '../../control/card.js'
import type { ChannelRow, ShownMeasures } from '../../control/channels.js'
import { bar, battery, chargeRole } from '../components/bar.js'
import { age, span5 } from '../figures.js'
import type { Glyphs } from '../glyphs.js'
import { EMPTY, type Line, line, type Role, type Span, span } from '../line.js'
import { safeText } from '../safe-text.js'
import { cutEnd, padEnd, padStart, wrapText } from '../text-width.js'

export type DetailLook = {
  /** Ms since the epoch. */
  readonly now: number
  readonly width: number
  readonly glyphs: Glyphs
}

const NAMES = 11

/** A name, and words that go on under themselves. */
function fact(name: string, words: string, { width }: DetailLook, role: Role = 'text'): Line[] {
  // A name that is as long as its column still stands apart from the words.
  const column = Math.max(NAMES, name.length + 1)
  const [first = '', ...rest] = wrapText(safeText(words), Math.max(8, width - column))
  return [
    [span(padEnd(name, column), 'dim'), span(first, role)],
    ...rest.map((text): Line => [span(' '.repeat(column)), span(text, role)]),
  ]
}

function heading(text: string): Line[] {
  return [EMPTY, line(text, 'title')]
}

function configuration(row: ChannelRow, look: DetailLook): Line[] {
  const models = row.models === null ? 'every model' : row.models.join(', ')
  return [
    ...(row.title === row.name ? [] : fact('is', row.title, look, 'strong')),
    ...row.endpoints.flatMap(({ protocol, baseUrl }) =>
      fact(protocol.replace(/^(anthropic|openai)-/u, ''), baseUrl, look),
    ),
    ...fact('key', row.credential, look),
    ...fact('models', models, look),
    ...(row.tags.length === 0 ? [] : fact('tags', row.tags.join(', '), look)),
    ...fact('order', `priority ${row.priority}, weight ${row.weight}`, look),
    ...(row.embedded ? fact('', 'inside this hub (--demo), in no file', look, 'dim') : []),
  ]
}

function rests({ rests: all, enabled }: ChannelRow, look: DetailLook): Line[] {
  if (!enabled) return fact('disabled', 'no request goes there; e enables it', look, 'dim')
  return all.flatMap(({ kind, key, model, until, reason }) => {
    const wait = span5(Math.max(0, Date.parse(until) - look.now))
    const who = [key === null ? '' : `key ${key}: `, model === null ? '' : `${model}: `].join('')
    return fact(
      kind === 'breaker' ? `open ${wait}` : `rests ${wait}`,
      `${who}${reason}`,
      look,
      kind === 'breaker' ? 'bad' : 'warn',
    )
  })
}

function testing({ testing: test }: ChannelRow, { glyphs, now, width }: DetailLook): Line[] {
  if (test === null) return []
  const passed = span5(Math.max(0, now - Date.parse(test.startedAt)))
  const words = `${test.step} of ${test.steps}, ${test.capability} (${passed})  x stops it`
  return [
    [
      span(padEnd('testing', NAMES), 'accent'),
      ...bar(test.step / Math.max(1, test.steps), 12, glyphs),
      span(` ${cutEnd(words, Math.max(0, width - NAMES - 13), glyphs.dots)}`),
    ],
  ]
}

const FIGURES = 10

function figure(name: string, of: (measures: ShownMeasures) => Span, { hour, day }: ChannelRow): Line {
  const cell = (one: Span): Span => ({ ...one, text: padStart(one.text, FIGURES) })
  return [span(padEnd(name, 20), 'dim'), cell(of(hour)), cell(of(day))]
}

function figures(row: ChannelRow): Line[] {
  const time = (ms: number | null) => span(ms === null ? '' : span5(ms))
  const rate = ({ errorRate, failed }: ShownMeasures) =>
    errorRate === null ? span('') : span(`${Math.round(errorRate * 100)}%`, failed === 0 ? 'good' : 'bad')
  return [
    [
      span(padEnd('', 20)),
      span(padStart('last hour', FIGURES), 'dim'),
      span(padStart('last day', FIGURES), 'dim'),
    ],
    figure('requests', ({ requests }) => span(String(requests)), row),
    figure('failed', rate, row),
    figure('first token, median', ({ firstTokenP50Ms }) => time(firstTokenP50Ms), row),
    figure('first token, p95', ({ firstTokenP95Ms }) => time(firstTokenP95Ms), row),
  ]
}

function quota({ quota: left }: ChannelRow, { glyphs, now }: DetailLook): Line[] {
  if (left === null || left.leftPercent === null) return []
  const resets =
    left.resetsAt === null ? '' : `, resets in ${span5(Math.max(0, Date.parse(left.resetsAt) - now))}`
  return [
    [
      span(padEnd('battery', NAMES), 'dim'),
      ...battery(left.charge, left.leftPercent, 10, glyphs),
      span(` ${Math.floor(left.leftPercent)}% left`, chargeRole(left.charge)),
      span(`${left.window === null ? '' : ` of ${safeText(left.window)}`}${resets}`, 'dim'),
    ],
  ]
}

function quirks({ learned }: ChannelRow, look: DetailLook): Line[] {
  if (learned.length === 0) return []
  return [
    ...heading('Learned'),
    ...learned.flatMap(({ model, parameter, reason, learnedAt }) => {
      const when = age(Date.parse(learnedAt), look.now)
      const words = `${model}: asked without ${parameter} (${when})${reason === null ? '' : `, it said: ${reason}`}`
      return wrapText(safeText(words), look.width).map((text) => line(text))
    }),
  ]
}

const MARKS: Readonly<Record<CapabilityResult['result'], Role>> = { yes: 'good', no: 'bad', unknown: 'dim' }

function mark({ result }: CapabilityResult, glyphs: Glyphs): string {
  if (result === 'unknown') return glyphs.none
  return result === 'yes' ? glyphs.done : glyphs.failed
}

/** Capabilities in as many columns as fit; why something is missing stands below. */
function grid(results: readonly CapabilityResult[], { width, glyphs }: DetailLook): Line[] {
  const cell = 18
  const across = Math.max(1, Math.floor(width / cell))
  const rows: Line[] = []
  for (let at = 0; at < results.length; at += across) {
    rows.push(
      results
        .slice(at, at + across)
        .flatMap((one): Span[] => [
          span(`${mark(one, glyphs)} `, MARKS[one.result]),
          span(padEnd(one.capability, cell - 2), one.result === 'yes' ? 'text' : 'dim'),
        ]),
    )
  }
  return rows
}

function cardLines(card: CapabilityCard, look: DetailLook): Line[] {
  const agent = card.agent === 'other' ? '' : ` as ${card.agent}`
  const when = age(Date.parse(card.testedAt), look.now)
  const title = safeText(
    `${card.model} over ${card.protocol}${agent}, ${when === 'now' ? 'just now' : `${when} ago`}`,
  )
  const missing = card.results.filter(({ result }) => result === 'no')
  const why = missing.flatMap(({ capability, detail }) =>
    wrapText(safeText(`${capability}: ${detail}`), look.width - 2).map((text) => line(`  ${text}`, 'dim')),
  )
  const without =
    card.withoutFields.length === 0
      ? []
      : wrapText(safeText(`asked without ${card.withoutFields.join(', ')}`), look.width - 2).map((text) =>
          line(`  ${text}`, 'dim'),
        )
  return [line(title, 'strong'), ...grid(card.results, look), ...why, ...without]
}

function capabilities({ cards }: ChannelRow, look: DetailLook): Line[] {
  if (cards.length === 0) return [...heading('Can'), line('not tested; t asks it a dozen questions', 'dim')]
  return [...heading('Can'), ...cards.flatMap((card) => cardLines(card, look))]
}

export function channelDetail(row: ChannelRow, look: DetailLook): Line[] {
  return [
    ...testing(row, look),
    ...rests(row, look),
    ...quota(row, look),
    ...configuration(row, look),
    ...heading('Doing'),
    ...figures(row),
    ...quirks(row, look),
    ...capabilities(row, look),
  ]
}
