// A running answer as the trace will have it: what has the form of a secret is not shown while it comes either.

import { removeSecrets } from '../base/secret-forms.js'
import type { Said } from './conversation.js'

export function withoutSecrets(said: readonly Said[]): Said[] {
  return said.map((one) =>
    one.type === 'call'
      ? { ...one, input: removeSecrets(one.input).text }
      : { ...one, text: removeSecrets(one.text).text },
  )
}
