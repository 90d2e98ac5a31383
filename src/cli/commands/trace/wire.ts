// `axonhub trace show REQUEST --wire`: what the agent sent, what the hub sent, what the provider sent, what the agent
// got, and what the hub changed. Long texts are shortened and runs of like events are one line; `--json` has all of it.

import { isObject, type JsonObject, type JsonValue, parseJson } from '../../../base/json.js'
import type { ShownAttempt, ShownRequest, TraceReader } from '../../../control/trace-reader.js'
import type { Cli } from '../../cli.js'
import { cut, plain, safeLine } from '../../table.js'
import { type DiffLine, diffBodies } from '../../trace-diff.js'
import { type ChunkTime, type TimelineEntry, timedEvents, timeline } from '../../trace-timeline.js'
import { bytes, count, duration, many } from '../../words.js'

type Which = ShownRequest['bodies'][number]['which']
export type WireBody = {
  readonly which: Which
  readonly attempt: number
  readonly text: string
  /** When the bytes of a stream passed, ms after the request began; none for other bodies. */
  readonly times: readonly ChunkTime[]
  /** Secrets that were taken out of it before it was stored. */
  readonly removed: number
}

const LONGEST_TEXT = 200
const LONGEST_LIST = 12

/** All bodies that are kept of a request, as text. */
export async function readWire(
  reader: TraceReader,
  { id, bodies, attempts, startedAt }: ShownRequest,
): Promise<WireBody[]> {
  const texts: WireBody[] = []
  for (const { which, attempt, removed } of bodies) {
    const question = { request: id, which, ...(attempt === 0 ? {} : { attempt }) }
    const body = await reader.body(question)
    const isAnswer = which === 'response' || which === 'upstream-response'
    const times = isAnswer ? await reader.times(question) : []
    // Those of a try count from its own beginning.
    const begun = attempts.find(({ number }) => number === attempt)?.startedAt ?? startedAt
    const late = begun - startedAt
    texts.push({
      which,
      attempt,
      text: Buffer.from(body).toString(),
      times: times.map(({ offset, atMs }) => ({ offset, atMs: atMs + late })),
      removed,
    })
  }
  return texts
}

/** The events of each streamed body with their times: `--json` has them beside the texts. */
export function wireTimelines(bodies: readonly WireBody[]) {
  return bodies.flatMap(({ which, attempt, text, times }) => {
    if (times.length === 0 || text.startsWith('{')) return []
    const events = timedEvents(text, times).map(({ type, atMs, bytes: size }) => ({
      type,
      atMs,
      bytes: size,
    }))
    return [{ which, attempt, events }]
  })
}

export function showWire(cli: Cli, request: ShownRequest, bodies: readonly WireBody[]): void {
  const bodyOf = (which: Which, attempt: number) =>
    bodies.find((body) => body.which === which && body.attempt === attempt)
  const sent = bodyOf('request', 0)
  title(cli, 'The agent sent', `${request.method} ${request.path}, ${request.protocol}`)
  showHeaders(cli, request.headers)
  showBody(cli, sent)
  for (const attempt of request.attempts) {
    const body = bodyOf('upstream-request', attempt.number)
    title(cli, 'The hub sent', `${attempt.url}, ${attempt.protocol}${tryOf(request, attempt)}`)
    if (attempt.mode === 'relay') showRelayed(cli, request, attempt)
    else {
      showBody(cli, body)
      showChanges(cli, sent, body)
    }
    const status = attempt.status === null ? 'no answer' : `status ${attempt.status}`
    title(
      cli,
      'The provider sent',
      `${status} after ${duration(attempt.durationMs)}${tryOf(request, attempt)}`,
    )
    if (attempt.upstreamRequestId !== null)
      cli.out.line(`  its id of the request: ${plain(attempt.upstreamRequestId)}`)
    showHeaders(cli, attempt.headers)
    if (attempt.errorText !== null) cli.out.line(`  ${cli.out.style.bad(plain(attempt.errorText))}`)
    if (attempt.mode === 'convert') showBody(cli, bodyOf('upstream-response', attempt.number))
    else if (attempt.outcome === 'completed')
      cli.out.line('  the same bytes as below, but for the name of the model')
  }
  title(cli, 'The agent got', `status ${request.status ?? '–'} after ${duration(request.durationMs)}`)
  showBody(cli, bodyOf('response', 0))
}

