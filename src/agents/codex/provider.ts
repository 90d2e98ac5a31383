// The provider block that makes Codex talk to the hub. Pure.
import type { JsonObject, JsonValue } from '../../base/json.js'
import { isObject, list, without } from '../../base/json.js'
import type { AuthChoice, InitChoices, LoginChoice } from '../agent.js'

/** One id for life: Codex files its sessions under it, and resumes none whose provider is gone. */
export const PROVIDER_ID = 'axonhub-responses'
export const KEY_HEADER = 'X-AxonHub-Key'
export const KEY_VARIABLE = 'AXONHUB_API_KEY'

/** Keys of the block that say who pays; two ways at once are an error in Codex. */
const CREDENTIALS = [
  'auth',
  'aws',
  'env_key',
  'env_key_instructions',
  'experimental_bearer_token',
  'gateway_oauth',
  'requires_openai_auth',
]

/**
 * Codex asks (request_max_retries + 1) × (stream_max_retries + 1) times before it gives up, 30 times as it
 * comes. The hub fails over by itself, so few tries are enough.
 */
const RETRIES = { request_max_retries: 1, stream_max_retries: 2 }

/** The block as it should stand: what the user put into it stays, unless it would break the connection. */
export function providerBlock(
  existing: JsonValue | undefined,
  choices: InitChoices,
  login: LoginChoice,
): JsonObject {
  const old = isObject(existing) ? existing : {}
  const kept = without(old, [
    ...CREDENTIALS,
    'http_headers',
    'supports_websockets',
    'wire_api',
    'base_url',
    'name',
  ])
  const headers = keptHeaders(old['http_headers'])
  if (login === 'keep') headers[KEY_HEADER] = choices.key
  return {
    name: displayName(old['name']),
    base_url: `${choices.hubUrl}/v1`,
    wire_api: 'responses',
    ...RETRIES,
    ...kept,
    ...(login === 'keep' ? { requires_openai_auth: true } : credential(choices, choices.auth ?? 'command')),
    ...(Object.keys(headers).length === 0 ? {} : { http_headers: headers }),
  }
}

/**
 * Whether only init can have written the block: the guides have its key in the environment, and nobody types a command that prints
 * one, or the header beside a login.
 */
export function isInitBlock(block: JsonValue | undefined): boolean {
  if (!isObject(block)) return false
  const { auth, http_headers: headers, experimental_bearer_token: token } = block
  const args = isObject(auth) ? list(auth, 'args') : []
  const key = isObject(headers) ? headers[KEY_HEADER] : token
  return (args.includes('token') && args.includes('codex')) || (typeof key === 'string' && HUB_KEY.test(key))
}

const HUB_KEY = /^ah-[0-9a-f]{48}$/

/** The name "OpenAI" switches Codex to behaviour that only OpenAI's own servers answer. */
function displayName(existing: JsonValue | undefined): string {
  return typeof existing === 'string' && existing !== '' && existing.toLowerCase() !== 'openai'
    ? existing
    : 'axonhub'
}

function keptHeaders(existing: JsonValue | undefined): JsonObject {
  if (!isObject(existing)) return {}
  const ours = [KEY_HEADER.toLowerCase(), 'authorization']
  return without(
    existing,
    Object.keys(existing).filter((name) => ours.includes(name.toLowerCase())),
  )
}

function credential(choices: InitChoices, auth: AuthChoice): JsonObject {
  switch (auth) {
    case 'command':
      return { auth: { command: choices.tokenCommand.command, args: [...choices.tokenCommand.args] } }
    case 'token':
      return { experimental_bearer_token: choices.key }
    case 'env':
      return {
        env_key: KEY_VARIABLE,
        env_key_instructions: `Set ${KEY_VARIABLE}: run \`axonhub env\` and follow what it prints.`,
      }
  }
}
