// All attacks, in the order in which they are shown.

import { BODY_ATTACKS } from './bodies.js'
import { BROWSER_ATTACKS } from './browser.js'
import { FILE_ATTACKS } from './files.js'
import { FRAMING_ATTACKS } from './framing.js'
import { KEY_ATTACKS } from './keys.js'
import { REACH_ATTACKS } from './reach.js'
import { REMOTE_ATTACKS } from './remote.js'
import type { Attack } from './target.js'

export const ATTACKS: readonly Attack[] = [
  ...BROWSER_ATTACKS,
  ...KEY_ATTACKS,
  ...FRAMING_ATTACKS,
  ...BODY_ATTACKS,
  ...REACH_ATTACKS,
  ...REMOTE_ATTACKS,
  ...FILE_ATTACKS,
]
