// `axonhub trace list`.

import type { ListedTrace } from '../../../control/trace-reader.js'
import type { Cli } from '../../cli.js'
import { table } from '../../table.js'
import { shortIds, tracesOr } from '../../traces.js'
import { ago, costs, count, inputTokens } from '../../words.js'

type Options = {
  readonly limit: number
  readonly agent?: 'codex' | 'claude' | 'other'
  readonly json?: boolean
}

const SHORT_AGENT = { codex: 'codex', 'claude-code': 'claude', other: 'other' } as const

function state({ running, failed }: ListedTrace): string {
  if (running > 0) return 'running'
  return failed > 0 ? `${failed} failed` : 'ok'
}

export async function listTraces(cli: Cli, options: Options): Promise<void> {
  const { out, deps } = cli
  const agent = options.agent === 'claude' ? 'claude-code' : options.agent
  const traces = await tracesOr(
    cli,
    (reader) => reader.listTraces({ limit: options.limit, ...(agent === undefined ? {} : { agent }) }),
    [],
  )
  if (options.json === true) return out.json(traces)
  if (traces.length === 0)
    return out.line('No conversations yet. "axonhub run codex" or "axonhub run claude" begins one.')
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
}
