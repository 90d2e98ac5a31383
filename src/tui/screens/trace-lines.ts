// The lines of a conversation, of a request's figures and decision, and of its wire view. Pure; what was laid out once is
// kept with the text it came from, so that a frame costs only what is new.

import { assertNever } from '../../base/assert-never.js'
import { isObject, parseJson } from '../../base/json.js'
import type { ShownRequest, ShownTrace } from '../../control/trace-reader.js'
import type { Said } from '../conversation.js'
import {
  cachePercent,
  clockTime,
  count5,
  inputTokens,
  many,
  money,
  span5,
  type TokenFigures,
} from '../figures.js'
import type { Glyphs } from '../glyphs.js'
import { EMPTY, type Line, line, type Role, span } from '../line.js'
import { safeLines, safeText } from '../safe-text.js'
import { cutEnd, padStart, wrapText } from '../text-width.js'
import type { WireLine, WireView } from '../wire.js'
import type { TraceState } from './trace-state.js'

export type Look = {
  readonly width: number
  readonly thinking: TraceState['thinking']
  readonly glyphs: Glyphs
}

/** A text of more lines is cut in its middle: the page that `:export trace` writes has all of it. */
const MOST_LINES = 120
const MOST_RESULT_LINES = 8
const LONGEST_TEXT = 60_000

/** What was said longest ago is left out beyond this. */
const MOST_SAID = 400

const MARGIN = '  '

