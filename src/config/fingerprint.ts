// Tells whether a channel still is what it was when something was found out about it.

import { createHash } from 'node:crypto'
import { describeReference } from '../secrets/reference.js'
import type { Channel } from './channels.js'

const known = new WeakMap<Channel, string>()

function credentialWords({ credential }: Channel): string | readonly string[] {
  return credential.type === 'secret' ? credential.references.map(describeReference) : credential.type
}

/**
 * A short word for everything about a channel that decides how its provider answers: where, how it pays (never the
 * secret), its headers and dialects. Its place in the order, its tags and its list of models are left out.
 */
export function channelFingerprint(channel: Channel): string {
  const before = known.get(channel)
  if (before !== undefined) return before
  const { provider, endpoints, headers, dialects, families } = channel
  const identity = JSON.stringify([
    provider,
    endpoints,
    credentialWords(channel),
    headers,
    dialects,
    families,
  ])
  const fingerprint = createHash('sha256').update(identity).digest('base64url').slice(0, 16)
  known.set(channel, fingerprint)
  return fingerprint
}
