// `axonhub trace list`.

import { type AgentWord, agentNamed, agentWord } from '../../../base/agent-name.js'
import type { ListedTrace, TraceReader } from '../../../control/trace-reader.js'
import type { Cli } from '../../cli.js'
import type { Paint } from '../../output.js'
import { safeLine, table, wrapped } from '../../table.js'
import { shortIds, tracesOr } from '../../traces.js'
import { ago, costs, count, inputTokens } from '../../words.js'

type Hits = NonNullable<ListedTrace['match']>['hits']

type ListTraces = Parameters<TraceReader['listTraces']>[0]

export type ListOptions = {
  readonly limit: number
  readonly agent?: AgentWord
  readonly model?: string
  readonly channel?: string
  readonly status?: 'ok' | 'failed' | 'canceled' | 'running'
  /** ago: ms back from now · at: ms since the epoch. */
  readonly since?: { readonly type: 'ago' | 'at'; readonly ms: number }
  readonly text?: string
  readonly json?: boolean
}

function state({ running, failed, canceled }: ListedTrace): string {
  if (running > 0) return 'running'
  if (failed > 0) return `${failed} failed`
  return canceled > 0 ? `${canceled} canceled` : 'ok'
}

function questionOf(options: ListOptions, now: number): ListTraces {
  const { limit, since, text, model, channel, status } = options
  const agent = options.agent === undefined ? undefined : agentNamed(options.agent)
  return {
    limit,
    ...(agent === undefined ? {} : { agent }),
    ...(since === undefined ? {} : { since: since.type === 'ago' ? now - since.ms : since.ms }),
    ...(text === undefined ? {} : { text }),
    ...(model === undefined ? {} : { model }),
    ...(channel === undefined ? {} : { channel }),
    ...(status === undefined ? {} : { status }),
  }
}

/** A line that begins at offset `start` of the text in which the hits are counted, with the hits in colour. */
function marked(line: string, start: number, hits: Hits, paint: Paint): string {
  let shown = ''
  let at = 0
  for (const [from, to] of hits) {
    const left = Math.max(at, Math.min(line.length, from - start))
    const right = Math.max(left, Math.min(line.length, to - start))
    shown += safeLine(line.slice(at, left)) + paint(safeLine(line.slice(left, right)))
    at = right
  }
  return shown + safeLine(line.slice(at))
}

/** The words that were looked for, where they stand, under the table: a table has no room for them. */
function showMatches({ out }: Cli, traces: readonly ListedTrace[], short: ReadonlyMap<string, string>): void {
  for (const { id, match } of traces) {
    if (match === null) continue
    const name = short.get(id) ?? id
    const who = match.which === 'request' ? 'asked: ' : 'answered: '
    const indent = name.length + 2 + who.length
    let start = 0
    for (const line of wrapped(match.text, out.width - indent)) {
      const head = start === 0 ? `${out.style.accent(name)}  ${who}` : ' '.repeat(indent)
      out.line(head + marked(line, start, match.hits, out.style.warn))
      // The blank at which the line was broken belongs to none.
      start += line.length + 1
    }
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
    agentWord(trace.agent),
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
