// `axonhub trace show`: turns, their requests, and of each request the attempts, the decision, the notes, the figures.

import type { ShownAttempt, ShownRequest, ShownTrace } from '../../../control/trace-reader.js'
import type { Cli } from '../../cli.js'
import { cut, plain } from '../../table.js'
import { isNotFound, withTraces } from '../../traces.js'
import { ago, clockTime, costs, count, dollars, duration, many, shortPath, tokens } from '../../words.js'
import { readWire, showWire, wireTimelines } from './wire.js'

type Found =
  | { readonly type: 'trace'; readonly trace: ShownTrace }
  | { readonly type: 'request'; readonly request: ShownRequest }

/** A trace of this id, else a request. The trace's error is the one that is told. */
function find(cli: Cli, id: string): Promise<Found> {
  return withTraces(cli, async (reader): Promise<Found> => {
    try {
      return { type: 'trace', trace: await reader.showTrace(id) }
    } catch (thrown) {
      if (!isNotFound(thrown)) throw thrown
      const request = await reader.showRequest(id).catch(() => undefined)
      if (request === undefined) throw thrown
      return { type: 'request', request }
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

function showAttempt({ out }: Cli, attempt: ShownAttempt): void {
  const how = attempt.mode === 'relay' ? 'relayed' : `converted to ${attempt.protocol}`
  const key = attempt.key === null ? '' : ` with key ${attempt.key}`
  const status = attempt.status === null ? 'no answer' : String(attempt.status)
  out.line(
    `      try ${attempt.number}: ${attempt.modelUsed} on ${attempt.channel}${key}, ${how}: ${status} after ${duration(attempt.durationMs)}`,
  )
  if (attempt.errorText !== null) out.line(`        ${out.style.bad(plain(attempt.errorText))}`)
}

/** The cost with the price that made it. */
function price({ usage, cost, price }: ShownRequest): string[] {
  if (usage === null) return []
  if (cost === null || price === null) return ['unpriced']
  const { input = '?', output = '?' } = price.rates
  return [`${dollars(cost)} at $${input}/$${output} per million (${price.source}, ${price.date})`]
}

function cacheLoss({
  tokens: lost,
  dollars: money,
  detail,
}: NonNullable<ShownRequest['cacheBreak']>): string {
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

/** `said`: the decision that was shown last; it is not repeated. */
function showRequest(cli: Cli, request: ShownRequest, said: string): string {
  const { out } = cli
  const { style } = out
  const purpose = request.purpose === 'turn' ? '' : ` ${request.purpose}`
  const subagent = request.subagent === null ? '' : ` subagent ${request.subagent.slice(0, 8)}`
  const used = request.modelUsed === null ? 'nobody' : `${request.modelUsed} on ${request.channel ?? '?'}`
  const mode = request.mode === null ? '' : request.mode === 'relay' ? ', relayed' : ', converted'
  const status = request.status === null ? '' : ` ${request.status}`
  out.line(
    `  ${mark(cli, request.outcome)} ${style.accent(request.id.slice(0, 11))}${style.dim(purpose + subagent)} ${plain(request.modelAsked)} → ${plain(used)}${mode}${status}`,
  )
  out.line(`      ${figures(request).join(' · ')}`)
  if (request.cacheBreak !== null)
    out.line(`      ${style.warn('cache lost')} ${cacheLoss(request.cacheBreak)}`)
  if (request.errorText !== null)
    out.line(`      ${style.bad(`${request.errorCode ?? 'error'}: ${plain(request.errorText)}`)}`)
  const isPlain = request.attempts.length === 1 && request.attempts[0]?.outcome === 'completed'
  if (!isPlain) for (const attempt of request.attempts) showAttempt(cli, attempt)
  const upstream = request.attempts.at(-1)?.upstreamRequestId
  if (upstream !== null && upstream !== undefined)
    out.line(style.dim(`      provider's id: ${plain(upstream)}`))
  const decision = request.decision.join('\n')
  if (decision !== said) for (const line of request.decision) out.line(style.dim(`      · ${plain(line)}`))
  for (const { kind, path, reason } of request.notes) {
    out.line(`      ${style.warn(kind)} ${plain(path)}: ${plain(reason)}`)
  }
  return decision
}

function showHead(cli: Cli, trace: ShownTrace): void {
  const { out, deps } = cli
  const where = trace.directory === null ? '' : ` in ${shortPath(trace.directory, deps.userHome)}`
  out.line(`${out.style.bold('Trace')} ${out.style.accent(trace.id)}`)
  if (trace.title !== null) out.line(out.style.bold(cut(plain(trace.title), out.width)))
  out.line(`${trace.agent}${trace.agentVersion === null ? '' : ` ${trace.agentVersion}`}${plain(where)}`)
  const failed = trace.failed === 0 ? '' : `, ${trace.failed} failed`
  const used = ago(trace.lastAt, deps.clock.now())
  out.line(
    `${many(trace.turns.length, 'turn')}, ${many(trace.requests, 'request')}${failed}; last used ${used}`,
  )
  const cost = costs(trace)
  out.line(`${tokens(trace.usage)}${cost === '–' ? '' : `, ${cost}`}`)
}

/** Throws HubError `not-found` when the id is not that of a request. */
async function showRequestWire(cli: Cli, id: string, json: boolean): Promise<void> {
  const { out } = cli
  const { request, bodies } = await withTraces(cli, async (reader) => {
    const request = await reader.showRequest(id)
    return { request, bodies: await readWire(reader, request) }
  })
  if (json) {
    const texts = bodies.map(({ which, attempt, text }) => ({ which, attempt, text }))
    return out.json({ ...request, texts, timelines: wireTimelines(bodies) })
  }
  out.line(`${out.style.bold('Request')} of trace ${out.style.accent(request.traceId)}`)
  showRequest(cli, request, '')
  showWire(cli, request, bodies)
}

type Options = { readonly json?: boolean; readonly wire?: boolean }

export async function showTrace(
  cli: Cli,
  id: string,
  { json = false, wire = false }: Options,
): Promise<void> {
  const { out } = cli
  if (wire) return showRequestWire(cli, id, json)
  const found = await find(cli, id)
  if (json) return out.json(found.type === 'trace' ? found.trace : found.request)
  if (found.type === 'request') {
    out.line(`${out.style.bold('Request')} of trace ${out.style.accent(found.request.traceId)}`)
    showRequest(cli, found.request, '')
    return
  }
  showHead(cli, found.trace)
  let said = ''
  for (const turn of found.trace.turns) {
    const prompt = turn.prompt === null ? '' : `  ${plain(turn.prompt)}`
    out.line()
    out.line(
      cut(`${out.style.bold(`Turn ${turn.number}`)}  ${clockTime(turn.startedAt)}${prompt}`, out.width + 8),
    )
    for (const request of turn.requests) said = showRequest(cli, request, said)
  }
}
