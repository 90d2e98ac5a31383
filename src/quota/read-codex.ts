// What the ChatGPT backend tells with every answer to Codex: x-codex-* headers, further families x-<limit>-*, and the event
// codex.rate_limits. Percent 0 to 100, times in seconds of the epoch. Pure.

import { flag, isObject, type JsonObject, object, text } from '../base/json.js'
import { figure, figureIn, fromNow, moment, percent } from './figures.js'
import type { Meter, Reading } from './meter.js'
import { distinct, windowId } from './window.js'

type Headers = Readonly<Record<string, string>>

const SLOTS = ['primary', 'secondary'] as const
const FAMILY = /^x-([a-z0-9][a-z0-9-]*?)-(?:primary|secondary)-used-percent$/

/** A window of no length of which nothing is used is how the backend says that there is none. */
function windowMeter(
  scope: string | undefined,
  slot: string,
  usedPercent: number | undefined,
  seconds: number | undefined,
  resetsAt: number | undefined,
): Meter[] {
  const length = seconds === undefined || seconds <= 0 ? undefined : seconds
  if (usedPercent === undefined || (length === undefined && usedPercent === 0 && resetsAt === undefined))
    return []
  return [
    {
      id: windowId(scope, length, slot),
      kind: 'window',
      scope,
      windowSeconds: length,
      usedPercent: percent(usedPercent),
      resetsAt,
    },
  ]
}

function familyMeters(headers: Headers, family: string, now: number): Meter[] {
  const scope = family === 'codex' ? undefined : headers[`x-${family}-limit-name`]?.trim() || family
  return SLOTS.flatMap((slot) => {
    const of = (name: string) => figure(headers[`x-${family}-${slot}-${name}`])
    const minutes = of('window-minutes')
    return windowMeter(
      scope,
      slot,
      of('used-percent'),
      minutes === undefined ? undefined : minutes * 60,
      moment(of('reset-at')) ?? fromNow(of('reset-after-seconds'), now),
    )
  })
}

const isTrue = (value: string | undefined) => value?.trim().toLowerCase() === 'true'

function creditsMeter(has: boolean, unlimited: boolean, balance: number | undefined): Meter[] {
  if (!has || unlimited) return []
  return [
    {
      id: 'credits',
      kind: 'credits',
      left: balance,
      unit: 'credits',
      told: balance === undefined ? 'available' : undefined,
    },
  ]
}

/** The headers of an answer; undefined when they tell nothing. `now`: ms since the epoch, for times that are told as spans. */
export function readCodexHeaders(headers: Headers, now: number): Reading | undefined {
  const families = new Set(Object.keys(headers).flatMap((name) => FAMILY.exec(name)?.[1] ?? []))
  const windows = distinct([...families].flatMap((family) => familyMeters(headers, family, now)))
  const credits = creditsMeter(
    isTrue(headers['x-codex-credits-has-credits']),
    isTrue(headers['x-codex-credits-unlimited']),
    figure(headers['x-codex-credits-balance']),
  )
  const meters = [...windows, ...creditsBehind(credits, windows)]
  return meters.length === 0
    ? undefined
    : { meters, plan: headers['x-codex-plan-type'], replaces: windows.length > 0 ? 'windows' : 'nothing' }
}

/** Credits are only a reserve behind the plan's windows: empty they say nothing about the account. */
export function creditsBehind(credits: readonly Meter[], windows: readonly Meter[]): Meter[] {
  if (windows.length === 0) return [...credits]
  return credits.flatMap((meter) => (meter.left !== undefined && meter.left <= 0 ? [] : [meter]))
}

export function readCredits(credits: JsonObject | undefined): Meter[] {
  if (credits === undefined) return []
  return creditsMeter(
    flag(credits, 'has_credits') === true,
    flag(credits, 'unlimited') === true,
    figureIn(credits, 'balance'),
  )
}

/** A window as the usage endpoint tells it. */
export function readUsageWindow(
  scope: string | undefined,
  slot: string,
  window: JsonObject | undefined,
  now: number,
): Meter[] {
  if (window === undefined) return []
  return windowMeter(
    scope,
    slot,
    figureIn(window, 'used_percent'),
    figureIn(window, 'limit_window_seconds') ?? minutesAsSeconds(window),
    moment(window['reset_at'] ?? window['resets_at']) ??
      fromNow(figureIn(window, 'reset_after_seconds'), now),
  )
}

function minutesAsSeconds(window: JsonObject): number | undefined {
  const minutes = figureIn(window, 'window_minutes')
  return minutes === undefined ? undefined : minutes * 60
}

/** The data of an event; undefined when it is another event or tells nothing. */
export function readCodexEvent(data: unknown, now: number): Reading | undefined {
  if (!isObject(data) || text(data, 'type') !== 'codex.rate_limits') return undefined
  const limits = object(data, 'rate_limits')
  const name = text(data, 'limit_name') ?? text(data, 'metered_limit_name')
  const scope = name === undefined || name === 'codex' ? undefined : name
  const windows = distinct(
    SLOTS.flatMap((slot) => readUsageWindow(scope, slot, limits && object(limits, slot), now)),
  )
  const meters = [...windows, ...creditsBehind(readCredits(object(data, 'credits')), windows)]
  return meters.length === 0
    ? undefined
    : { meters, plan: text(data, 'plan_type'), replaces: windows.length > 0 ? 'windows' : 'nothing' }
}
