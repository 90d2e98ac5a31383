// What init writes into Codex's config.toml.
import { HubError } from '../../base/errors.js'
import { tomlEditor } from '../../edit/toml-editor.js'
import type { AgentContext, AgentPlan, AgentState, InitChoices, LoginChoice } from '../agent.js'
import { readDocument } from '../config-file.js'
import { isInitBlock, PROVIDER_ID, providerBlock } from './provider.js'
import { codexWarnings } from './warnings.js'

export async function planCodex(
  context: AgentContext,
  state: AgentState,
  choices: InitChoices,
): Promise<AgentPlan> {
  const login = codexLogin(state, choices)
  const document = await readDocument(state.configFile, tomlEditor)
  const blockPath = ['model_providers', PROVIDER_ID]
  const block = document.get(blockPath)
  const byInit = isInitBlock(block)
  // A model that stands already is planned as it is, so that one which we wrote earlier stays on record.
  const model = choices.model ?? document.get(['model']) ?? choices.defaultModel
  return {
    login,
    files: [
      {
        path: state.configFile,
        editor: tomlEditor,
        edits: [
          ...(model === undefined ? [] : [{ path: ['model'], value: model }]),
          {
            path: ['model_provider'],
            value: PROVIDER_ID,
            isOurs: (value) => value === PROVIDER_ID && byInit,
          },
          { path: blockPath, value: providerBlock(block, choices, login), isOurs: isInitBlock },
        ],
      },
    ],
    warnings: [
      ...(await codexWarnings(context, state, document, login)),
      ...withoutCatalogue(choices, login),
    ],
  }
}

/** Codex asks for the list of models only with a login or an `auth` command (0.169.0). */
function withoutCatalogue(choices: InitChoices, login: LoginChoice): string[] {
  if (login === 'keep' || choices.auth === undefined || choices.auth === 'command') return []
  return [
    `With --auth ${choices.auth} Codex does not ask the hub for its models, and works with less for those that it does not know; --auth command is better.`,
  ]
}

/** Throws HubError `usage` for choices that cannot go together. */
export function codexLogin(state: AgentState, choices: InitChoices): LoginChoice {
  const login = choices.login ?? (state.login === 'chatgpt' && choices.auth === undefined ? 'keep' : 'key')
  if (login === 'keep' && choices.auth !== undefined) {
    throw new HubError('usage', 'With the login kept, Codex gets the hub key as a header.', {
      hint: 'Leave out --auth, or choose --login key.',
    })
  }
  return login
}
