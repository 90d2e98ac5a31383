// `axonhub quota`: how much of each plan or balance is left, until when, and how sure that is.

import type { Command } from 'commander'
import { hasPictures } from '../battery.js'
import type { Cli } from '../cli.js'
import { examples } from '../help.js'
import { type QuotaAnswer, quotaOf } from '../quota.js'
import { quotaLines } from '../quota-view.js'
import { wrapped } from '../table.js'
import { openScreen } from '../watch-screen.js'
import { clockTime } from '../words.js'

type Options = { readonly json?: boolean; readonly refresh?: boolean; readonly watch?: boolean }

const WATCH_MS = 5_000
const OFFLINE = 'The hub is not running: these are the last figures that it stored.'

function linesOf({ deps, out }: Cli, { reply }: QuotaAnswer, width: number): string[] {
  const pictures = hasPictures(deps.env, deps.platform)
  const lines = quotaLines(reply, { width, pictures, style: out.style, now: deps.clock.now() })
  return lines.length === 0 ? ['Nothing is known of any account yet.'] : lines
}

function show(cli: Cli, answer: QuotaAnswer): void {
  const { out } = cli
  for (const line of linesOf(cli, answer, out.width)) out.line(line)
  if (answer.reply.accounts.length === 0)
    out.note('It is told with the first answers of the agents; "axonhub quota --refresh" asks the providers.')
  if (!answer.isLive) out.note(OFFLINE)
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

/** Answers again and again until it is stopped; only the first may ask the providers. */
async function repeat(cli: Cli, refresh: boolean, told: (answer: QuotaAnswer) => void): Promise<void> {
  let asks = refresh
  do {
    told(await quotaOf(cli, asks))
    asks = false
  } while ((await pause(cli, WATCH_MS)) === 'over')
}

function rowsOf({ deps }: Cli): number {
  const { stdout } = deps
  return 'rows' in stdout && typeof stdout.rows === 'number' && stdout.rows > 0 ? stdout.rows : 24
}

/** Draws anew until it is stopped; as JSON one line each time. */
async function watch(cli: Cli, { json, refresh }: Options): Promise<void> {
  const { out, deps } = cli
  if (json === true) return repeat(cli, refresh === true, ({ reply }) => out.line(JSON.stringify(reply)))
  if (deps.stdout.isTTY !== true) return repeat(cli, refresh === true, (answer) => show(cli, answer))
  const screen = openScreen(
    (text) => out.raw(text),
    () => rowsOf(cli),
  )
  try {
    await repeat(cli, refresh === true, (answer) => {
      const width = Math.max(40, deps.stdout.columns ?? out.width)
      const clock = `axonhub quota, every ${WATCH_MS / 1000} s, ${clockTime(deps.clock.now())} · Ctrl-C ends it`
      const foot = answer.isLive ? clock : `${clock} · ${OFFLINE}`
      screen.draw([...linesOf(cli, answer, width), '', ...wrapped(foot, width).map(out.style.dim)])
    })
  } finally {
    screen.close()
  }
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
        if (!answer.isLive) cli.out.note(OFFLINE)
      } else show(cli, answer)
    })
}
