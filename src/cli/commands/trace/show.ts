// `axonhub trace show`: turns, their requests with what was said, and of each the attempts, the decision, the notes, the
// figures.

import type { ShownAttempt, ShownRequest, ShownTrace, TraceReader } from '../../../control/trace-reader.js'
import type { Said } from '../../../export/conversation.js'
import type { Cli } from '../../cli.js'
import { linesTogether } from '../../output.js'
import { cut, plain, widthOf } from '../../table.js'
import { showAnswered, showAsked, textLines } from '../../trace-said.js'
import { isNotFound, withTraces } from '../../traces.js'
import { ago, clockTime, costs, count, dollars, duration, many, shortPath, tokens } from '../../words.js'
import { findRequest } from './find-request.js'
import { readWire, showWire, wireTimelines } from './wire.js'

export type ShowOptions = {
  readonly json?: boolean
  readonly wire?: boolean
  /** Nothing folded. */
  readonly full?: boolean
  /** Only figures. */
  readonly brief?: boolean
}

type Found =
  | { readonly type: 'trace'; readonly trace: ShownTrace; readonly said: ReadonlyMap<string, Said> }
  | { readonly type: 'request'; readonly request: ShownRequest; readonly said: ReadonlyMap<string, Said> }

/** What of a long conversation is read to be shown; `--full` reads all of it. */
const LIMITS = { requests: 20, bytes: 8_000_000 }

/** Reads every protocol, so it takes its time to load: begun before anything is asked. */
const loadReading = () => import('../../../export/conversation.js')

/** What was said; nothing where only figures are wanted. */
async function saidIn(
  reader: TraceReader,
  requests: readonly ShownRequest[],
  options: ShowOptions,
): Promise<ReadonlyMap<string, Said>> {
  if (!wantsWords(options)) return new Map()
  const { readConversation } = await loadReading()
  const most = Number.MAX_SAFE_INTEGER
  const limits = options.full === true ? { requests: most, bytes: most } : LIMITS
  return readConversation(requests, (question) => reader.body(question), limits)
}

function wantsWords({ json, brief }: ShowOptions): boolean {
  return json !== true && brief !== true
}

/** A trace of this id, else a request. The trace's error is the one that is told. */
function find(cli: Cli, id: string, options: ShowOptions): Promise<Found> {
  return withTraces(cli, async (reader): Promise<Found> => {
    const loading = wantsWords(options) ? loadReading() : undefined
    try {
      const trace = await reader.showTrace(id)
      await loading
      const requests = trace.turns.flatMap((turn) => turn.requests)
      return { type: 'trace', trace, said: await saidIn(reader, requests, options) }
    } catch (thrown) {
      if (!isNotFound(thrown)) throw thrown
      const request = await reader.showRequest(id).catch(() => undefined)
      if (request === undefined) throw thrown
      return { type: 'request', request, said: await saidIn(reader, [request], options) }
    }
  })
}

function mark({ out }: Cli, outcome: ShownRequest['outcome']): string {
  switch (outcome) {
    case 'completed':
      return out.style.good('✓')
    case 'running':
      return out.style.accent('▶')
    case 'failed':
    case 'interrupted':
      return out.style.bad('✗')
    case 'canceled':
      return out.style.warn('○')
  }
}

/** Whoever asks chooses the name of a model; a line stays a line. */
function name(model: string): string {
  return cut(plain(model), 26)
}

function badLines({ out }: Cli, text: string, indent: string): void {
  for (const line of textLines(text, indent, out.width)) out.line(out.style.bad(line))
}

function showAttempt(cli: Cli, attempt: ShownAttempt): void {
  const { out } = cli
  const how = attempt.mode === 'relay' ? 'relayed' : `converted to ${attempt.protocol}`
  const key = attempt.key === null ? '' : ` with key ${attempt.key}`
  const status = attempt.status === null ? 'no answer' : String(attempt.status)
  out.line(
    `      try ${attempt.number}: ${name(attempt.modelUsed)} on ${attempt.channel}${key}, ${how}: ${status} after ${duration(attempt.durationMs)}`,
  )
  if (attempt.errorText !== null) badLines(cli, attempt.errorText, '        ')
}

/** The cost with the price that made it. */
function price({ usage, cost, price }: ShownRequest): string[] {
  if (usage === null) return []
  if (cost === null || price === null) return ['unpriced']
  const { input = '?', output = '?' } = price.rates
  return [`${dollars(cost)} at $${input}/$${output} per million (${price.source}, ${price.date})`]
}

