// The screens, in the order of their tabs. A new one is a line here, a name in model.ts, and its own files.

import type { Screen } from '../screen.js'
import { LIVE } from './live.js'
import { TRACE } from './trace.js'

export const SCREENS: readonly Screen[] = [LIVE, TRACE]
