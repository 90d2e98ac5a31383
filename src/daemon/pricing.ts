// Tells the store by which price the tokens of a request count. The store multiplies: prices are looked up in its thread.

import type { Channel } from '../config/channels.js'
import { PRICES_CHECKED } from '../config/presets.js'
import { ratesOf } from '../cost/price.js'
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
  const rates = ratesOf({
    input: price.input,
    output: price.output,
    cacheRead: price.cache_read,
    cacheWrite5m: price.cache_write,
  })
  return { provider, listed: { rates, date: PRICES_CHECKED } }
}
