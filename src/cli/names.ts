// Names that a person gives on the command line: refused before anything is done, in words about names.

import { HubError } from '../base/errors.js'
import { isName } from '../config/schema.js'

/** Throws HubError `usage` when the configuration could not hold the name. */
export function requireName(what: 'channel' | 'profile' | 'key', name: string): void {
  if (isName(name)) return
  throw new HubError('usage', `A ${what} cannot be called ${JSON.stringify(name)}.`, {
    hint: 'A name is one word of at most 64 letters, digits, dots, dashes and underscores, and begins with a letter or a digit.',
  })
}
