// What a 429 tells of a plan that is used up: until when. A limit per minute is told apart and is no matter of quota. Pure.

import { isObject, type JsonValue, object, text } from '../base/json.js'
import { figureIn, fromNow, moment } from './figures.js'
import type { Reading } from './meter.js'

/** The meter that a refusal makes; the next answer that is no refusal voids it. */
export const REFUSAL_ID = 'limit'

const USED_UP = [
  'usage_limit_reached',
  'usage_not_included',
  'insufficient_quota',
  'billing_hard_limit_reached',
]

/** The body of a 402 or 429; undefined when it speaks of anything else than a plan or balance that is used up. */
export function readRefusal(status: number, body: JsonValue | undefined, now: number): Reading | undefined {
  if ((status !== 429 && status !== 402 && status !== 403) || !isObject(body)) return undefined
  const error = object(body, 'error') ?? body
  const type = [text(error, 'type'), text(error, 'code')].find(
    (word) => word !== undefined && USED_UP.includes(word),
  )
  if (type === undefined) return undefined
  const resetsAt = moment(error['resets_at']) ?? fromNow(figureIn(error, 'resets_in_seconds'), now)
  return {
    plan: text(error, 'plan_type'),
    meters: [
      { id: REFUSAL_ID, kind: resetsAt === undefined ? 'balance' : 'window', resetsAt, told: 'exhausted' },
    ],
    replaces: 'nothing',
  }
}
