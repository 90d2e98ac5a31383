// `axonhub trace show REQUEST --wire`: what the agent sent, what the hub sent, what the provider sent, what the agent
// got. Long texts are shortened and runs of like events are one line; `--json` has all of it whole.

import { isObject, type JsonObject, type JsonValue, parseJson } from '../../../base/json.js'
import type { ShownAttempt, ShownRequest, TraceReader } from '../../../control/trace-reader.js'
import type { Cli } from '../../cli.js'
import { cut, plain } from '../../table.js'
import { bytes, count, duration } from '../../words.js'

type Which = ShownRequest['bodies'][number]['which']
export type WireBody = { readonly which: Which; readonly attempt: number; readonly text: string }

const LONGEST_TEXT = 200
const LONGEST_LIST = 12

/** All bodies that are kept of a request, as text. */
export async function readWire(reader: TraceReader, { id, bodies }: ShownRequest): Promise<WireBody[]> {
  const texts: WireBody[] = []
  for (const { which, attempt } of bodies) {
    const body = await reader.body({ request: id, which, ...(attempt === 0 ? {} : { attempt }) })
    texts.push({ which, attempt, text: Buffer.from(body).toString() })
  }
  return texts
}

export function showWire(cli: Cli, request: ShownRequest, bodies: readonly WireBody[]): void {
  const textOf = (which: Which, attempt: number) =>
    bodies.find((body) => body.which === which && body.attempt === attempt)?.text
  const sent = textOf('request', 0)
  title(cli, 'The agent sent', `${request.method} ${request.path}, ${request.protocol}`)
  showHeaders(cli, request.headers)
  showBody(cli, sent)
  for (const attempt of request.attempts) {
    const body = textOf('upstream-request', attempt.number)
    title(cli, 'The hub sent', `${attempt.url}, ${attempt.protocol}${tryOf(request, attempt)}`)
    if (attempt.mode === 'relay')
      cli.out.line('  the same bytes, but for the name of the model and the credential')
    else {
      showFields(cli, sent, body)
      showBody(cli, body)
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
    if (attempt.mode === 'convert') showBody(cli, textOf('upstream-response', attempt.number))
    else if (attempt.outcome === 'completed')
      cli.out.line('  the same bytes as below, but for the name of the model')
  }
  title(cli, 'The agent got', `status ${request.status ?? '–'} after ${duration(request.durationMs)}`)
  showBody(cli, textOf('response', 0))
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

/** Which fields at the top only one of both has: the quickest way to see what a conversion did. */
function showFields({ out }: Cli, agent: string | undefined, hub: string | undefined): void {
  const left = fieldsOf(agent)
  const right = fieldsOf(hub)
  const gone = left.filter((field) => !right.includes(field))
  const fresh = right.filter((field) => !left.includes(field))
  if (gone.length > 0) out.line(out.style.bad(`  - ${plain(gone.join(', '))}`))
  if (fresh.length > 0) out.line(out.style.good(`  + ${plain(fresh.join(', '))}`))
}

function fieldsOf(text: string | undefined): string[] {
  const body = text === undefined ? undefined : parseJson(text)
  return isObject(body) ? Object.keys(body) : []
}

function showBody({ out }: Cli, text: string | undefined): void {
  if (text === undefined) {
    out.line(out.style.dim('  (its body is not kept)'))
    return
  }
  out.line(out.style.dim(`  ${bytes(Buffer.byteLength(text))}`))
  const body = parseJson(text)
  const lines =
    body === undefined ? eventLines(text) : JSON.stringify(shortened(body), undefined, 2).split('\n')
  for (const line of lines) out.line(`  ${line.replace(/\p{Cc}+/gu, ' ')}`)
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

/** One line for each event, or for a run of events of one type. */
function eventLines(text: string): string[] {
  const blocks = text.split(/\r?\n\r?\n/).filter((block) => block.trim() !== '')
  const lines: string[] = []
  let run: { readonly type: string; count: number; first: string } | undefined
  const close = () => {
    if (run === undefined) return
    lines.push(run.count === 1 ? run.first : `${run.type} × ${run.count}`)
    run = undefined
  }
  for (const block of blocks) {
    const type = eventType(block)
    if (run?.type === type) run.count++
    else {
      close()
      run = { type, count: 1, first: cut(plain(block), LONGEST_TEXT) }
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
  return typeof kind === 'string' ? kind : cut(plain(block), 40)
}