/** A provider that tells no figures of its cache may have lost none. */
function cacheWord({ tokens }: NonNullable<ShownRequest['cacheBreak']>): string {
  return tokens === 0 ? 'prompt changed' : 'cache lost'
}

function cacheLoss({
  tokens: lost,
  dollars: money,
  detail,
}: NonNullable<ShownRequest['cacheBreak']>): string {
  if (lost === 0) return plain(detail)
  const cost = money === null ? '' : ` (${dollars(money)} more)`
  return `${count(lost)} tokens${cost}: ${plain(detail)}`
}

function gaps({ gaps: silences }: ShownRequest): string[] {
  const longest = silences.reduce((most, { durationMs }) => Math.max(most, durationMs), 0)
  return silences.length === 0
    ? []
    : [`${many(silences.length, 'silence')}, the longest ${duration(longest)}`]
}

function figures(request: ShownRequest): string[] {
  return [
    duration(request.durationMs),
    ...(request.firstTokenMs === null ? [] : [`first token after ${duration(request.firstTokenMs)}`]),
    ...gaps(request),
    ...(request.usage === null ? [] : [tokens(request.usage)]),
    ...price(request),
    ...(request.stopReason === null ? [] : [`ended by ${request.stopReason}`]),
  ]
}

/** Figures beside each other as far as the line goes. */
function figureLines(words: readonly string[], width: number): string[] {
  const lines: string[] = []
  for (const word of words) {
    const last = lines.at(-1)
    if (last === undefined || last.length + word.length + 3 > width) lines.push(`      ${word}`)
    else lines[lines.length - 1] = `${last} · ${word}`
  }
  return lines
}

/** A line of the decision behind its dot. */
function hanging(text: string, width: number): string[] {
  return textLines(text, '        ', width).map((line, index) =>
    index === 0 ? `      · ${line.trimStart()}` : line,
  )
}

/** What was shown of the request before: it is not told again. */
type Told = { readonly decision: string; readonly notes: string }
const NOTHING_TOLD: Told = { decision: '', notes: '' }

function showRequest(cli: Cli, request: ShownRequest, told: Told): Told {
  const { out } = cli
  const { style } = out
  const purpose = request.purpose === 'turn' ? '' : ` ${request.purpose}`
  const subagent = request.subagent === null ? '' : ` subagent ${request.subagent.slice(0, 8)}`
  const used =
    request.modelUsed === null ? 'nobody' : `${name(request.modelUsed)} on ${request.channel ?? '?'}`
  const mode = request.mode === null ? '' : request.mode === 'relay' ? ', relayed' : ', converted'
  const status = request.status === null ? '' : ` ${request.status}`
  const head = `  ${mark(cli, request.outcome)} ${style.accent(request.id.slice(0, 11))}${style.dim(purpose + subagent)}`
  const way = `→ ${plain(used)}${mode}${status}`
  const asked = request.modelAsked === '' ? 'no model' : name(request.modelAsked)
  const width = 15 + widthOf(`${purpose}${subagent} ${asked} ${way}`)
  if (width <= out.width) out.line(`${head} ${asked} ${way}`)
  else {
    out.line(`${head} ${asked}`)
    out.line(`      ${way}`)
  }
  for (const line of figureLines(figures(request), out.width)) out.line(line)
  if (request.cacheBreak !== null)
    out.line(`      ${style.warn(cacheWord(request.cacheBreak))} ${cacheLoss(request.cacheBreak)}`)
  if (request.errorText !== null)
    badLines(cli, `${request.errorCode ?? 'error'}: ${request.errorText}`, '      ')
  const isPlain = request.attempts.length === 1 && request.attempts[0]?.outcome === 'completed'
  if (!isPlain) for (const attempt of request.attempts) showAttempt(cli, attempt)
  const upstream = request.attempts.at(-1)?.upstreamRequestId
  if (upstream !== null && upstream !== undefined)
    out.line(style.dim(`      provider's id: ${plain(upstream)}`))
  const decision = request.decision.join('\n')
  if (decision !== told.decision)
    for (const line of request.decision)
      for (const part of hanging(plain(line), out.width)) out.line(style.dim(part))
  return { decision, notes: showNotes(cli, request, told.notes) }
}

/** What a conversion could not carry. Gives back what was told. */
function showNotes({ out }: Cli, { notes }: ShownRequest, before: string): string {
  const lines = notes.map(({ kind, path, reason }) => `${kind} ${plain(path)}: ${plain(reason)}`)
  const words = lines.join('\n')
  if (words === '') return words
  if (words === before) {
    out.line(out.style.dim(`      ${many(notes.length, 'note')}, the same as before`))
    return words
  }
  for (const line of lines)
    for (const [index, part] of textLines(line, '        ', out.width).entries())
      out.line(index === 0 ? `      ${out.style.warn(part.trimStart())}` : out.style.warn(part))
  return words
}

