// One line about a conversation of Claude Code, from what it tells on stdin and what the hub knows of the route. Pure.

import { type JsonObject, number, object, text } from '../base/json.js'
import type { RouteReply } from '../control/quota-schema.js'
import { battery, type Charge } from './battery.js'
import { plain } from './table.js'

function modelWords(told: JsonObject, route: RouteReply | undefined): string {
  const model = object(told, 'model')
  const asked =
    route?.modelAsked ?? (model && (text(model, 'id') ?? text(model, 'display_name'))) ?? 'no model'
  const used = route?.modelUsed ?? asked
  return used === asked ? asked : `${asked} → ${used}`
}

function chargeOf(left: number): Charge {
  if (left <= 0) return 'exhausted'
  if (left < 5) return 'empty'
  if (left < 20) return 'low'
  return left < 80 ? 'medium' : 'full'
}

/** What Claude Code itself knows of the user's plan; it does only with a login of its own. */
function ownQuota(told: JsonObject): { left: number; window: string } | undefined {
  const limits = object(told, 'rate_limits')
  const windows = [
    ['five_hour', '5h'],
    ['seven_day', '7d'],
  ].flatMap(([name = '', window = '']) => {
    const limit = limits && object(limits, name)
    const used = limit && number(limit, 'used_percentage')
    return used === undefined ? [] : [{ left: Math.max(0, 100 - used), window }]
  })
  return windows.toSorted((a, b) => a.left - b.left)[0]
}

function channelWords(told: JsonObject, route: RouteReply | undefined, pictures: boolean): string[] {
  const own = ownQuota(told)
  const known = route?.charge ?? 'unknown'
  const charge = known !== 'unknown' ? known : own === undefined ? undefined : chargeOf(own.left)
  const left = known !== 'unknown' ? route?.leftPercent : own?.left
  const window = known !== 'unknown' ? route?.window : own?.window
  const share = left === undefined || left === null ? '' : ` ${Math.floor(left)}%`
  const length = window === undefined || window === null ? '' : ` ${window}`
  const shown = charge === undefined ? '' : `${battery(charge, pictures)}${share}${length}`
  const words = [route?.channel ?? '', shown].filter((word) => word !== '').join(' ')
  return words === '' ? [] : [words]
}

function shortTokens(count: number): string {
  if (count >= 1_000_000) return `${Math.round(count / 100_000) / 10}M`
  return count >= 1000 ? `${Math.round(count / 1000)}k` : String(count)
}

/** Against the window of the model that answers, which may be another than the agent believes. */
function contextWords(told: JsonObject, route: RouteReply | undefined): string[] {
  const context = object(told, 'context_window')
  const usage = context && object(context, 'current_usage')
  const size = route?.contextWindow ?? (context && number(context, 'context_window_size'))
  if (usage === undefined || size === undefined || size <= 0) return []
  const names = ['input_tokens', 'cache_creation_input_tokens', 'cache_read_input_tokens', 'output_tokens']
  const used = names.reduce((sum, name) => sum + (number(usage, name) ?? 0), 0)
  return [`context ${Math.round((used / size) * 100)}% of ${shortTokens(size)}`]
}

/** Claude Code counts by the prices of its maker: where another model answers, only the hub's count is right. */
function costWords(told: JsonObject, route: RouteReply | undefined): string[] {
  const cost = object(told, 'cost')
  const isOwn = route === undefined || (route.modelUsed ?? route.modelAsked) === route.modelAsked
  const dollars = route?.costDollars ?? (isOwn ? cost && number(cost, 'total_cost_usd') : undefined)
  return dollars === undefined || dollars <= 0 ? [] : [`$${dollars.toFixed(2)}`]
}

/** `route`: undefined while the hub is off or knows nothing of the conversation. */
export function statusLine(told: JsonObject, route: RouteReply | undefined, pictures: boolean): string {
  return plain(
    [
      modelWords(told, route),
      ...channelWords(told, route, pictures),
      ...contextWords(told, route),
      ...costWords(told, route),
    ].join(' · '),
  )
}
