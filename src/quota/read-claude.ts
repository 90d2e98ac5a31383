// What Anthropic tells with every answer to a Claude login: anthropic-ratelimit-unified-*. Here utilization is a share of
// one (the usage endpoint counts to a hundred), and times are seconds of the epoch. Pure.

import { figure, moment, percent } from './figures.js'
import type { Meter, Reading } from './meter.js'
import { REFUSAL_ID } from './read-refusal.js'
import { windowSeconds } from './window.js'

type Headers = Readonly<Record<string, string>>

const PREFIX = 'anthropic-ratelimit-unified-'
const CLAIM = new RegExp(`^${PREFIX}(.+)-(?:utilization|status|reset)$`)

/** Names that end alike and are no windows. */
const NO_WINDOWS = ['overage', 'overage-disabled-reason', 'fallback']

function toldBy(status: string | undefined): Meter['told'] {
  switch (status?.trim().toLowerCase()) {
    case 'allowed':
      return 'available'
    case 'allowed_warning':
      return 'warning'
    case 'rejected':
    case 'throttled':
    case 'rate_limited':
      return 'exhausted'
    default:
      return undefined
  }
}

/** `5h` and `7d` bind everything; `7d_oi` and its like bind one model. */
function scopeOf(claim: string): {
  readonly seconds: number | undefined
  readonly scope: string | undefined
} {
  const [length = '', ...rest] = claim.split('_')
  return { seconds: windowSeconds(length), scope: rest.length === 0 ? undefined : rest.join('_') }
}

function claimMeter(headers: Headers, claim: string): Meter[] {
  const share = figure(headers[`${PREFIX}${claim}-utilization`])
  const told = toldBy(headers[`${PREFIX}${claim}-status`])
  if (share === undefined && told === undefined) return []
  const { seconds, scope } = scopeOf(claim)
  return [
    {
      id: scope === undefined ? claim : `${scope}/${claim.split('_')[0]}`,
      kind: 'window',
      scope,
      windowSeconds: seconds,
      usedPercent: percent(share === undefined ? undefined : Math.round(share * 10_000) / 100),
      resetsAt: moment(headers[`${PREFIX}${claim}-reset`]),
      told,
    },
  ]
}

/** A refusal or warning that names no window by its figures: known only as a whole, until its reset or the next good word. */
function wholeMeter(headers: Headers): Meter[] {
  const told = toldBy(headers[`${PREFIX}status`])
  if (told === undefined || told === 'available') return []
  return [{ id: REFUSAL_ID, kind: 'window', resetsAt: moment(headers[`${PREFIX}reset`]), told }]
}

/** What pays beyond the plan: told as such only while it does, because most plans have none. */
function overageMeter(headers: Headers): Meter[] {
  const told = toldBy(headers[`${PREFIX}overage-status`])
  if (told !== 'available' && told !== 'warning') return []
  const share = figure(headers[`${PREFIX}overage-utilization`])
  return [
    {
      id: 'extra usage',
      kind: 'spend',
      scope: 'extra usage',
      usedPercent: percent(share === undefined ? undefined : Math.round(share * 10_000) / 100),
      resetsAt: moment(headers[`${PREFIX}overage-reset`]),
      told,
    },
  ]
}

export function readClaudeHeaders(headers: Headers): Reading | undefined {
  const claims = new Set(
    Object.keys(headers)
      .flatMap((name) => CLAIM.exec(name)?.[1] ?? [])
      .filter((claim) => !NO_WINDOWS.includes(claim)),
  )
  const windows = [...claims].flatMap((claim) => claimMeter(headers, claim))
  const meters = windows.length > 0 ? [...windows, ...overageMeter(headers)] : wholeMeter(headers)
  return meters.length === 0 ? undefined : { meters, replaces: 'nothing' }
}