function showHead(cli: Cli, trace: ShownTrace): void {
  const { out, deps } = cli
  const where = trace.directory === null ? '' : ` in ${plain(shortPath(trace.directory, deps.userHome))}`
  out.line(`${out.style.bold('Trace')} ${out.style.accent(trace.id)}`)
  if (trace.title !== null) out.line(out.style.bold(cut(plain(trace.title), out.width)))
  const version = trace.agentVersion === null ? '' : ` ${plain(trace.agentVersion)}`
  out.line(cut(`${trace.agent}${version}${where}`, out.width))
  const failed = trace.failed === 0 ? '' : `, ${trace.failed} failed`
  const used = ago(trace.lastAt, deps.clock.now())
  out.line(
    `${many(trace.turns.length, 'turn')}, ${many(trace.requests, 'request')}${failed}; last used ${used}`,
  )
  const cost = costs(trace)
  out.line(`${tokens(trace.usage)}${cost === '–' ? '' : `, ${cost}`}`)
}

/** Throws HubError as findRequest does. */
async function showRequestWire(cli: Cli, id: string, json: boolean): Promise<void> {
  const { out } = cli
  const { request, bodies } = await withTraces(cli, async (reader) => {
    const request = await findRequest(reader, id)
    return { request, bodies: await readWire(reader, request) }
  })
  if (json) {
    const texts = bodies.map(({ which, attempt, text }) => ({ which, attempt, text }))
    return out.json({ ...request, texts, timelines: wireTimelines(bodies) })
  }
  out.line(`${out.style.bold('Request')} of trace ${out.style.accent(request.traceId)}`)
  showRequest(cli, request, NOTHING_TOLD)
  showWire(cli, request, bodies)
}

export async function showTrace(cli: Cli, id: string, options: ShowOptions): Promise<void> {
  const { out } = cli
  const { json = false, wire = false } = options
  if (wire) return showRequestWire(cli, id, json)
  const found = await find(cli, id, options)
  if (json) return out.json(found.type === 'trace' ? found.trace : found.request)
  linesTogether(out, (together) => showFound({ ...cli, out: together }, found, options))
}

function showFound(cli: Cli, found: Found, options: ShowOptions): void {
  const { out } = cli
  if (found.type === 'request') {
    const { request, said } = found
    const { full = false, brief = false } = options
    out.line(`${out.style.bold('Request')} of trace ${out.style.accent(request.traceId)}`)
    if (!brief) showAsked({ out, full }, said.get(request.id), request.prompt)
    showRequest(cli, request, NOTHING_TOLD)
    showAnswered({ out, full }, said.get(request.id))
    return
  }
  showHead(cli, found.trace)
  showTurns(cli, found.trace, found.said, options)
}

/** What a subagent did stands beside the conversation, behind a line. */
function branch(cli: Cli): Cli {
  const { out } = cli
  const edge = `  ${out.style.dim('│')} `
  const line = (text = '') => out.line(`${edge}${text}`.trimEnd())
  return { ...cli, out: { ...out, line, width: out.width - 4 } }
}

function showTurns(
  cli: Cli,
  trace: ShownTrace,
  said: ReadonlyMap<string, Said>,
  { full = false, brief = false }: ShowOptions,
): void {
  const { out } = cli
  let told = NOTHING_TOLD
  let shortened = 0
  for (const turn of trace.turns) {
    out.line()
    out.line(`${out.style.bold(`Turn ${turn.number}`)}  ${clockTime(turn.startedAt)}`)
    const first = turn.requests.find(({ purpose, subagent }) => purpose === 'turn' && subagent === null)
    if (first === undefined && turn.prompt !== null) showAsked({ out, full }, undefined, turn.prompt)
    const branches = new Set<string>()
    for (const request of turn.requests) {
      const words = said.get(request.id)
      const { subagent } = request
      const place = subagent === null ? cli : branch(cli)
      if (request === first) showAsked({ out, full }, words, turn.prompt)
      else if (subagent !== null && !branches.has(subagent)) {
        branches.add(subagent)
        out.line(out.style.dim(`  ├ subagent ${plain(subagent)}`))
        showAsked({ out: place.out, full }, words, null)
      }
      told = showRequest(place, request, told)
      showAnswered({ out: place.out, full }, words)
      if (words === undefined) shortened += 1
    }
  }
  if (brief || shortened === 0) return
  const what = `What was said in ${many(shortened, 'older request')} is not shown; --full shows all.`
  out.note(what)
}
