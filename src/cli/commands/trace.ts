// `axonhub trace`: what happened.

import { type Command, InvalidArgumentError, Option } from 'commander'
import { AGENT_WORDS } from '../../base/agent-name.js'
import { parseDuration } from '../../config/units.js'
import { sizeLimit, timeSpan } from '../arguments.js'
import type { Cli } from '../cli.js'
import { examples } from '../help.js'
import type { ListOptions } from './trace/list.js'
import type { ReplayOptions } from './trace/replay.js'
import type { ShowOptions } from './trace/show.js'

function limit(value: string): number {
  const number = Number(value)
  if (/^\d{1,4}$/.test(value) && number > 0) return number
  throw new InvalidArgumentError('It is a number from 1 to 9999.')
}

/** A time that has passed: a span back from now, or the beginning of a local day. Gives ms since the epoch, or the span. */
function pastTime(value: string): ListOptions['since'] {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(value) ?? []
  if (year === undefined) {
    const ms = parseDuration(value)
    if (ms !== undefined) return { type: 'ago', ms }
    throw new InvalidArgumentError('It is a duration with its unit (2h, 3d), or a date as 2026-11-20.')
  }
  const date = new Date(Number(year), Number(month) - 1, Number(day))
  if (date.getMonth() === Number(month) - 1) return { type: 'at', ms: date.getTime() }
  throw new InvalidArgumentError('There is no such day.')
}

type ExportOptions = { readonly format: 'html' | 'har' | 'jsonl'; readonly output?: string }

type PruneOptions = {
  readonly olderThan?: number
  readonly maxSize?: number
  readonly dryRun?: boolean
  readonly json?: boolean
}

function configureReading(command: Command, cli: Cli): void {
  command
    .command('list')
    .description('conversations, the most recently used first')
    .option('-n, --limit <number>', 'at most this many', limit, 20)
    .addOption(new Option('-a, --agent <agent>', 'of this agent alone').choices(AGENT_WORDS))
    .option('-m, --model <part>', 'a part of the name of a model that was asked for or answered')
    .option('-c, --channel <name>', 'that this channel answered')
    .addOption(
      new Option('-s, --status <status>', 'how they went').choices(['ok', 'failed', 'canceled', 'running']),
    )
    .option('--since <time>', 'used since then: 2h, 3d, or a date as 2026-11-20', pastTime)
    .option('-t, --text <words>', 'whose prompts or answers have all these words; "in quotes": side by side')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      examples(
        ['axonhub trace list -n 5 --agent claude', ''],
        ['axonhub trace list --since 2d --status failed', 'what went wrong lately?'],
        ['axonhub trace list --text "database migration"', 'where was that?'],
      ),
    )
    .action(async (options: ListOptions) => (await import('./trace/list.js')).listTraces(cli, options))
  command
    .command('show')
    .description('one conversation: turns, requests, what was decided, what was lost, what it took')
    .argument('<id>', 'the id of a trace or of a request, or its beginning')
    .option('--wire', 'of a request: what agent, hub and provider sent each other')
    .option('--full', 'all that was said, nothing folded or shortened')
    .option('--brief', 'only what was decided and what it took, not what was said')
    .option('--json', 'print JSON')
    .addHelpText('after', examples(['axonhub trace show 0199ab3c', 'the beginning of an id is enough']))
    .action(async (id: string, options: ShowOptions) =>
      (await import('./trace/show.js')).showTrace(cli, id, options),
    )
  command
    .command('tail')
    .description('requests as they happen, until Ctrl-C')
    .option('--json', 'one JSON object per line')
    .addHelpText('after', examples(['axonhub trace tail', 'beside a working agent']))
    .action(async ({ json }: { json?: boolean }) =>
      (await import('./trace/tail.js')).tail(cli, json === true),
    )
}

function configureUsing(command: Command, cli: Cli): void {
  command
    .command('export')
    .description(
      'one conversation as a file, secrets removed: a page to attach to a report, a HAR, or JSON lines',
    )
    .argument('<id>', 'the id of a trace, or its beginning')
    .addOption(
      new Option('-f, --format <format>', 'html opens in a browser')
        .choices(['html', 'har', 'jsonl'])
        .default('html'),
    )
    .option('-o, --output <file>', 'where to write it; without: to stdout')
    .addHelpText('after', examples(['axonhub trace export 0199ab3c -o conversation.html', '']))
    .action(async (id: string, options: ExportOptions) =>
      (await import('./trace/export.js')).exportTrace(cli, id, options),
    )
  command
    .command('replay')
    .description('send a recorded request again, and show both answers beside each other')
    .argument('<request>', 'the id of a request, or its beginning')
    .option('-p, --profile <name>', 'under this profile; default: what its key has now')
    .option('-m, --model <model>', 'ask this model, past all mappings')
    .option('-c, --channel <name>', 'ask this channel alone')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      examples(
        ['axonhub trace replay ar-3f9c --profile cheap', 'what would the cheap one have said?'],
        ['axonhub trace replay ar-3f9c --model kimi-k3 --json', ''],
      ),
    )
    .action(async (id: string, options: ReplayOptions) =>
      (await import('./trace/replay.js')).replayRequest(cli, id, options),
    )
  command
    .command('prune')
    .description('remove what is old or too much; without options what the configuration says')
    .option('--older-than <duration>', 'conversations not used, and bodies not sent, for so long', timeSpan)
    .option('--max-size <size>', 'the oldest bodies, until the database is smaller than this', sizeLimit)
    .option('--dry-run', 'only tell what would go')
    .option('--json', 'print JSON')
    .addHelpText('after', examples(['axonhub trace prune --older-than 7d --dry-run', '']))
    .action(async (options: PruneOptions) => (await import('./trace/prune.js')).prune(cli, options))
}

export function configure(command: Command, cli: Cli): void {
  configureReading(command, cli)
  configureUsing(command, cli)
  command.addHelpText(
    'after',
    examples(['axonhub trace list', 'the last conversations'], ['axonhub trace tail', 'watch']),
  )
}
