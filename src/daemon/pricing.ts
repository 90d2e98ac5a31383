// Tells the store by which price the tokens of a request count. The store multiplies: prices are looked up in its thread.

import type { Channel } from '../config/channels.js'
import { PRICES_CHECKED } from '../config/presets.js'
import { type Rates, ratesOf, type Tier } from '../cost/price.js'
import type { Pricing } from '../cost/request-cost.js'
import type { RecordMessage } from '../store/record.js'

/** The message with its pricing; unchanged where tokens have no price: a plan, a server of one's own. */
export function priced(message: RecordMessage, channels: () => readonly Channel[]): RecordMessage {
  if (message.type !== 'request-finished' || message.usage === undefined) return message
  const channel = channels().find(({ name }) => name === message.channel)
  const pricing = channel === undefined ? undefined : pricingOf(channel, message.modelUsed)
  return pricing === undefined ? message : { ...message, pricing }
}

function pricingOf(
  { provider, credential, catalogue }: Channel,
  model: string | undefined,
): Pricing | undefined {
  if (
    provider === undefined ||
    model === undefined ||
    credential.type === 'client' ||
    credential.type === 'login'
  )
    return undefined
  const price = catalogue.find(({ id }) => id === model)?.price
  if (price === undefined) return { provider }
  const { tiers = [], ...rates } = price
  const listed = {
    rates: named(rates),
    tiers: tiers
      .map(({ over, ...changed }): Tier => ({ over, ...named(changed) }))
      .sort((a, b) => a.over - b.over),
    date: PRICES_CHECKED,
  }
  return { provider, listed }
}

type Written = {
  readonly input?: number
  readonly output?: number
  readonly cache_read?: number
  readonly cache_write?: number
}

function named({ input, output, cache_read, cache_write }: Written): Rates {
  return ratesOf({ input, output, cacheRead: cache_read, cacheWrite5m: cache_write })
}
