// GitHub Copilot: GET /copilot_internal/user at GitHub's own API, which is another host than the models'. What remains is told
// in percent, per calendar month in UTC; with billing by tokens the premium requests are cents.

import { flag, isObject, type JsonObject, object, text } from '../../base/json.js'
import { figureIn, moment, percent } from '../figures.js'
import type { Meter } from '../meter.js'
import { type QuotaSource, read, strange } from './source.js'

/** The models are asked at one host, the account at another of the same owner. */
function accountHost(base: URL): URL {
  const { hostname } = base
  if (hostname === 'githubcopilot.com' || hostname.endsWith('.githubcopilot.com'))
    return new URL('https://api.github.com')
  if (hostname.startsWith('copilot-api.'))
    return new URL(`${base.protocol}//api.${hostname.slice('copilot-api.'.length)}`)
  return new URL(base.origin)
}

/** From the reset back to the same day of the month before. */
function monthBefore(resetsAt: number | undefined): number | undefined {
  if (resetsAt === undefined) return undefined
  const start = new Date(resetsAt)
  start.setUTCMonth(start.getUTCMonth() - 1)
  return Math.round((resetsAt - start.getTime()) / 1000)
}

type Pool = { readonly name: string; readonly resetsAt: number | undefined; readonly isMoney: boolean }

/** The pool that counts for the agents is that of the premium requests; the others bind only what they are named for. */
function named({ name, isMoney }: Pool): Pick<Meter, 'id' | 'kind' | 'scope' | 'unit'> {
  if (name !== 'premium_interactions') return { id: name, kind: 'window', scope: name, unit: 'requests' }
  if (isMoney) return { id: 'credits', kind: 'credits', unit: 'USD' }
  return { id: 'premium', kind: 'window', unit: 'requests' }
}

function poolMeter(pool: Pool, left: number | undefined, limit: number | undefined, told?: number): Meter[] {
  const share =
    told ?? (left === undefined || limit === undefined || limit <= 0 ? undefined : (left / limit) * 100)
  if (share === undefined) return []
  const inUnits = (value: number | undefined) =>
    value === undefined || !pool.isMoney ? value : Math.round(value) / 100
  return [
    {
      ...named(pool),
      windowSeconds: monthBefore(pool.resetsAt),
      usedPercent: percent(100 - share),
      limit: inUnits(limit),
      left: inUnits(left === undefined ? undefined : Math.max(0, left)),
      used: inUnits(left === undefined || limit === undefined ? undefined : Math.max(0, limit - left)),
      resetsAt: pool.resetsAt,
    },
  ]
}

function snapshotMeters(
  name: string,
  snapshot: JsonObject,
  body: JsonObject,
  resetsAt: number | undefined,
): Meter[] {
  if (flag(snapshot, 'unlimited') === true || flag(snapshot, 'has_quota') === false) return []
  const isMoney = name === 'premium_interactions' && flag(body, 'token_based_billing') === true
  const left = figureIn(snapshot, 'quota_remaining') ?? figureIn(snapshot, 'remaining')
  const limit = figureIn(snapshot, 'entitlement')
  const own = poolMeter({ name, resetsAt, isMoney }, left, limit, figureIn(snapshot, 'percent_remaining'))
  const isOpen = name === 'premium_interactions' && flag(snapshot, 'overage_permitted') === true
  const over = figureIn(snapshot, 'overage_count')
  return isOpen
    ? [...own, { id: 'overage', kind: 'spend', scope: 'overage', used: over, told: 'available' }]
    : own
}

/** Free plans of old told what remains of two pools. */
function limitedMeters(body: JsonObject): Meter[] {
  const limits = object(body, 'monthly_quotas')
  const left = object(body, 'limited_user_quotas')
  if (limits === undefined || left === undefined) return []
  const resetsAt = moment(body['limited_user_reset_date'])
  return Object.keys(limits).flatMap((name) =>
    poolMeter({ name, resetsAt, isMoney: false }, figureIn(left, name), figureIn(limits, name)),
  )
}

const PLANS: Readonly<Record<string, string>> = {
  free_limited_copilot: 'free',
  plus_monthly_subscriber_quota: 'pro+',
  copilot_standalone_seat_quota: 'business',
  free_educational_quota: 'education',
}

function planOf(body: JsonObject): string | undefined {
  return PLANS[text(body, 'access_type_sku') ?? ''] ?? text(body, 'copilot_plan')
}

export const copilotSource: QuotaSource = {
  id: 'copilot',
  providers: ['github-copilot'],
  leastMs: 60_000,
  ask: (base, { token }) => ({
    url: new URL('/copilot_internal/user', accountHost(base)),
    headers: { authorization: `token ${token}`, 'x-github-api-version': '2025-04-01' },
  }),
  read(body) {
    const resetsAt = moment(body['quota_reset_date_utc']) ?? moment(body['quota_reset_date'])
    const snapshots = object(body, 'quota_snapshots')
    if (snapshots === undefined && object(body, 'monthly_quotas') === undefined)
      return strange('The usage of Copilot came in a form that is not known.')
    const pools = Object.entries(snapshots ?? {}).flatMap(([name, snapshot]) =>
      isObject(snapshot) ? snapshotMeters(name, snapshot, body, resetsAt) : [],
    )
    const meters = snapshots === undefined ? limitedMeters(body) : pools
    // A plan without limits tells that it is there; a made-up share would be wrong.
    const open: Meter = { id: 'premium', kind: 'window', told: 'available' }
    return read(meters.length > 0 ? meters : [open], planOf(body))
  },
}
