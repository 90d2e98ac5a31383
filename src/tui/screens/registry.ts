// The screens, in the order of their tabs. A new one is a line here, a name in model.ts, and its own files.

import type { Screen } from '../screen.js'
import { channelsScreen } from './channels.js'
import { LIVE } from './live.js'
import { logScreen } from './log.js'
import { profilesScreen } from './profiles.js'
import { quotaScreen } from './quota.js'
import { TRACE } from './trace.js'
import { usageScreen } from './usage.js'

export const SCREENS: readonly Screen[] = [
  LIVE,
  TRACE,
  quotaScreen,
  channelsScreen,
  profilesScreen,
  usageScreen,
  logScreen,
]
