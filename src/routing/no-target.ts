// When no channel can serve a request: an error that says which of the causes it is and what to do next.

import { HubError } from '../base/errors.js'
import { nearest } from '../base/nearest.js'
import { namedModels, type Question, type Selection, serves } from './select.js'

/**
 * `unknown-model` when no channel has the model, with names that may have been meant; `no-channel` when there is none at
 * all or those that have it cannot be used. The reasons of the selection may hold lines of channels that were left
 * out before it.
 */
export function noTarget(question: Question, selection: Selection): HubError {
  const skipped = selection.reasons.filter((line) => line.includes(': skipped, '))
  const { channels, model, ruleChannels } = question
  if (channels.length === 0 && skipped.length === 0)
    return new HubError('no-channel', 'No channel is configured.', {
      hint: 'Add one with `axonhub channel add`.',
    })
  if (channels.every((channel) => !channel.enabled) && skipped.length <= channels.length)
    return new HubError('no-channel', 'Every channel is disabled.', {
      hint: 'Enable one with `axonhub channel enable NAME`.',
    })
  const why = skipped.join('; ')
  if (ruleChannels !== undefined)
    return new HubError(
      'no-channel',
      `None of the channels that the mapping gives for ${model} can be used (${why}).`,
      {
        hint: 'Look at the profile with `axonhub profile show`, and at the channels with `axonhub channel list`.',
      },
    )
  if (channels.length === 0 || channels.some((channel) => serves(channel, model)))
    return new HubError('no-channel', `No channel can serve ${model} for this request (${why}).`, {
      hint: `\`axonhub explain ${model}\` shows each step; \`axonhub channel list\` shows the channels.`,
    })
  const close = nearest(model, namedModels(channels), 3)
  const meant = close.length === 0 ? '' : ` Did you mean ${close.join(', ')}?`
  return new HubError('unknown-model', `No channel serves the model ${model} (${why}).${meant}`, {
    hint: `Add a channel that serves it (\`axonhub channel add\`), or map the name in a profile; \`axonhub explain ${model}\` shows each step.`,
    param: 'model',
  })
}
