// `axonhub guard`: stops a script before an account runs dry. Exit 0 enough, 64 below the limit, 1 not known.

import type { Command } from 'commander'
import { HubError } from '../../base/errors.js'
import type { QuotaAccount, QuotaMeter, QuotaReply } from '../../control/quota-schema.js'
import { channelToAsk } from '../channels.js'
import type { Cli } from '../cli.js'
import { EXIT } from '../exit-codes.js'
import { examples } from '../help.js'
import { quotaOf } from '../quota.js'
import { shortSpan } from '../quota-view.js'

type Options = {
  readonly channel: string
  readonly minRemaining: string
  readonly window?: string
  readonly json?: boolean
}

type Finding = { readonly account: QuotaAccount; readonly meter: QuotaMeter; readonly left: number }

const SECONDS: Readonly<Record<string, number>> = { m: 60, h: 3600, d: 86_400, w: 604_800 }

function percentOf(text: string): number {
  const value = Number(text.replace(/%$/, ''))
  if (text.trim() !== '' && value >= 0 && value <= 100) return value
  throw new HubError('usage', `--min-remaining must be a percentage from 0 to 100, not ${text}.`)
}

function secondsOf(label: string): number {
  const match = /^(\d+)([mhdw])$/.exec(label.trim().toLowerCase())
  const seconds = Number(match?.[1]) * (SECONDS[match?.[2] ?? ''] ?? Number.NaN)
  if (seconds > 0) return seconds
  throw new HubError('usage', `--window must be a length like 5h, 7d or 1w, not ${label}.`)
}

/** Windows are the same when their lengths differ by less than a hundredth. */
function isMeant({ windowSeconds }: QuotaMeter, wanted: number): boolean {
  return windowSeconds !== null && Math.abs(windowSeconds - wanted) <= wanted / 100
}

/** Of one account the meter that is left least. */
function worstOf(account: QuotaAccount, wanted: number | undefined): Finding[] {
  const fitting = account.meters.filter(
    (meter) => meter.scope === null && (wanted === undefined || isMeant(meter, wanted)),
  )
  const known = fitting.flatMap((meter) =>
    meter.leftPercent === null ? [] : [{ account, meter, left: meter.leftPercent }],
  )
  return known.toSorted((a, b) => a.left - b.left).slice(0, 1)
}

/** What counts for a channel: of its best account the worst window, since any of its keys may pay. */
export function findingFor(
  { accounts }: QuotaReply,
  channel: string,
  wanted: number | undefined,
): Finding | undefined {
  return accounts
    .filter(({ channels }) => channels.includes(channel))
    .flatMap((account) => worstOf(account, wanted))
    .toSorted((a, b) => b.left - a.left)[0]
}

async function guard(cli: Cli, { channel, minRemaining, window, json }: Options): Promise<void> {
  const { out, deps } = cli
  const least = percentOf(minRemaining)
  const wanted = window === undefined ? undefined : secondsOf(window)
  await channelToAsk(cli, channel)
  const { reply } = await quotaOf(cli, false)
  const found = findingFor(reply, channel, wanted)
  const enough = found === undefined ? null : found.left >= least
  if (json === true) {
    out.json({ channel, window: window ?? null, minRemaining: least, enough, meter: found?.meter ?? null })
  }
  if (found === undefined) {
    cli.exit(EXIT.failed)
    out.note(`What is left of ${channel}${window === undefined ? '' : ` in ${window}`} is not known.`)
    out.note('"axonhub quota --refresh" asks the provider, where it tells.')
    return
  }
  const age = shortSpan(Math.max(0, deps.clock.now() - Date.parse(found.meter.observedAt)))
  const words = `${channel}: ${Math.floor(found.left)} % left of ${found.meter.name}, told ${age} ago`
  if (enough === false) {
    cli.exit(EXIT.belowLimit)
    out.note(`${words}; below ${least} %.`)
  } else if (json !== true) out.line(`${words}.`)
}

export function configure(command: Command, cli: Cli): void {
  command
    .requiredOption('--channel <name>', 'whose quota')
    .requiredOption('--min-remaining <percent>', 'what must be left')
    .option('--window <length>', 'only this window, for example 5h or 7d; default: the worst')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `${examples(
        ['axonhub guard --channel codex --min-remaining 15', 'exit code 64 when less is left'],
        ['axonhub guard --channel codex --min-remaining 30 --window 7d', 'only the week'],
      )}\nExit codes: 0 enough is left, 64 less is left, 1 it is not known.\n`,
    )
    .action((options: Options) => guard(cli, options))
}
