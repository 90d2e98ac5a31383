// When no channel can serve a request: an error that says which of the causes it is and what to do next.

import { HubError } from '../base/errors.js'
import { nearest } from '../base/nearest.js'
import { namedModels, type Question, type Selection } from './select.js'

/** `no-channel` when there is none to choose from, else `unknown-model` with names that may have been meant. */
export function noTarget(question: Question, selection: Selection): HubError {
  if (question.channels.length === 0)
    return new HubError('no-channel', 'No channel is configured.', {
      hint: 'Add one with `axonhub channel add`.',
    })
  if (question.channels.every((channel) => !channel.enabled))
    return new HubError('no-channel', 'Every channel is disabled.', {
      hint: 'Enable one with `axonhub channel enable NAME`.',
    })
  const skipped = selection.reasons.join('; ')
  if (question.ruleChannels !== undefined)
    return new HubError(
      'no-channel',
      `None of the channels that the mapping gives for ${question.model} can be used (${skipped}).`,
      {
        hint: 'Look at the profile with `axonhub profile show`, and at the channels with `axonhub channel list`.',
      },
    )
  const close = nearest(question.model, namedModels(question.channels), 3)
  const meant = close.length === 0 ? '' : ` Did you mean ${close.join(', ')}?`
  return new HubError(
    'unknown-model',
    `No channel serves the model ${question.model} (${skipped}).${meant}`,
    {
      hint: `Add a channel that serves it (\`axonhub channel add\`), or map the name in a profile; \`axonhub explain ${question.model}\` shows each step.`,
      param: 'model',
    },
  )
}
