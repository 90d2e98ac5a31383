// What a window is worth: what this hub logged in it by list prices, divided by the share that is used. Law: an estimate, told
// only where it can be one: the window's bounds are known, one account pays, and enough of it is used.

import type { Channel } from '../config/channels.js'
import type { QuotaAccount, QuotaMeter, QuotaReply } from '../control/quota-schema.js'
import type { WindowCost, WindowCostQuestion } from '../store/window-cost.js'

export type CostSource = (question: WindowCostQuestion) => Promise<readonly WindowCost[]>

/** With less used, a rounded percent is most of the result. */
const LEAST_PERCENT = 2

type Span = { readonly from: number; readonly until: number }

function spanOf(meter: QuotaMeter): Span | undefined {
  const { kind, scope, past, usedPercent, windowSeconds, resetsAt, observedAt } = meter
  if (kind !== 'window' || scope !== null || past) return undefined
  if (usedPercent === null || usedPercent < LEAST_PERCENT || windowSeconds === null || resetsAt === null)
    return undefined
  return { from: Date.parse(resetsAt) - windowSeconds * 1000, until: Date.parse(observedAt) }
}

const cents = (dollars: number) => Math.round(dollars * 100) / 100

function worthOf({ usedPercent }: QuotaMeter, cost: WindowCost | undefined): QuotaMeter['worth'] {
  if (cost === undefined || cost.dollars <= 0 || usedPercent === null) return null
  return {
    loggedDollars: cents(cost.dollars),
    estimateDollars: cents((cost.dollars * 100) / usedPercent),
    requests: cost.priced,
    unpriced: cost.unpriced,
  }
}

/** Requests are logged by channel: with a second account on it nobody can tell which of them paid. */
function isAlone({ channels, account }: QuotaAccount, all: readonly QuotaAccount[]): boolean {
  return !all.some(
    (other) =>
      other.account !== account &&
      other.meters.length > 0 &&
      other.channels.some((name) => channels.includes(name)),
  )
}

async function withWorth(
  account: QuotaAccount,
  all: readonly QuotaAccount[],
  channels: readonly Channel[],
  costs: CostSource,
): Promise<QuotaAccount> {
  const spans = account.meters.flatMap((meter) => {
    const span = spanOf(meter)
    return span === undefined ? [] : [{ name: meter.name, span }]
  })
  if (spans.length === 0 || !isAlone(account, all)) return account
  const provider = channels.find(({ name }) => name === account.channel)?.provider
  const found = await costs({ channels: account.channels, provider, spans: spans.map(({ span }) => span) })
  const byName = new Map(spans.map(({ name }, index) => [name, found[index]]))
  return {
    ...account,
    meters: account.meters.map((meter) => ({ ...meter, worth: worthOf(meter, byName.get(meter.name)) })),
  }
}

/** The same accounts, their windows with what they are worth. */
export async function addWorth(
  reply: QuotaReply,
  channels: readonly Channel[],
  costs: CostSource,
): Promise<QuotaReply> {
  const accounts = reply.accounts.map((account) => withWorth(account, reply.accounts, channels, costs))
  return { ...reply, accounts: await Promise.all(accounts) }
}

/** Asks for the same at most once a minute: who watches asks every second. */
export function keptCosts(costs: CostSource, now: () => number): CostSource {
  const kept = new Map<string, { readonly until: number; readonly answer: ReturnType<CostSource> }>()
  return (question) => {
    const key = JSON.stringify([
      question.channels,
      question.spans.map(({ from }) => Math.round(from / 60_000)),
    ])
    const before = kept.get(key)
    if (before !== undefined && before.until > now()) return before.answer
    const answer = costs(question)
    for (const [old, { until }] of kept) if (until <= now()) kept.delete(old)
    kept.set(key, { until: now() + 60_000, answer })
    answer.catch(() => kept.delete(key))
    return answer
  }
}