function tryOf({ attempts }: ShownRequest, { number }: ShownAttempt): string {
  return attempts.length > 1 ? ` (try ${number})` : ''
}

function title({ out }: Cli, name: string, about: string): void {
  out.line()
  out.line(cut(`${out.style.bold(name)}  ${plain(about)}`, out.width + 8))
}

function showHeaders({ out }: Cli, headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers))
    out.line(out.style.dim(`  ${plain(`${name}: ${value}`)}`))
}

/** A relay keeps no second copy: it changes the name of the model alone, in place. */
function showRelayed({ out }: Cli, { modelAsked }: ShownRequest, { modelUsed }: ShownAttempt): void {
  out.line('  the same bytes, but for the name of the model and the credential')
  if (modelAsked === modelUsed) return
  out.line(out.style.bad(`  - "model": ${safeLine(JSON.stringify(modelAsked))}`))
  out.line(out.style.good(`  + "model": ${safeLine(JSON.stringify(modelUsed))}`))
}

function showChanges(cli: Cli, sent: WireBody | undefined, made: WireBody | undefined): void {
  if (sent === undefined || made === undefined) return
  const { lines, bound } = diffBodies(sent.text, made.text)
  title(cli, 'What the hub changed', 'line by line, keys sorted')
  if (bound !== null) cli.out.line(cli.out.style.warn(`  ${bound}`))
  for (const line of lines) cli.out.line(changeLine(cli, line))
}

function changeLine({ out: { style } }: Cli, { type, text }: DiffLine): string {
  const safe = safeLine(text)
  switch (type) {
    case 'same':
      return `    ${safe}`
    case 'gone':
      return style.bad(`  - ${safe}`)
    case 'new':
      return style.good(`  + ${safe}`)
    case 'left-out':
      return style.dim(`    ⋯ ${safe}`)
  }
}

function showBody({ out }: Cli, shown: WireBody | undefined): void {
  if (shown === undefined) {
    out.line(out.style.dim('  (its body is not kept)'))
    return
  }
  const { text, times, removed } = shown
  const secrets = removed === 0 ? '' : `; ${many(removed, 'secret')} taken out before it was stored`
  out.line(out.style.dim(`  ${bytes(Buffer.byteLength(text))}${secrets}`))
  const body = parseJson(text)
  if (body === undefined) {
    for (const entry of timeline(timedEvents(text, times))) out.line(`  ${timelineLine(out, entry)}`)
    return
  }
  for (const line of JSON.stringify(shortened(body), undefined, 2).split('\n'))
    out.line(`  ${safeLine(line)}`)
}

const TIME_WIDTH = 9

/** `   1.204 s  content_block_delta × 40, 3.1 KB, until 2.871 s` */
function timelineLine({ style, width }: Cli['out'], entry: TimelineEntry): string {
  if (entry.type === 'pause')
    return style.warn(`${' '.repeat(TIME_WIDTH)}  ⋯ nothing for ${duration(entry.durationMs)}`)
  const { of, count: number, bytes: size, fromMs, toMs, first } = entry
  const at = fromMs === null ? '' : `${seconds(fromMs).padStart(TIME_WIDTH)}  `
  if (number === 1) {
    const data = first.replace(/^event: ?.*\r?\ndata: ?/, '')
    const words = data === first ? plain(first) : `${plain(of)} ${plain(data)}`
    return `${style.dim(at)}${cut(words, Math.max(width - at.length - 2, 20))}`
  }
  const until = toMs === null || toMs === fromMs ? '' : `, until ${seconds(toMs)}`
  return `${style.dim(at)}${plain(of)} × ${number}, ${bytes(size)}${until}`
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(3)} s`
}

function shortened(value: JsonValue): JsonValue {
  if (typeof value === 'string') {
    const left = value.length - LONGEST_TEXT
    return left <= 0 ? value : `${value.slice(0, LONGEST_TEXT)}… (${count(left)} more characters)`
  }
  if (Array.isArray(value)) {
    const left = value.length - LONGEST_LIST
    if (left <= 1) return value.map(shortened)
    // What is new stands at the end.
    const tail = value.slice(-LONGEST_LIST + 2).map(shortened)
    return [...value.slice(0, 2).map(shortened), `… ${left} more …`, ...tail]
  }
  if (!isObject(value)) return value
  const short: JsonObject = {}
  for (const [key, inner] of Object.entries(value)) short[key] = shortened(inner)
  return short
}
