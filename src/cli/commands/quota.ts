// `axonhub quota`: how much of each plan or balance is left, until when, and how sure that is.

import type { Command } from 'commander'
import { hasPictures } from '../battery.js'
import type { Cli } from '../cli.js'
import { examples } from '../help.js'
import { type QuotaAnswer, quotaOf } from '../quota.js'
import { quotaLines } from '../quota-view.js'

type Options = { readonly json?: boolean; readonly refresh?: boolean; readonly watch?: boolean }

const WATCH_MS = 5_000
const CLEAR_SCREEN = '\u001b[2J\u001b[H'

function noteAge({ out }: Cli, isLive: boolean): void {
  if (!isLive) out.note('The hub is not running: these are the last figures that it stored.')
}

function show(cli: Cli, { reply, isLive }: QuotaAnswer): void {
  const { deps, out } = cli
  const now = deps.clock.now()
  const pictures = hasPictures(deps.env, deps.platform)
  const lines = quotaLines(reply, { width: out.width, pictures, style: out.style, now })
  for (const line of lines) out.line(line)
  if (lines.length === 0) {
    out.line('Nothing is known of any account yet.')
    out.note('It is told with the first answers of the agents; "axonhub quota --refresh" asks the providers.')
  }
  noteAge(cli, isLive)
}

function pause(cli: Cli, milliseconds: number): Promise<'over' | 'stopped'> {
  return new Promise((resolve) => {
    const end = (how: 'over' | 'stopped') => {
      clearTimeout(timer)
      for (const forget of listening) forget()
      resolve(how)
    }
    const timer = setTimeout(() => end('over'), milliseconds)
    const listening = (['SIGINT', 'SIGTERM'] as const).map((name) =>
      cli.deps.onSignal(name, () => end('stopped')),
    )
  })
}

/** Draws anew until it is stopped; as JSON one line each time. */
async function watch(cli: Cli, { json, refresh }: Options): Promise<void> {
  const { out, deps } = cli
  let asks = refresh === true
  do {
    const answer = await quotaOf(cli, asks)
    asks = false
    if (json === true) out.line(JSON.stringify(answer.reply))
    else {
      if (deps.stdout.isTTY === true) out.raw(CLEAR_SCREEN)
      show(cli, answer)
    }
  } while ((await pause(cli, WATCH_MS)) === 'over')
}

export function configure(command: Command, cli: Cli): void {
  command
    .option('--refresh', 'ask the providers first, as far as they let us')
    .option('--watch', 'draw it anew every few seconds')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      examples(
        ['axonhub quota', 'worst account and window first'],
        ['axonhub quota --refresh --json', 'fresh figures for a script'],
      ),
    )
    .action(async (options: Options) => {
      if (options.watch === true) return watch(cli, options)
      const answer = await quotaOf(cli, options.refresh === true)
      if (options.json === true) {
        cli.out.json(answer.reply)
        noteAge(cli, answer.isLive)
      } else show(cli, answer)
    })
}
