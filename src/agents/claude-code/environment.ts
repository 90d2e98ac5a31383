// The environment that makes Claude Code talk to the hub. Pure.
// Not set on purpose: telemetry, updates and experimental features are the user's own choice, and the hub itself
// drops the billing block for upstreams that it would cost the prompt cache.
import type { JsonObject, JsonValue } from '../../base/json.js'
import type { InitChoices, LoginChoice } from '../agent.js'
import { contextVariables } from './context.js'

const KEY_HEADER = 'X-AxonHub-Key'
export const HEADERS_VARIABLE = 'ANTHROPIC_CUSTOM_HEADERS'
export const TOKEN_VARIABLE = 'ANTHROPIC_AUTH_TOKEN'

/** Variables with the values that they should have; undefined takes one out. `existing` is the `env` of the settings. */
export function hubEnvironment(
  existing: JsonObject,
  choices: InitChoices,
  login: LoginChoice,
): Record<string, string | undefined> {
  const address = { ANTHROPIC_BASE_URL: `${choices.hubUrl}/anthropic` }
  // The model picker then lists the models behind the hub.
  const discovery = {
    CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY: '1',
    ...contextVariables(choices.room),
  }
  if (login === 'keep') {
    const headers = { [HEADERS_VARIABLE]: mergedHeaders(existing[HEADERS_VARIABLE], choices.key) }
    // A token in the environment would be used instead of the login.
    return { ...address, [TOKEN_VARIABLE]: undefined, ...headers, ...discovery }
  }
  return {
    ...address,
    [TOKEN_VARIABLE]: choices.key,
    ...discovery,
    // Auto mode's safety check is done by Anthropic's own servers; with this the client asks a model through the
    // hub instead (2.1.328; without it the first tool call ends in a dialog).
    CLAUDE_CODE_AUTO_MODE_SERVER: '0',
  }
}

const OURS: Readonly<Record<string, RegExp>> = {
  ANTHROPIC_BASE_URL: /^http:\/\/(127\.0\.0\.1|localhost|\[::1\]):\d+\/anthropic\/?$/,
  [TOKEN_VARIABLE]: /^ah-[0-9a-f]{48}$/,
}

/** Whether only a hub can have set the variable to this value. */
export function isHubValue(name: string, value: JsonValue): boolean {
  return typeof value === 'string' && OURS[name]?.test(value) === true
}

export function keyHeader(key: string): string {
  return `${KEY_HEADER}: ${key}`
}

/** The user's own header lines, and ours as the last. */
function mergedHeaders(existing: JsonValue | undefined, key: string): string {
  const lines = typeof existing === 'string' ? existing.split('\n').filter((line) => line.trim() !== '') : []
  const others = lines.filter((line) => !line.trim().toLowerCase().startsWith(`${KEY_HEADER.toLowerCase()}:`))
  return [...others, keyHeader(key)].join('\n')
}
