// The ordinary rate-limit headers: requests and tokens per minute or day. They swing with every request, so they are no
// battery; they stand in the details of a channel. Pure.

import { figure, moment, span } from './figures.js'
import type { Throttle } from './meter.js'

type Headers = Readonly<Record<string, string>>

const OPENAI = /^x-ratelimit-(?:limit|remaining|reset)-(.+)$/
const ANTHROPIC =
  /^anthropic-ratelimit-((?:requests|tokens|input-tokens|output-tokens))-(?:limit|remaining|reset)$/
const BARE = 'x-ratelimit-'

function throttle(
  name: string,
  limit: string | undefined,
  remaining: string | undefined,
  resetsAt: number | undefined,
): Throttle[] {
  const read = { name, limit: figure(limit), remaining: figure(remaining), resetsAt }
  return read.limit === undefined && read.remaining === undefined ? [] : [read]
}

/** A span from now at OpenAI and its like; a moment in ms at OpenRouter. */
function resetOf(told: string | undefined, now: number): number | undefined {
  if (told === undefined) return undefined
  const numeric = figure(told)
  if (numeric !== undefined && numeric > 1e9) return moment(numeric)
  const length = span(told)
  return length === undefined ? undefined : now + length
}

export function readThrottles(headers: Headers, now: number): Throttle[] {
  const names = (pattern: RegExp) => [
    ...new Set(Object.keys(headers).flatMap((name) => pattern.exec(name)?.[1] ?? [])),
  ]
  const own = names(OPENAI).flatMap((name) =>
    throttle(
      name,
      headers[`x-ratelimit-limit-${name}`],
      headers[`x-ratelimit-remaining-${name}`],
      resetOf(headers[`x-ratelimit-reset-${name}`], now),
    ),
  )
  const bare = throttle(
    'requests',
    headers[`${BARE}limit`],
    headers[`${BARE}remaining`],
    resetOf(headers[`${BARE}reset`], now),
  )
  const anthropic = names(ANTHROPIC).flatMap((name) => {
    const of = (what: string) => headers[`anthropic-ratelimit-${name}-${what}`]
    return throttle(name, of('limit'), of('remaining'), moment(of('reset')))
  })
  return [...own, ...bare, ...anthropic]
}
