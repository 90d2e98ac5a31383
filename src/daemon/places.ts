// Where conversations are, kept in the store: read once at the start, written behind the answers' back. Losing it costs a
// provider's cache, never a request.

import { asHubError, type HubError } from '../base/errors.js'
import type { Recorder } from '../recorder/recorder.js'
import { AFFINITY_BOUND, type Served } from '../routing/affinity.js'

export type Places = {
  /** Used longest ago first. */
  readonly places: readonly Served[]
  /** Returns at once. */
  remember(served: Served): void
}

/** `failed` is told when a place could not be kept. Rejects with the store's HubError when it cannot be read. */
export async function openPlaces(
  recorder: Pick<Recorder, 'query'>,
  failed: (error: HubError) => void,
): Promise<Places> {
  const stored = await recorder.query('list-places', {})
  return {
    places: stored.map(({ trace, channel, key }) => ({ trace, place: { channel, key: key ?? undefined } })),
    remember({ trace, place }) {
      recorder
        .query('put-place', {
          place: { trace, channel: place.channel, key: place.key ?? null },
          bound: AFFINITY_BOUND,
        })
        .catch((thrown: unknown) => failed(asHubError(thrown)))
    },
  }
}
