// The list of listed models in a running hub: which channels are asked, with whose key, and for how long.

import type { InForce } from './in-force.js'
import { type ListedModels, listedModels } from './listed-models.js'
import { selfObstacle } from './loop-guard.js'
import type { Place } from './place.js'
import { modelsOfChannel } from './probe/models.js'
import type { ProbeDeps } from './probe/session.js'

/** A provider that takes longer than this for its list is asked another time, ms. */
const PATIENCE_MS = 10_000

export type OpenListedDeps = Pick<
  ProbeDeps,
  'upstream' | 'credentials' | 'version' | 'instance' | 'clock'
> & { readonly inForce: Pick<InForce, 'channels'>; readonly place: Place }

export function openListed({ inForce, place, ...deps }: OpenListedDeps): ListedModels {
  return listedModels({
    // Who leads to the hub itself would be asked for the list that is being made.
    channels: () =>
      inForce.channels().filter(({ endpoints }) => selfObstacle(endpoints, place) === undefined),
    list: (channel) => modelsOfChannel(channel, deps, AbortSignal.timeout(PATIENCE_MS)),
    monotonic: () => deps.clock.monotonic(),
  })
}
