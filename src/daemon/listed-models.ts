// What the providers list, for channels whose models nobody named. Asked when somebody asks for the hub's own list, and kept
// for a while. Law: a provider that does not answer holds nobody up, and takes away nothing that it told before.

import { setTimeout as sleep } from 'node:timers/promises'
import { type Channel, isListedByProvider } from '../config/channels.js'
import { serves } from '../routing/select.js'

/** By channel: the ids that its provider lists, as far as the channel serves them. */
export type Listed = ReadonlyMap<string, readonly string[]>

export type ListedModels = {
  /** What is known after a short wait. Never rejects. */
  ids(): Promise<Listed>
}

export type ListedModelsDeps = {
  readonly channels: () => readonly Channel[]
  /** Asks the provider; may reject. */
  readonly list: (channel: Channel) => Promise<readonly string[]>
  /** Ms; only differences count. */
  readonly monotonic: () => number
  /** How long whoever asks waits for providers, ms. */
  readonly waitMs?: number
}

/** How long an answer holds, ms. */
const FRESH_MS = 300_000
/** How long a provider that did not answer is left alone, ms. */
const AFTER_FAILURE_MS = 15_000
/** Agents wait for the list at their start, Claude Code for three seconds; ms. */
const WAIT_MS = 1_500

type State = { readonly ids: readonly string[] } & (
  | { readonly type: 'asking'; readonly done: Promise<void> }
  | { readonly type: 'told'; readonly until: number }
)

export function listedModels({
  channels,
  list,
  monotonic,
  waitMs = WAIT_MS,
}: ListedModelsDeps): ListedModels {
  /** A channel that was edited is another object, and is asked anew. */
  const states = new WeakMap<Channel, State>()

  const ask = (channel: Channel): Promise<void> => {
    const before = states.get(channel)
    if (before?.type === 'asking') return before.ids.length > 0 ? Promise.resolve() : before.done
    if (before !== undefined && monotonic() < before.until) return Promise.resolve()
    const ids = before?.ids ?? []
    const told = (known: readonly string[], forMs: number) => {
      states.set(channel, { type: 'told', ids: known, until: monotonic() + forMs })
    }
    const done = list(channel).then(
      (fresh) => told(fresh, FRESH_MS),
      () => told(ids, AFTER_FAILURE_MS),
    )
    states.set(channel, { type: 'asking', ids, done })
    // What is only old is good enough for this once.
    return ids.length > 0 ? Promise.resolve() : done
  }

  return {
    async ids() {
      const open = channels().filter((channel) => channel.enabled && isListedByProvider(channel))
      if (open.length === 0) return new Map()
      await Promise.race([Promise.all(open.map(ask)), sleep(waitMs, undefined, { ref: false })])
      return new Map(
        open.map((channel) => {
          const ids = states.get(channel)?.ids ?? []
          return [channel.name, ids.filter((id) => serves(channel, id))]
        }),
      )
    },
  }
}
