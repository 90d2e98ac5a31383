// Usage: what it cost and how many tokens went, by day, model or channel.

import type { Model } from '../model.js'
import type { Screen } from '../screen.js'
import { shownMeasure, updateUsage, usageRows } from './usage-state.js'
import { drawUsage } from './usage-view.js'

function keys(model: Model) {
  const { by } = model.screens.usage
  const rows = usageRows(model) ?? []
  const measure = shownMeasure(model.screens.usage, rows)
  const hasCost = rows.some(({ cost }) => cost > 0)
  const groups = [
    { keys: 'd', what: 'by day' },
    { keys: 'm', what: 'by model' },
    { keys: 'c', what: 'by channel' },
  ]
  return [
    ...groups.filter(({ what }) => what !== `by ${by}`),
    ...(hasCost ? [{ keys: 't', what: measure === 'cost' ? 'bars of tokens' : 'bars of cost' }] : []),
    { keys: '+/-', what: 'longer, shorter' },
  ]
}

export const usageScreen: Screen = { id: 'usage', title: 'Usage', keys, draw: drawUsage, update: updateUsage }
