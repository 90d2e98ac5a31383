// What every file of this codec shares: its name, and the law of carried fields. Fields that the IR has no place
// for travel in `carry`, come back verbatim when the target is this protocol, and are noted when it is not.

import { carriedFields } from '../ir/carried-fields.js'

export const PROTOCOL = 'openai-chat'

export const { carried, carryOf, ownFields, restored, noteForeign } = carriedFields(
  PROTOCOL,
  'Chat Completions',
)
