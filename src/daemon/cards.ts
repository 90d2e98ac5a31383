// The capability cards that hold: in memory from the start, written behind the answers' back. Law: a card says something only
// about the configuration that it was made under, and a new test forgets the old card.

import { asHubError, type HubError } from '../base/errors.js'
import { parseJson } from '../base/json.js'
import type { Channel } from '../config/channels.js'
import { channelFingerprint } from '../config/fingerprint.js'
import { type CapabilityCard, capabilityCard, resultOf } from '../control/card.js'
import type { Recorder } from '../recorder/recorder.js'
import type { Need } from '../routing/select.js'
import type { StoredCard } from '../store/views.js'
import type { ShortcomingSource } from './decide.js'

type Kept = { readonly card: CapabilityCard; readonly fingerprint: string }

type CardPlace = Pick<CapabilityCard, 'channel' | 'model' | 'protocol'>

export type CardBook = {
  /** The cards of these channels that hold for them as they are. */
  list(channels: readonly Channel[]): CapabilityCard[]
  /** Why the channel is not the best for these needs, as its card says; undefined when nothing speaks against it. */
  readonly shortcoming: ShortcomingSource
  /** Returns at once. A card of a channel that did not answer only takes the place of the old one away. */
  keep(channel: Channel, card: CapabilityCard): void
}

export type CardDeps = {
  readonly recorder: Pick<Recorder, 'query'>
  /** Told when a card could not be written down; it still holds until the hub stops. */
  readonly failed: (error: HubError) => void
}

const keyOf = ({ channel, model, protocol }: CardPlace) => `${channel}\n${model}\n${protocol}`

/** A stored card; undefined when another version wrote it and it cannot be read. */
export function readCard(stored: StoredCard): CapabilityCard | undefined {
  const parsed = capabilityCard.safeParse(parseJson(stored.card))
  return parsed.success ? parsed.data : undefined
}

export function storedCard(channel: Channel, card: CapabilityCard): StoredCard {
  return {
    channel: card.channel,
    model: card.model,
    protocol: card.protocol,
    fingerprint: channelFingerprint(channel),
    testedAt: Date.parse(card.testedAt),
    card: JSON.stringify(card),
  }
}

const NEEDED = { tools: 'tools', images: 'tool-images', thinking: 'thinking' } as const

/** What a request may need, and how a card reads that lacks it. */
const LACKS: Readonly<Record<Need, string>> = {
  tools: 'calls no tools',
  images: 'sees no pictures',
  thinking: 'tells no thinking',
}

/** Rejects with the store's HubError when it cannot be read. */
export async function openCards({ recorder, failed }: CardDeps): Promise<CardBook> {
  const kept = new Map<string, Kept>()
  for (const stored of await recorder.query('list-cards', {})) {
    const card = readCard(stored)
    if (card !== undefined) kept.set(keyOf(card), { card, fingerprint: stored.fingerprint })
  }
  const written = (done: Promise<unknown>) => {
    done.catch((thrown: unknown) => failed(asHubError(thrown)))
  }
  const holds = ({ fingerprint }: Kept, channel: Channel) => fingerprint === channelFingerprint(channel)
  return {
    list: (channels) =>
      channels.flatMap((channel) =>
        [...kept.values()]
          .filter((one) => one.card.channel === channel.name && holds(one, channel))
          .map(({ card }) => card),
      ),
    shortcoming(channel, { model, protocol }, needs) {
      const found = kept.get(keyOf({ channel: channel.name, model, protocol }))
      if (found === undefined || !holds(found, channel)) return undefined
      const lacking = needs().filter((need) => resultOf(found.card, NEEDED[need])?.result === 'no')
      return lacking.length === 0 ? undefined : lacking.map((need) => LACKS[need]).join(' and ')
    },
    keep(channel, card) {
      if (card.answers) {
        const stored = storedCard(channel, card)
        kept.set(keyOf(card), { card, fingerprint: stored.fingerprint })
        written(recorder.query('put-card', stored))
      } else {
        const { model, protocol } = card
        kept.delete(keyOf(card))
        written(recorder.query('drop-card', { channel: card.channel, model, protocol }))
      }
    },
  }
}
