// `axonhub logs`: the hub's log for a person; works with the hub off.

import { setTimeout as sleep } from 'node:timers/promises'
import { type Command, InvalidArgumentError } from 'commander'
import { type LinePlace, lastLines, linesSince } from '../../base/line-file.js'
import { readLogLine } from '../../control/log.js'
import type { Cli } from '../cli.js'
import { isThere } from '../file-there.js'
import { examples } from '../help.js'
import { plain } from '../table.js'
import { clockTime } from '../words.js'

type Options = { readonly follow?: boolean; readonly lines: number; readonly json?: boolean }

const POLL_MS = 200

function readLines(value: string): number {
  if (/^\d{1,6}$/.test(value)) return Number(value)
  throw new InvalidArgumentError('It is a number of lines.')
}

/** `{"level":30,"time":"2026-11-20T10:00:00.000Z","event":"hub.started",…}` → `11:00:00 hub.started port=8090` */
function readable({ out }: Cli, line: string): string {
  const entry = readLogLine(line)
  if (entry === undefined) return plain(line)
  const { level, time, event } = entry
  const paint =
    level === 'error' ? out.style.bad : level === 'warn' ? out.style.warn : (words: string) => words
  const at = time === undefined ? '' : `${out.style.dim(clockTime(time))} `
  const fields = entry.fields.map(([name, value]) => `${name}=${value}`).join(' ')
  return `${at}${paint(`${level === 'info' ? '' : `${level} `}${plain(event)}`)} ${plain(fields)}`.trimEnd()
}

/** New lines as they come, over rotations, until Ctrl-C. */
async function follow(cli: Cli, from: LinePlace, write: (lines: readonly string[]) => void): Promise<void> {
  const file = cli.paths().log
  let ended = false
  const stops = (['SIGINT', 'SIGTERM'] as const).map((signal) =>
    cli.deps.onSignal(signal, () => {
      ended = true
    }),
  )
  let at = from
  while (!ended && !cli.deps.stdout.destroyed) {
    const { lines, place } = await linesSince(file, at)
    at = place
    write(lines)
    await sleep(POLL_MS)
  }
  for (const stop of stops) stop()
}

async function logs(cli: Cli, options: Options): Promise<void> {
  const write = (lines: readonly string[]) => {
    for (const line of lines) cli.out.line(options.json === true ? line : readable(cli, line))
  }
  const file = cli.paths().log
  isThere(file)
  const { lines, place } = await lastLines(file, options.lines)
  if (place.offset === 0 && options.follow !== true) cli.out.note(`Nothing is logged yet in ${file}.`)
  write(lines)
  if (options.follow === true) await follow(cli, place, write)
}

export function configure(command: Command, cli: Cli): void {
  command
    .option('-f, --follow', 'go on with new lines until Ctrl-C')
    .option('-n, --lines <number>', 'this many of the last lines', readLines, 50)
    .option('--json', 'the lines as they are in the file: one JSON object each')
    .addHelpText(
      'after',
      examples(['axonhub logs', 'the last 50 lines'], ['axonhub logs -f -n 0', 'only what happens now']),
    )
    .action((options: Options) => logs(cli, options))
}
