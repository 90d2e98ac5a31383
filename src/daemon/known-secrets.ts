// The keys of the configuration, told to the recorder before the first request, so that none is ever written down. What could
// ask the user something (a keychain, a command) is told when it is first used.

import { parseReference } from '../secrets/reference.js'
import type { HubParts } from './hub-parts.js'

/** Never rejects: a key that cannot be had cannot be written down either. */
export async function tellSecrets({
  inForce,
  credentials,
  secrets,
  recorder,
}: Pick<HubParts, 'inForce' | 'credentials' | 'secrets' | 'recorder'>): Promise<void> {
  const references = inForce
    .channels()
    .flatMap(({ credential }) => (credential.type === 'secret' ? credential.references : []))
    .filter((reference) => {
      const { type } = parseReference(reference)
      return type === 'keychain' ? secrets.kind === 'file' : type !== 'cmd'
    })
  const found = await Promise.allSettled(references.map((reference) => credentials.get(reference)))
  recorder.know(found.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])))
}
