// What init writes for Gemini CLI, and where that does not count: the kind of login into its settings, address and key into
// the file of variables in its folder, which it reads in trusted folders without one of their own (docs/clients.md).
import { dirname, join } from 'node:path'
import { HubError } from '../../base/errors.js'
import type { JsonValue } from '../../base/json.js'
import { envEditor } from '../../edit/env-editor.js'
import { jsonEditor } from '../../edit/json-editor.js'
import type { AgentContext, AgentPlan, AgentState, InitChoices } from '../agent.js'
import { exists, readDocument } from '../config-file.js'
import { KEY_LOGIN, LOGIN_PATH } from './detect.js'
import { hubVariables, isHubVariable } from './environment.js'

const MODEL_PATH = ['model', 'name']

export async function planGemini(
  context: AgentContext,
  state: AgentState,
  choices: InitChoices,
): Promise<AgentPlan> {
  if (choices.login === 'keep') throw noLogin()
  const settings = await readDocument(state.configFile, jsonEditor)
  // A model that stands already is planned as it is, so that one which we wrote earlier stays on record.
  const model = choices.model ?? settings.get(MODEL_PATH)
  const variables = join(state.home, '.env')
  return {
    login: 'key',
    files: [
      {
        path: state.configFile,
        editor: jsonEditor,
        edits: [
          { path: LOGIN_PATH, value: KEY_LOGIN },
          ...(model === undefined ? [] : [{ path: MODEL_PATH, value: model }]),
        ],
      },
      {
        path: variables,
        editor: envEditor,
        edits: Object.entries(hubVariables(choices)).map(([name, value]) => ({
          path: [name],
          value,
          isOurs: isHubVariable,
        })),
      },
    ],
    warnings: [
      ...replacedLogin(state, settings.get(LOGIN_PATH)),
      ...setVariables(context, choices),
      ...(await nearerFiles(context, variables)),
    ],
  }
}

/** Google's own login speaks to another service, which the hub is not. */
export function noLogin(): HubError {
  return new HubError('usage', 'Gemini CLI has no login that could be kept through the hub.', {
    hint: 'Leave out --login, or choose --login key.',
  })
}

function replacedLogin(state: AgentState, standing: JsonValue | undefined): string[] {
  if (typeof standing !== 'string' || standing === KEY_LOGIN) return []
  return [`${state.configFile}: its login (${standing}) is replaced by the hub's key until undo.`]
}

function setVariables(context: AgentContext, choices: InitChoices): string[] {
  return Object.entries(hubVariables(choices)).flatMap(([name, value]) => {
    const set = context.env[name] ?? ''
    return set === '' || set === value ? [] : [`${name} is set in this shell and wins; unset it.`]
  })
}

/** The first file of variables on the way up hides all others. */
async function nearerFiles(context: AgentContext, own: string): Promise<string[]> {
  for (let folder = context.cwd; ; folder = dirname(folder)) {
    for (const file of [join(folder, '.gemini', '.env'), join(folder, '.env')]) {
      if (file === own) return []
      if (await exists(file))
        return [`${file} is read here instead of ${own}; use "axonhub run gemini" in this folder.`]
    }
    if (dirname(folder) === folder) return []
  }
}
