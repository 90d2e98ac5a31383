// `axonhub trace list`.

import type { ListedTrace, TraceReader } from '../../../control/trace-reader.js'
import type { Cli } from '../../cli.js'
import { safeLine, table } from '../../table.js'
import { shortIds, tracesOr } from '../../traces.js'
import { ago, costs, count, inputTokens } from '../../words.js'

type ListTraces = Parameters<TraceReader['listTraces']>[0]

export type ListOptions = {
  readonly limit: number
  readonly agent?: 'codex' | 'claude' | 'other'
  readonly model?: string
  readonly channel?: string
  readonly status?: 'ok' | 'failed' | 'canceled' | 'running'
  /** ago: ms back from now · at: ms since the epoch. */
  readonly since?: { readonly type: 'ago' | 'at'; readonly ms: number }
  readonly text?: string
  readonly json?: boolean
}

const SHORT_AGENT = { codex: 'codex', 'claude-code': 'claude', other: 'other' } as const

function state({ running, failed }: ListedTrace): string {
  if (running > 0) return 'running'
  return failed > 0 ? `${failed} failed` : 'ok'
}

function questionOf(options: ListOptions, now: number): ListTraces {
  const { limit, agent, since, text, model, channel, status } = options
  return {
    limit,
    ...(agent === undefined ? {} : { agent: agent === 'claude' ? 'claude-code' : agent }),
    ...(since === undefined ? {} : { since: since.type === 'ago' ? now - since.ms : since.ms }),
    ...(text === undefined ? {} : { text }),
    ...(model === undefined ? {} : { model }),
    ...(channel === undefined ? {} : { channel }),
    ...(status === undefined ? {} : { status }),
  }
}

/** The words that were looked for, where they stand, under the table: a table has no room for them. */
function showMatches({ out }: Cli, traces: readonly ListedTrace[], short: ReadonlyMap<string, string>): void {
  for (const { id, match } of traces) {
    if (match === null) continue
    let words = ''
    let at = 0
    for (const [from, to] of match.hits) {
      words += safeLine(match.text.slice(at, from)) + out.style.warn(safeLine(match.text.slice(from, to)))
      at = to
    }
    words += safeLine(match.text.slice(at))
    const who = match.which === 'request' ? 'asked' : 'answered'
    out.line(`${out.style.accent(short.get(id) ?? id)}  ${who}: ${words}`)
  }
}

function nothing(question: ListTraces): string {
  return Object.keys(question).length > 1
    ? 'No conversation fits. "axonhub trace list" shows all of them.'
    : 'No conversations yet. "axonhub run codex" or "axonhub run claude" begins one.'
}

export async function listTraces(cli: Cli, options: ListOptions): Promise<void> {
  const { out, deps } = cli
  const question = questionOf(options, deps.clock.now())
  const traces = await tracesOr(cli, (reader) => reader.listTraces(question), [])
  if (options.json === true) return out.json(traces)
  if (traces.length === 0) return out.line(nothing(question))
  const short = shortIds(traces.map(({ id }) => id))
  const now = deps.clock.now()
  const rows = traces.map((trace) => [
    short.get(trace.id) ?? trace.id,
    ago(trace.lastAt, now),
    SHORT_AGENT[trace.agent],
    `${trace.source === 'replay' ? '↻ ' : ''}${trace.title ?? '–'}`,
    trace.models.join(' ') || '–',
    `${count(inputTokens(trace.usage))}/${count(trace.usage.output)}`,
    trace.unpriced > 0 && trace.cost === 0 ? '–' : costs(trace),
    String(trace.requests),
    state(trace),
  ])
  const columns = [
    { title: 'id', paint: out.style.accent },
    { title: 'when' },
    { title: 'agent' },
    { title: 'title', flexible: true },
    { title: 'models', flexible: true },
    { title: 'in/out', align: 'right' as const },
    { title: 'cost', align: 'right' as const },
    { title: 'req', align: 'right' as const },
    { title: 'state' },
  ]
  for (const line of table(columns, rows, out.width)) out.line(line)
  if (question.text !== undefined) {
    out.line()
    showMatches(cli, traces, short)
  }
}
