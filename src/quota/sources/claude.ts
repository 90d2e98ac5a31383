// The usage of a Claude plan: GET /api/oauth/usage with Claude Code's login. Utilization counts to 100 here, times are ISO 8601.
// Asked only where the user allows it (provider_quota.claude_usage): the endpoint is not meant for others and may refuse them.

import { isObject, type JsonObject, object, objects, text } from '../../base/json.js'
import { figureIn, moment, percent } from '../figures.js'
import type { Meter } from '../meter.js'
import { distinct, windowId } from '../window.js'
import { bearer, type QuotaSource, read, strange } from './source.js'

const HOUR = 3600
const LENGTHS: readonly (readonly [prefix: string, seconds: number])[] = [
  ['five_hour', 5 * HOUR],
  ['seven_day', 7 * 24 * HOUR],
]

/** `seven_day_opus` is the window `7d` of the scope `opus`; a name that is not known is its own slot. */
function windowMeter(name: string, value: JsonObject): Meter[] {
  const usedPercent = percent(figureIn(value, 'utilization'))
  if (usedPercent === undefined) return []
  const known = LENGTHS.find(([prefix]) => name === prefix || name.startsWith(`${prefix}_`))
  const scope = known === undefined ? name : name.slice(known[0].length + 1).replaceAll('_', ' ') || undefined
  return [
    {
      id: windowId(scope, known?.[1], 'limit'),
      kind: 'window',
      scope,
      windowSeconds: known?.[1],
      usedPercent,
      resetsAt: moment(value['resets_at']),
    },
  ]
}

/** Money beyond the plan, in cents; it is a reserve, so its limit says nothing of the plan itself. */
function extraUsage(extra: JsonObject | undefined): Meter[] {
  if (extra === undefined || extra['is_enabled'] !== true) return []
  const money = (key: string) => {
    const cents = figureIn(extra, key)
    return cents === undefined ? undefined : cents / 100
  }
  return [
    {
      id: 'extra usage',
      kind: 'spend',
      scope: 'extra usage',
      used: money('used_credits'),
      limit: money('monthly_limit'),
      unit: text(extra, 'currency') ?? 'USD',
      usedPercent: percent(figureIn(extra, 'utilization')),
    },
  ]
}

/** The newer form: limits that may bind one model. */
function scopedLimits(body: JsonObject): Meter[] {
  return objects(body, 'limits').flatMap((limit) => {
    const scope = object(limit, 'scope')
    const model = scope === undefined ? undefined : object(scope, 'model')
    const name = model && (text(model, 'display_name') ?? text(model, 'id'))
    const usedPercent = percent(figureIn(limit, 'percent'))
    if (name === undefined || usedPercent === undefined) return []
    const seconds = text(limit, 'kind')?.startsWith('weekly') === true ? 7 * 24 * HOUR : undefined
    return [
      {
        id: windowId(name, seconds, text(limit, 'kind') ?? 'limit'),
        kind: 'window' as const,
        scope: name,
        windowSeconds: seconds,
        usedPercent,
        resetsAt: moment(limit['resets_at']),
      },
    ]
  })
}

export const claudeSource: QuotaSource = {
  id: 'claude',
  providers: ['claude'],
  login: 'claude-code',
  leastMs: 5 * 60_000,
  ask: (base, { token }) => ({
    url: new URL('/api/oauth/usage', base.origin),
    headers: { ...bearer(token), 'anthropic-beta': 'oauth-2025-04-20' },
  }),
  read(body) {
    const windows = Object.entries(body).flatMap(([name, value]) =>
      isObject(value) && name !== 'extra_usage' ? windowMeter(name, value) : [],
    )
    const meters = distinct([...windows, ...scopedLimits(body), ...extraUsage(object(body, 'extra_usage'))])
    const isKnown = LENGTHS.some(([prefix]) => prefix in body) || 'limits' in body || 'extra_usage' in body
    return meters.length > 0 || isKnown
      ? read(meters)
      : strange('The usage of Claude came in a form that is not known.')
  },
}
