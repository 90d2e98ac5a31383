// Names the upstream that can read its own sealed reasoning again. Law: the same channel, protocol and base URL
// always give the same footprint; a channel that is pointed elsewhere gets another one. No secret goes in.

import { createHash } from 'node:crypto'
import type { ProtocolId } from './ids.js'

/** A short stable word for a channel's endpoint; `baseUrl` as normalised by the configuration. */
export function footprintOf(endpoint: {
  readonly channel: string
  readonly protocol: ProtocolId
  readonly baseUrl: string
}): string {
  const identity = JSON.stringify([endpoint.channel, endpoint.protocol, endpoint.baseUrl])
  return createHash('sha256').update(identity).digest('base64url').slice(0, 12)
}