function wrapped(text: string, width: number, role: Role, most: number, glyphs: Glyphs): Line[] {
  const cut = text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)} …` : text
  const all = wrapText(safeLines(cut).trimEnd(), Math.max(1, width - MARGIN.length))
  const left = all.length - most
  const shown =
    left <= 1 ? all : [...all.slice(0, Math.ceil(most * 0.75)), ...all.slice(-Math.floor(most * 0.25))]
  const lines = shown.map((one): Line => [{ text: MARGIN }, span(one, role)])
  if (left > 1) {
    const note: Line = [{ text: MARGIN }, span(`${glyphs.dots} ${many(left, 'line')} more`, 'frame')]
    lines.splice(Math.ceil(most * 0.75), 0, note)
  }
  return lines
}

function head(name: string, role: Role, note = ''): Line {
  return [span(name, role), span(note === '' ? '' : ` ${note}`, 'dim')]
}

/** Where tools of the agents have what tells most: what is run, read, written, looked for. */
const TELLING = ['command', 'cmd', 'file_path', 'path', 'pattern', 'query', 'url', 'prompt', 'description']

/** The words of a call's input that tell most, else the input itself. */
function inputWords(input: string): string {
  const json = input.length < 100_000 ? parseJson(input) : undefined
  const told = isObject(json)
    ? TELLING.map((name) => json[name]).find((value) => value !== undefined)
    : undefined
  const words = Array.isArray(told) ? told.filter((word) => typeof word === 'string').join(' ') : told
  return safeText((typeof words === 'string' && words !== '' ? words : input).slice(0, 2_000))
}

function saidLines(said: Said, { width, thinking, glyphs }: Look): Line[] {
  switch (said.type) {
    case 'user':
      return [EMPTY, head('you', 'accent'), ...wrapped(said.text, width, 'strong', MOST_LINES, glyphs)]
    case 'system':
      return [
        EMPTY,
        head('system', 'dim', cutEnd(safeText(said.text.slice(0, 500)), Math.max(0, width - 8), glyphs.dots)),
      ]
    case 'text':
      return [EMPTY, ...wrapped(said.text, width, 'text', MOST_LINES, glyphs)]
    case 'thinking': {
      const size = said.text === '' ? 'hidden by its maker' : many(said.text.split(/\s+/u).length, 'word')
      const fold = thinking === 'open' ? glyphs.open : glyphs.closed
      const lines = thinking === 'open' ? wrapped(said.text, width, 'dim', MOST_LINES, glyphs) : []
      return [EMPTY, head(`${MARGIN}${fold} thinking`, 'info', size), ...lines]
    }
    case 'call': {
      const name = safeText(said.name)
      const room = Math.max(0, width - name.length - 6)
      return [
        EMPTY,
        [
          span(`${MARGIN}${glyphs.running} `, 'good'),
          span(name, 'strong'),
          span(` ${cutEnd(inputWords(said.input), room, glyphs.dots)}`, 'dim'),
        ],
      ]
    }
    case 'result': {
      const lines = wrapped(said.text, width - 4, said.failed ? 'bad' : 'dim', MOST_RESULT_LINES, glyphs)
      return lines.map((one, index) => [
        span(index === 0 ? `${MARGIN}${glyphs.child} ` : `${MARGIN}  `, 'frame'),
        ...one,
      ])
    }
    case 'other':
      return [[{ text: MARGIN }, span(cutEnd(safeText(said.text), width - 2, glyphs.dots), 'info')]]
    default:
      return assertNever(said)
  }
}

type Laid = { readonly key: string; readonly lines: readonly Line[] }

const laid = new WeakMap<object, Laid>()

/** As `lay` makes them, or as it made them before for the same source and look. */
function once(source: object, key: string, lay: () => readonly Line[]): readonly Line[] {
  const known = laid.get(source)
  if (known?.key === key) return known.lines
  const lines = lay()
  laid.set(source, { key, lines })
  return lines
}

function keyOf({ width, thinking, glyphs }: Look): string {
  return `${width} ${thinking} ${glyphs.kind}`
}

/** All that was said, laid out. */
export function conversationLines(said: readonly Said[], look: Look): readonly Line[] {
  return once(said, keyOf(look), () => {
    const left = said.length - MOST_SAID
    const first: Line[] = left <= 0 ? [] : [line(`${look.glyphs.dots} ${left} earlier`, 'dim')]
    return [
      ...first,
      ...said.slice(-MOST_SAID).flatMap((one) => once(one, keyOf(look), () => saidLines(one, look))),
    ]
  })
}

const WIRE_ROLES: Readonly<Record<WireLine['kind'], Role>> = {
  title: 'title',
  same: 'text',
  added: 'good',
  removed: 'bad',
  dim: 'dim',
}

const WIRE_MARKS: Readonly<Record<WireLine['kind'], string>> = {
  title: '',
  same: '  ',
  added: '+ ',
  removed: '- ',
  dim: '  ',
}

export function wireLines(wire: WireView, look: Look): readonly Line[] {
  return once(wire, keyOf(look), () =>
    wire.lines.flatMap(({ kind, text }): Line[] => {
      const shown = cutEnd(
        WIRE_MARKS[kind] + safeLines(text).replaceAll('\n', ' '),
        look.width,
        look.glyphs.dots,
      )
      return kind === 'title' ? [EMPTY, line(shown, WIRE_ROLES[kind])] : [line(shown, WIRE_ROLES[kind])]
    }),
  )
}

function figures(request: ShownRequest, now: number, glyphs: Glyphs): string {
  const { usage, cost, firstTokenMs, durationMs, startedAt } = request
  const cached = usage === null ? undefined : cachePercent(usage)
  return [
    span5(durationMs ?? now - startedAt),
    ...(firstTokenMs === null ? [] : [`first token ${span5(firstTokenMs)}`]),
    ...(usage === null ? [] : [`${count5(inputTokens(usage))} in`, `${count5(usage.output)} out`]),
    ...(cached === undefined ? [] : [`${cached}% cached`]),
    ...(cost === null ? [] : [money(cost)]),
    ...(request.stopReason === null ? [] : [`ended by ${safeText(request.stopReason)}`]),
  ].join(` ${glyphs.between} `)
}

function section(title: string, lines: readonly Line[]): Line[] {
  return lines.length === 0 ? [] : [EMPTY, line(title, 'title'), ...lines]
}

/** What each turn of the conversation took. */
export function turnLines({ turns }: ShownTrace, { glyphs }: Look): Line[] {
  return section(
    'Turns',
    turns.map(({ number, startedAt, requests }) => {
      const sum = (of: (usage: TokenFigures) => number) =>
        requests.reduce((total, { usage }) => total + (usage === null ? 0 : of(usage)), 0)
      const known = requests.flatMap(({ cost }) => (cost === null ? [] : [cost]))
      const cost = known.length === 0 ? glyphs.none : money(known.reduce((total, one) => total + one, 0))
      return line(
        [
          `${padStart(String(number), 3)}. ${clockTime(startedAt)}`,
          padStart(many(requests.length, 'request'), 12),
          `${padStart(count5(sum(inputTokens)), 5)} in`,
          `${padStart(count5(sum(({ output }) => output)), 5)} out`,
          padStart(cost, 7),
        ].join('  '),
      )
    }),
  )
}

/** Figures, attempts, decision and notes of a request. */
export function factLines(request: ShownRequest, look: Look, now: number): Line[] {
  const { width, glyphs } = look
  const words = (text: string, role: Role) => wrapped(text, width, role, 20, glyphs)
  const asked = request.modelAsked === '' ? 'no model' : safeText(request.modelAsked)
  const used =
    request.modelUsed === null ? 'nobody yet' : safeText(`${request.modelUsed} on ${request.channel ?? '?'}`)
  const mode = request.mode === null ? '' : request.mode === 'relay' ? ', relayed' : ', converted'
  return [
    line(`${asked} ${glyphs.arrow} ${used}${mode}`, 'strong'),
    line(figures(request, now, glyphs), 'dim'),
    line(safeText(`${request.id}, key ${request.keyName}, ${clockTime(request.startedAt)}`), 'dim'),
    ...(request.errorText === null ? [] : words(request.errorText, 'bad')),
    ...(request.cacheBreak === null ? [] : words(`cache lost: ${request.cacheBreak.detail}`, 'warn')),
    ...section(
      'Tries',
      request.attempts.flatMap((attempt) => [
        ...words(
          `${attempt.number}. ${attempt.modelUsed} on ${attempt.channel}: ${attempt.status ?? 'no answer'} after ${span5(attempt.durationMs ?? 0)}`,
          attempt.outcome === 'failed' ? 'bad' : 'text',
        ),
        ...(attempt.errorText === null ? [] : words(`   ${attempt.errorText}`, 'bad')),
      ]),
    ),
    ...section(
      'Decision',
      request.decision.flatMap((one) => words(`${glyphs.between} ${one}`, 'text')),
    ),
    ...section(
      'Notes of the conversion',
      request.notes.flatMap(({ kind, path, reason }) => words(`${kind} ${path}: ${reason}`, 'warn')),
    ),
  ]
}
