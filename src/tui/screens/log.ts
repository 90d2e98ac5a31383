// Log: what the hub wrote down, as it does.

import type { Screen } from '../screen.js'
import { updateLog } from './log-state.js'
import { drawLog } from './log-view.js'

export const logScreen: Screen = {
  id: 'log',
  title: 'Log',
  keys: (model) => [
    { keys: 'l', what: 'level' },
    model.screens.log.cursor === null ? { keys: 'p', what: 'pause' } : { keys: 'G', what: 'follow' },
    { keys: 'enter', what: model.screens.log.isOpen ? 'close' : 'whole line' },
  ],
  draw: drawLog,
  update: updateLog,
}
