// What init writes into OpenCode's configuration, and what would lead past it.
import { join } from 'node:path'
import { HubError } from '../../base/errors.js'
import { isObject } from '../../base/json.js'
import { jsonEditor } from '../../edit/json-editor.js'
import type { AgentContext, AgentPlan, AgentState, InitChoices } from '../agent.js'
import { glance, readDocument } from '../config-file.js'
import { isInitProvider, modelName, PROVIDER_ID, providerValue } from './provider.js'

export async function planOpencode(
  context: AgentContext,
  state: AgentState,
  choices: InitChoices,
): Promise<AgentPlan> {
  if (choices.login === 'keep') {
    throw new HubError('usage', 'OpenCode has no login that could be kept through the hub.', {
      hint: 'Leave out --login, or choose --login key.',
    })
  }
  const document = await readDocument(state.configFile, jsonEditor)
  const path = ['provider', PROVIDER_ID]
  const wanted = choices.model ?? choices.models?.[0]
  const standing = document.get(['model'])
  // A model that stands already is planned as it is, so that one which we wrote earlier stays on record.
  const model =
    choices.model === undefined ? (standing ?? (wanted && modelName(wanted))) : modelName(choices.model)
  return {
    login: 'key',
    files: [
      {
        path: state.configFile,
        editor: jsonEditor,
        edits: [
          { path, value: providerValue(document.get(path), choices), isOurs: isInitProvider },
          ...(model === undefined ? [] : [{ path: ['model'], value: model }]),
        ],
      },
    ],
    warnings: await warningsFor(context, state, standing !== undefined && standing !== model),
  }
}

/** Files and variables that win over the user's own configuration. */
async function warningsFor(context: AgentContext, state: AgentState, isReplaced: boolean): Promise<string[]> {
  const warnings: string[] = isReplaced ? [`${state.configFile}: its model is replaced.`] : []
  for (const name of ['OPENCODE_CONFIG', 'OPENCODE_CONFIG_CONTENT', 'OPENCODE_CONFIG_DIR'])
    if ((context.env[name] ?? '') !== '')
      warnings.push(`${name} is set: what it names may win over what init writes; unset it.`)
  for (const name of ['opencode.json', 'opencode.jsonc']) {
    const file = join(context.cwd, name)
    if (file === state.configFile) continue
    const document = await glance(file, jsonEditor)
    const provider = document?.get(['provider'])
    if (document?.get(['model']) !== undefined || (isObject(provider) && PROVIDER_ID in provider))
      warnings.push(
        `${file} sets a model or this provider for the project, which wins over what init writes.`,
      )
  }
  return warnings
}
