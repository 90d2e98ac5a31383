// A hub that is its own upstream would ask itself without end. Each upstream request carries the marks of the hubs that it went
// through; a hub that finds its own refuses, and says so with its mark, so that the asking side knows what happened.

import type { IncomingHttpHeaders } from 'node:http'
import { HubError } from '../base/errors.js'
import type { Endpoint } from '../config/channels.js'
import { type Address, pointsAt } from '../config/endpoints.js'
import { isLoopbackHost } from '../config/kinds.js'
import type { Target } from './target.js'

/** Holds the ids of the hubs on the way, with commas. An id lives as long as its process and says nothing of the user. */
export const HOP_HEADER = 'ah-hop'

/** More hubs than this in a row are a loop through hubs that do not tell of each other. */
const MOST_HOPS = 8

function hops(value: string | string[] | undefined): string[] {
  const text = Array.isArray(value) ? value.join(',') : (value ?? '')
  return text
    .split(',')
    .map((hop) => hop.trim())
    .filter((hop) => hop !== '')
}

/**
 * The header for a request that goes up: the marks it came with, and this hub's. An agent's own login goes to its maker only
 * (credentials.ts), where no hub is, so the maker is shown none.
 */
export function hopHeaders(
  incoming: IncomingHttpHeaders,
  instance: string,
  { ownLogin, baseUrl }: Pick<Target, 'ownLogin' | 'baseUrl'>,
): Record<string, string> {
  if (ownLogin && !isLoopbackHost(new URL(baseUrl).hostname)) return {}
  const before = incoming[HOP_HEADER]
  return { [HOP_HEADER]: before === undefined ? instance : [...hops(before), instance].join(', ') }
}

/** Why nothing is sent to a channel that has the hub's own address, in half a sentence; undefined for all other channels. */
export function selfObstacle(endpoints: readonly Endpoint[], own: Address): string | undefined {
  const itself = endpoints.find(({ baseUrl }) => pointsAt(baseUrl, own))
  return itself === undefined ? undefined : `${itself.baseUrl} is the address of this hub`
}

/** Throws HubError `loop` when the request has been here before. */
export function refuseLoop(incoming: IncomingHttpHeaders, instance: string): void {
  if (incoming[HOP_HEADER] === undefined) return
  const before = hops(incoming[HOP_HEADER])
  if (!before.includes(instance) && before.length < MOST_HOPS) return
  throw new HubError(
    'loop',
    'This request came back to the hub that sent it: a channel leads to the hub itself.',
    {
      hint: 'Give the channel the address of its provider: "axonhub channel list --json" shows the addresses.',
    },
  )
}

/** What an upstream's answer says when that upstream is this hub; undefined for all other answers. */
export function loopAnswer(
  status: number,
  headers: Readonly<Record<string, string>>,
  instance: string,
  where: string,
): HubError | undefined {
  if (status !== 508 || !hops(headers[HOP_HEADER]).includes(instance)) return undefined
  return new HubError('loop', `${where} leads back to this hub.`, {
    hint: 'Give the channel the address of its provider: "axonhub channel list --json" shows the addresses.',
    status,
  })
}
