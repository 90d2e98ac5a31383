// Codex through the hub for one process, by -c overrides; no file changes and no key stands in the arguments.
import type { JsonObject } from '../../base/json.js'
import { without } from '../../base/json.js'
import { renderTomlValue } from '../../edit/toml-render.js'
import type { Launch, RunInput } from '../agent.js'
import { codexLogin } from './plan.js'
import { KEY_HEADER, KEY_VARIABLE, PROVIDER_ID, providerBlock } from './provider.js'

export function runCodex({ choices, state, args }: RunInput): Launch {
  // A token in the arguments could be read by every user of the machine: command or environment only.
  const auth = choices.auth === 'token' ? 'env' : choices.auth
  const safe = { ...choices, ...(auth === undefined ? {} : { auth }) }
  const login = codexLogin(state, safe)
  const block = keyless(providerBlock(undefined, safe, login))
  const needsVariable = login === 'keep' || auth === 'env'
  const overrides = [
    ['model_provider', renderTomlValue(PROVIDER_ID)],
    [`model_providers.${PROVIDER_ID}`, renderTomlValue(block)],
    ...(choices.model === undefined ? [] : [['model', renderTomlValue(choices.model)]]),
  ]
  return {
    command: state.command ?? 'codex',
    args: [
      ...overrides.flatMap(([key, value]) => ['-c', `${key}=${value}`]),
      // The background server keeps the environment of its first start, and so another key.
      ...(needsVariable ? ['--disable', 'daemon_auto_start'] : []),
      ...args,
    ],
    env: needsVariable ? { [KEY_VARIABLE]: choices.key } : {},
    files: [],
  }
}

/** The block with the key header taken from the environment. */
function keyless(block: JsonObject): JsonObject {
  if (block['http_headers'] === undefined) return block
  return { ...without(block, ['http_headers']), env_http_headers: { [KEY_HEADER]: KEY_VARIABLE } }
}
