// Gemini CLI as an agent of the hub.
import { HubError } from '../../base/errors.js'
import type { Agent, Launch, RunInput } from '../agent.js'
import { detectGemini } from './detect.js'
import { ADDRESS_VARIABLE, hubVariables, KEY_VARIABLE } from './environment.js'
import { noLogin, planGemini } from './plan.js'

/** Variables of the process count above all files; only the kind of login stands in the user's settings alone. */
function runGemini({ choices, state, args }: RunInput): Launch {
  if (choices.login === 'keep') throw noLogin()
  if (state.login !== 'apikey') {
    throw new HubError('refused', `Gemini CLI is not set to use an API key (${state.configFile}).`, {
      hint: 'Run "axonhub init gemini" once, or choose "Use Gemini API Key" with /auth in Gemini CLI.',
    })
  }
  return {
    command: state.command ?? 'gemini',
    args: [...(choices.model === undefined ? [] : ['--model', choices.model]), ...args],
    env: {
      ...hubVariables(choices),
      GEMINI_API_KEY_AUTH_MECHANISM: undefined,
      GOOGLE_GENAI_API_VERSION: undefined,
    },
    files: [],
  }
}

export const gemini: Agent = {
  id: 'gemini',
  title: 'Gemini CLI',
  detect: detectGemini,
  planInit: planGemini,
  run: runGemini,
  nextStep: 'in folders that it trusts and that have no .env ("axonhub run gemini" in all)',
  undoNotes: [
    'A Gemini CLI that is running keeps its configuration until it is started again.',
    `A shell that has ${ADDRESS_VARIABLE} or ${KEY_VARIABLE} of its own keeps them.`,
  ],
}
