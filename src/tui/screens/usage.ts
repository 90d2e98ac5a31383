// Usage: what it cost and how many tokens went, by day, model or channel.

import type { Model } from '../model.js'
import type { Screen } from '../screen.js'
import { updateUsage } from './usage-state.js'
import { drawUsage } from './usage-view.js'

function keys(model: Model) {
  const { by, measure } = model.screens.usage
  const groups = [
    { keys: 'd', what: 'by day' },
    { keys: 'm', what: 'by model' },
    { keys: 'c', what: 'by channel' },
  ]
  return [
    ...groups.filter(({ what }) => what !== `by ${by}`),
    { keys: 't', what: measure === 'cost' ? 'bars of tokens' : 'bars of cost' },
    { keys: '+/-', what: 'longer, shorter' },
  ]
}

export const usageScreen: Screen = { id: 'usage', title: 'Usage', keys, draw: drawUsage, update: updateUsage }
