// The bytes of a request as four panes: what the agent sent, what the hub sent (as a difference), what the provider sent,
// what the agent got. Pure. Law: the work is bounded, whatever the bodies' sizes; what is left out is said.

import { diffLines } from 'diff'
import { isObject, type JsonObject, type JsonValue, parseJson } from '../base/json.js'
import type { ShownRequest } from '../control/trace-reader.js'
import { many } from './figures.js'

export type WireLine = {
  readonly kind: 'title' | 'same' | 'added' | 'removed' | 'dim'
  readonly text: string
}

export type WireView = { readonly lines: readonly WireLine[] }

export type WireBody = {
  readonly which: ShownRequest['bodies'][number]['which']
  readonly attempt: number
  readonly text: string
}

const LONGEST_TEXT = 160
const LONGEST_LIST = 8
const MOST_LINES = 1_500
const LONGEST_BODY = 4_000_000
const DIFF_MS = 300
/** Lines that are the same on both sides and stand around a difference. */
const AROUND = 2

/** Long texts and lists cut, so that what is left can be read. */
function shortened(value: JsonValue): JsonValue {
  if (typeof value === 'string') {
    return value.length <= LONGEST_TEXT
      ? value
      : `${value.slice(0, LONGEST_TEXT)}… +${value.length - LONGEST_TEXT}`
  }
  if (Array.isArray(value)) {
    const left = value.length - LONGEST_LIST
    if (left <= 1) return value.map(shortened)
    // What is new stands at the end.
    return [
      ...value.slice(0, 2).map(shortened),
      `… ${left} more …`,
      ...value.slice(2 - LONGEST_LIST).map(shortened),
    ]
  }
  if (!isObject(value)) return value
  const short: JsonObject = {}
  for (const [key, inner] of Object.entries(value)) short[key] = shortened(inner)
  return short
}

/** One line for each event, or for a run of events of one type. */
function eventLines(text: string): string[] {
  const lines: string[] = []
  let run = { type: '', count: 0, first: '' }
  const close = () => {
    if (run.count > 0) lines.push(run.count === 1 ? run.first : `${run.type} × ${run.count}`)
  }
  for (const block of text.split(/\r?\n\r?\n/)) {
    if (block.trim() === '') continue
    const type = eventType(block)
    if (run.count > 0 && run.type === type) run = { ...run, count: run.count + 1 }
    else {
      close()
      run = { type, count: 1, first: block.replace(/\s+/g, ' ').slice(0, LONGEST_TEXT) }
    }
  }
  close()
  return lines
}

function eventType(block: string): string {
  const named = /^event: ?(.+)$/m.exec(block)?.[1]?.trim()
  if (named !== undefined) return named
  const data = parseJson(/^data: ?(.+)$/m.exec(block)?.[1] ?? '')
  const kind = isObject(data) ? (data['type'] ?? data['object']) : undefined
  return typeof kind === 'string' ? kind : block.replace(/\s+/g, ' ').slice(0, 40)
}

function bodyLines(text: string | undefined): string[] {
  if (text === undefined) return ['(its body is not kept)']
  if (text.length > LONGEST_BODY) return [`(${text.length} characters: too long to be shown here)`]
  const body = parseJson(text)
  return body === undefined ? eventLines(text) : JSON.stringify(shortened(body), undefined, 2).split('\n')
}

/** Lines that are the same are left out but for those beside a difference. */
function difference(before: readonly string[], after: readonly string[]): WireLine[] {
  const parts = diffLines(`${before.join('\n')}\n`, `${after.join('\n')}\n`, { timeout: DIFF_MS })
  if (parts === undefined) return [{ kind: 'dim', text: '(too different to be compared)' }, ...same(after)]
  return parts.flatMap((part): WireLine[] => {
    const lines = part.value.replace(/\n$/, '').split('\n')
    if (part.added) return lines.map((text) => ({ kind: 'added', text }))
    if (part.removed) return lines.map((text) => ({ kind: 'removed', text }))
    const left = lines.length - 2 * AROUND
    if (left <= 1) return same(lines)
    return [
      ...same(lines.slice(0, AROUND)),
      { kind: 'dim', text: `… ${many(left, 'line')} the same …` },
      ...same(lines.slice(-AROUND)),
    ]
  })
}

function same(lines: readonly string[]): WireLine[] {
  return lines.map((text) => ({ kind: 'same', text }))
}

function title(text: string): WireLine {
  return { kind: 'title', text }
}

function attemptLines(request: ShownRequest, bodies: readonly WireBody[], sent: string[]): WireLine[] {
  return request.attempts.flatMap((attempt): WireLine[] => {
    const of = (which: WireBody['which']) =>
      bodies.find((body) => body.which === which && body.attempt === attempt.number)?.text
    const status = attempt.status === null ? 'no answer' : `status ${attempt.status}`
    const hub =
      attempt.mode === 'relay'
        ? [{ kind: 'dim', text: 'the same bytes, but for the name of the model and the credential' } as const]
        : difference(sent, bodyLines(of('upstream-request')))
    return [
      title(`The hub sent to ${attempt.channel}, ${attempt.protocol}: ${attempt.url}`),
      ...hub,
      title(`The provider sent: ${status}`),
      ...(attempt.errorText === null ? [] : [{ kind: 'removed', text: attempt.errorText } as const]),
      ...(attempt.mode === 'relay'
        ? [{ kind: 'dim', text: 'the same bytes as the agent got, but for the name of the model' } as const]
        : same(bodyLines(of('upstream-response')))),
    ]
  })
}

export function wireView(request: ShownRequest, bodies: readonly WireBody[]): WireView {
  const own = (which: WireBody['which']) =>
    bodies.find((body) => body.which === which && body.attempt === 0)?.text
  const sent = bodyLines(own('request'))
  const lines: WireLine[] = [
    title(`The agent sent ${request.method} ${request.path}, ${request.protocol}`),
    ...same(sent),
    ...attemptLines(request, bodies, sent),
    title(`The agent got: ${request.status === null ? 'nothing yet' : `status ${request.status}`}`),
    ...same(bodyLines(own('response'))),
  ]
  if (lines.length <= MOST_LINES) return { lines }
  const left = `… ${many(lines.length - MOST_LINES, 'line')} more: axonhub trace show ${request.id} --wire`
  return { lines: [...lines.slice(0, MOST_LINES), { kind: 'dim', text: left }] }
}
