// The usage of a ChatGPT plan: GET {base}/wham/usage below /backend-api, else {base}/api/codex/usage, as the Codex CLI asks it.
// Undocumented: every field may be missing or null, balances come as text, the limits of a plan change their slots.

import { flag, isObject, type JsonObject, object, objects, text } from '../../base/json.js'
import { figureIn, fromNow, moment, percent } from '../figures.js'
import type { Meter } from '../meter.js'
import { creditsBehind, readCredits, readUsageWindow } from '../read-codex.js'
import { distinct } from '../window.js'
import { bearer, type QuotaSource, read, strange } from './source.js'

function usageUrl(base: URL): URL {
  const at = base.pathname.indexOf('/backend-api')
  const url = new URL(base.origin)
  url.pathname = at >= 0 ? `${base.pathname.slice(0, at)}/backend-api/wham/usage` : '/api/codex/usage'
  return url
}

/** Primary and secondary are only slots; `limit_reached` belongs to the one that is used up. */
function limitMeters(scope: string | undefined, limit: JsonObject | undefined, now: number): Meter[] {
  if (limit === undefined) return []
  const windows = distinct([
    ...readUsageWindow(scope, 'primary', object(limit, 'primary_window'), now),
    ...readUsageWindow(scope, 'secondary', object(limit, 'secondary_window'), now),
  ])
  const isReached = flag(limit, 'limit_reached') === true || flag(limit, 'allowed') === false
  if (!isReached || windows.some(({ usedPercent }) => (usedPercent ?? 0) >= 100)) return windows
  const worst = windows.toSorted((a, b) => (b.usedPercent ?? 0) - (a.usedPercent ?? 0))[0]
  if (worst === undefined)
    return [
      { id: scope === undefined ? 'limit' : `${scope}/limit`, kind: 'window', scope, told: 'exhausted' },
    ]
  return windows.map((window) => (window === worst ? { ...window, told: 'exhausted' } : window))
}

function additional(body: JsonObject, now: number): Meter[] {
  return objects(body, 'additional_rate_limits').flatMap((limit) => {
    const scope = text(limit, 'limit_name') ?? text(limit, 'metered_feature') ?? 'additional'
    return limitMeters(scope, object(limit, 'rate_limit'), now)
  })
}

function spendLimit(body: JsonObject, now: number): Meter[] {
  const control = object(body, 'spend_control')
  const limit = control === undefined ? undefined : object(control, 'individual_limit')
  if (limit === undefined) return []
  return [
    {
      id: 'spend',
      kind: 'spend',
      used: figureIn(limit, 'used'),
      limit: figureIn(limit, 'limit'),
      left: figureIn(limit, 'remaining'),
      usedPercent: percent(figureIn(limit, 'used_percent')),
      resetsAt: moment(limit['reset_at']) ?? fromNow(figureIn(limit, 'reset_after_seconds'), now),
    },
  ]
}

const KNOWN = ['plan_type', 'rate_limit', 'credits', 'additional_rate_limits', 'spend_control']

export const codexSource: QuotaSource = {
  id: 'codex',
  providers: ['codex'],
  login: 'codex',
  leastMs: 60_000,
  ask: (base, { token, accountId }) => ({
    url: usageUrl(base),
    headers: { ...bearer(token), ...(accountId === undefined ? {} : { 'chatgpt-account-id': accountId }) },
  }),
  read(body, now) {
    if (!KNOWN.some((key) => key in body))
      return strange('The usage of ChatGPT came in a form that is not known.')
    const general = limitMeters(undefined, object(body, 'rate_limit'), now)
    const review = limitMeters('code review', object(body, 'code_review_rate_limit'), now)
    const credits = body['credits']
    const reserve = creditsBehind(readCredits(isObject(credits) ? credits : undefined), general)
    return read(
      [...general, ...additional(body, now), ...review, ...spendLimit(body, now), ...reserve],
      text(body, 'plan_type'),
    )
  },
}
