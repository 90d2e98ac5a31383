// What init writes into Claude Code's settings.json, and into its state file as far as the first start needs.
import { isObject, type JsonObject, type JsonValue } from '../../base/json.js'
import type { ParsedDocument } from '../../edit/editor.js'
import { jsonEditor } from '../../edit/json-editor.js'
import type { RecordedEdit } from '../../edit/record-write.js'
import type { AgentContext, AgentFile, AgentPlan, AgentState, InitChoices, LoginChoice } from '../agent.js'
import { readDocument } from '../config-file.js'
import { contextLimits } from './context.js'
import { stateFile } from './detect.js'
import { HEADERS_VARIABLE, hubEnvironment, isHubValue, keyHeader, TOKEN_VARIABLE } from './environment.js'
import { statusLineEdits, statusLineWarning } from './status-line.js'
import { claudeWarnings } from './warnings.js'

export async function planClaudeCode(
  context: AgentContext,
  state: AgentState,
  choices: InitChoices,
): Promise<AgentPlan> {
  const settings = await readDocument(state.configFile, jsonEditor)
  const existing = settings.get(['env'])
  const env = isObject(existing) ? existing : {}
  const login = choices.login ?? claudeLogin(context, state, settings)
  const variables = Object.entries(hubEnvironment(env, choices, login))
  const edits = variables.map(([name, value]): RecordedEdit => {
    const isOurs = (standing: JsonValue) => isHubValue(name, standing)
    const edit = { path: ['env', name], value, isOurs }
    return name === HEADERS_VARIABLE ? { ...edit, part: keyHeader(choices.key) } : edit
  })
  // A model that stands already is planned as it is, so that one which we wrote earlier stays on record.
  const model = choices.model ?? settings.get(['model'])
  const line = settings.get(['statusLine'])
  const lineWarning = statusLineWarning(line, choices.statusline)
  return {
    login,
    files: [
      {
        path: state.configFile,
        editor: jsonEditor,
        edits: [
          ...edits,
          ...(model === undefined ? [] : [{ path: ['model'], value: model }]),
          ...statusLineEdits(line, choices.statusline),
        ],
      },
      ...(login === 'key' ? await onboarding(context) : []),
    ],
    warnings: [
      ...(await claudeWarnings(context, state, settings, login)),
      ...roomWarnings(choices),
      ...(lineWarning === undefined ? [] : [lineWarning]),
    ],
  }
}

/** A name of another maker is told the right number by a variable; of its own the client believes what it knows. */
function roomWarnings({ room, model }: InitChoices): string[] {
  const limits = model === undefined || /^claude/i.test(model) ? contextLimits(room) : undefined
  return limits === undefined ? [] : [limits]
}

/** A plan login is kept where it is what the client really uses. */
function claudeLogin(context: AgentContext, state: AgentState, settings: ParsedDocument): LoginChoice {
  const env = settings.get(['env'])
  const isShadowed =
    settings.get(['apiKeyHelper']) !== undefined ||
    (context.env['ANTHROPIC_API_KEY'] ?? '') !== '' ||
    (isObject(env) && (isSet(env, 'ANTHROPIC_API_KEY') || isForeignToken(env)))
  return state.login === 'oauth' && !isShadowed ? 'keep' : 'key'
}

function isSet(env: JsonObject, name: string): boolean {
  return (env[name] ?? '') !== ''
}

function isForeignToken(env: JsonObject): boolean {
  const token = env[TOKEN_VARIABLE]
  return typeof token === 'string' && token !== '' && !token.startsWith('ah-')
}

/**
 * The client asks for a theme and a login at its first start, unless its state file says that this is over.
 * It is touched only where it says nothing, or where what it says came from us.
 */
async function onboarding(context: AgentContext): Promise<AgentFile[]> {
  const path = stateFile(context)
  const said = (await readDocument(path, jsonEditor)).get(['hasCompletedOnboarding'])
  if (said !== undefined && said !== true) return []
  return [{ path, editor: jsonEditor, edits: [{ path: ['hasCompletedOnboarding'], value: true }] }]
}
