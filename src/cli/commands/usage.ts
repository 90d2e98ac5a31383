// `axonhub usage`: tokens and cost, added up.

import { type Command, Option } from 'commander'
import { type ShownUsage, USAGE_GROUPS } from '../../control/trace-reader.js'
import { timeSpan } from '../arguments.js'
import type { Cli } from '../cli.js'
import { examples } from '../help.js'
import { type Column, table, wrapped } from '../table.js'
import { shortIds, tracesOr } from '../traces.js'
import { costs, count, inputTokens } from '../words.js'

type Options = {
  readonly by: (typeof USAGE_GROUPS)[number]
  /** Ms. */
  readonly since?: number
  readonly json?: boolean
}

export function configure(command: Command, cli: Cli): void {
  command
    .addOption(new Option('--by <what>', 'what to add up by').choices(USAGE_GROUPS).default('day'))
    .option('--since <duration>', 'only of the last while, for example 7d', timeSpan)
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      examples(
        ['axonhub usage --since 7d', ''],
        ['axonhub usage --by model', 'which models the money goes to'],
      ),
    )
    .action((options: Options) => usage(cli, options))
}

async function usage(cli: Cli, { by, since, json }: Options): Promise<void> {
  const { out, deps } = cli
  const question = { by, ...(since === undefined ? {} : { since: deps.clock.now() - since }) }
  const rows = await tracesOr(cli, (reader) => reader.usage(question), [])
  if (json === true) return out.json(rows)
  if (rows.length === 0) return out.line('No requests yet.')
  const short = by === 'trace' ? shortIds(rows.map(({ key }) => key)) : undefined
  const cells = rows.map((row) => [
    short?.get(row.key) ?? row.key,
    ...(by === 'trace' ? [row.title ?? '–'] : []),
    ...figures(row),
  ])
  const columns: Column[] = [
    { title: by, paint: out.style.accent, flexible: by !== 'trace' },
    ...(by === 'trace' ? [{ title: 'title', flexible: true }] : []),
    ...['req', 'failed', 'in', 'cached', 'out', 'cost'].map((title) => ({ title, align: 'right' as const })),
  ]
  const total = by === 'trace' ? ['total', '', ...figures(sum(rows))] : ['total', ...figures(sum(rows))]
  for (const line of table(columns, rows.length > 1 ? [...cells, total] : cells, out.width)) out.line(line)
  const { unpriced } = sum(rows)
  if (unpriced === 0) return
  const why = 'have no known price (a plan, a server of your own, an unlisted model).'
  for (const line of wrapped(`${unpriced} of the requests ${why}`, out.width)) out.note(line)
}

function figures({ requests, failed, usage: tokens, cost, unpriced }: ShownUsage): string[] {
  const input = inputTokens(tokens)
  return [
    String(requests),
    String(failed),
    count(input),
    input === 0 ? '–' : `${Math.round((tokens.cacheRead / input) * 100)}%`,
    count(tokens.output),
    costs({ usage: tokens, cost, unpriced }),
  ]
}

function sum(rows: readonly ShownUsage[]): ShownUsage {
  return rows.reduce((all, row) => ({
    key: '',
    title: null,
    requests: all.requests + row.requests,
    failed: all.failed + row.failed,
    cost: all.cost + row.cost,
    unpriced: all.unpriced + row.unpriced,
    usage: {
      inputFresh: all.usage.inputFresh + row.usage.inputFresh,
      cacheRead: all.usage.cacheRead + row.usage.cacheRead,
      cacheWrite5m: all.usage.cacheWrite5m + row.usage.cacheWrite5m,
      cacheWrite1h: all.usage.cacheWrite1h + row.usage.cacheWrite1h,
      output: all.usage.output + row.usage.output,
      reasoning: all.usage.reasoning + row.usage.reasoning,
    },
  }))
}
