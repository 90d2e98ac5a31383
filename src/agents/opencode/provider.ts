// The provider that makes OpenCode talk to the hub. Pure.
import { isObject, type JsonObject, type JsonValue, object } from '../../base/json.js'
import type { InitChoices } from '../agent.js'

export const PROVIDER_ID = 'axonhub'
/** Part of OpenCode itself (1.18): nothing is fetched for it. */
const PACKAGE = '@ai-sdk/openai-compatible'

/** The name under which OpenCode asks for a model of the hub. */
export function modelName(model: string): string {
  return `${PROVIDER_ID}/${model}`
}

/** The provider as it should stand: what the user put into it stays, unless it would break the connection. */
export function providerValue(existing: JsonValue | undefined, choices: InitChoices): JsonObject {
  const old = isObject(existing) ? existing : {}
  return {
    name: 'axonhub',
    ...old,
    npm: PACKAGE,
    options: { ...object(old, 'options'), baseURL: `${choices.hubUrl}/v1`, apiKey: choices.key },
    models: modelsOf(object(old, 'models') ?? {}, choices),
  }
}

/** OpenCode offers only models that stand here, and asks no server for them. */
function modelsOf(existing: JsonObject, { models = [], model }: InitChoices): JsonObject {
  const named = [...models, ...(model === undefined ? [] : [model])]
  const added = named.filter((name) => !(name in existing)).map((name) => [name, { name }] as const)
  return { ...existing, ...Object.fromEntries(added) }
}

const HUB_KEY = /^ah-[0-9a-f]{48}$/

/** Whether only init can have written the provider. */
export function isInitProvider(value: JsonValue): boolean {
  const key = isObject(value) ? object(value, 'options')?.['apiKey'] : undefined
  return typeof key === 'string' && HUB_KEY.test(key)
}
