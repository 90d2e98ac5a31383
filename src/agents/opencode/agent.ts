// OpenCode as an agent of the hub.
import type { Agent, Launch, RunInput } from '../agent.js'
import { detectOpencode } from './detect.js'
import { planOpencode } from './plan.js'
import { modelName, PROVIDER_ID, providerValue } from './provider.js'

/** OpenCode takes a configuration from its environment, above all files; the key stands in no argument. */
function runOpencode({ choices, state, args }: RunInput): Launch {
  const model = choices.model ?? choices.models?.[0]
  const content = {
    provider: { [PROVIDER_ID]: providerValue(undefined, choices) },
    ...(model === undefined ? {} : { model: modelName(model) }),
  }
  return {
    command: state.command ?? 'opencode',
    args,
    env: { OPENCODE_CONFIG_CONTENT: JSON.stringify(content) },
    files: [],
  }
}

export const opencode: Agent = {
  id: 'opencode',
  title: 'OpenCode',
  detect: detectOpencode,
  planInit: planOpencode,
  run: runOpencode,
  undoNotes: ['An OpenCode that is running keeps its configuration until it is started again.'],
}
