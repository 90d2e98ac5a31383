// Which models a channel's provider lists, and which of them a test asks.

import { HubError } from '../../base/errors.js'
import { isObject, type JsonObject, objects, parseJson, text } from '../../base/json.js'
import { isGlob } from '../../base/name-pattern.js'
import type { Channel, Endpoint } from '../../config/channels.js'
import { codecOf } from '../../protocol/registry.js'
import { readAll } from '../../upstream/client.js'
import { type Finding, finding, refused } from './finding.js'
import { PATIENCE_MS, type ProbeDeps, questionHeaders, type Session } from './session.js'

const LIST_LIMIT = 16 * 1024 * 1024

type ListDeps = Pick<ProbeDeps, 'upstream' | 'credentials' | 'version' | 'instance' | 'clock'>

function modelsUrl({ protocol, baseUrl }: Endpoint): URL {
  return new URL(protocol === 'anthropic-messages' ? `${baseUrl}/v1/models` : `${baseUrl}/models`)
}

type Listed =
  | { readonly type: 'list'; readonly ids: readonly string[] }
  /** Many providers have no list, so that is no fault. */
  | { readonly type: 'none'; readonly status: number }
  /** The key is not taken. */
  | { readonly type: 'refused'; readonly error: HubError }

async function listModels(
  channel: Channel,
  endpoint: Endpoint,
  deps: ListDeps,
  signal: AbortSignal,
): Promise<Listed> {
  const answer = await deps.upstream.send({
    method: 'GET',
    url: modelsUrl(endpoint),
    headers: { ...(await questionHeaders(channel, endpoint, deps)), 'anthropic-version': '2023-06-01' },
    signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]),
    silenceMs: PATIENCE_MS,
  })
  const said = (await readAll(answer.body, LIST_LIMIT)).toString('utf8')
  const reply = parseJson(said)
  if (answer.status === 401 || answer.status === 403) {
    const { client } = codecOf(endpoint.protocol)
    const error = client.decodeError(answer.status, answer.headers, reply ?? said, deps.clock.now())
    return { type: 'refused', error }
  }
  const ids = answer.status === 200 && isObject(reply) ? idsIn(reply) : undefined
  return ids === undefined ? { type: 'none', status: answer.status } : { type: 'list', ids }
}

/** `data[].id`, or Gemini's `models[].name`, where `models/` stands before the id; undefined when it is no list. */
function idsIn(reply: JsonObject): string[] | undefined {
  if (Array.isArray(reply['data'])) return objects(reply, 'data').flatMap((model) => text(model, 'id') ?? [])
  if (!Array.isArray(reply['models'])) return undefined
  return objects(reply, 'models').flatMap((model) => text(model, 'name')?.replace(/^models\//, '') ?? [])
}

/**
 * The ids that the channel's provider lists, or those that are known of it when it lists none. Nobody can ask in the
 * place of an agent with its own login. Throws HubError when the provider cannot be reached.
 */
export async function modelsOfChannel(
  channel: Channel,
  deps: ListDeps,
  signal: AbortSignal = AbortSignal.timeout(PATIENCE_MS),
): Promise<string[]> {
  for (const endpoint of channel.credential.type === 'client' ? [] : channel.endpoints) {
    const listed = await listModels(channel, endpoint, deps, signal)
    if (listed.type === 'list') return [...listed.ids]
    if (listed.type === 'refused' && channel.catalogue.length === 0) throw listed.error
  }
  return channel.catalogue.map((model) => model.id)
}

/** The model to ask: the first that the channel names, else one that is known of it or listed. Throws `unknown-model`. */
export async function modelToTest(channel: Channel, deps: ListDeps, signal: AbortSignal): Promise<string> {
  const named = channel.models?.find((id) => !isGlob(id)) ?? channel.catalogue.at(-1)?.id
  if (named !== undefined) return named
  const [listed] = await modelsOfChannel(channel, deps, signal)
  if (listed !== undefined) return listed
  throw new HubError('unknown-model', `It is not known which models ${channel.name} serves.`, {
    hint: `Name one: "axonhub channel test ${channel.name} --model MODEL", or list them under "models:" of the channel.`,
  })
}

export async function checkModels({ way, deps, signal, spent }: Session): Promise<Finding> {
  spent.requests += 1
  const listed = await listModels(way.channel, way.endpoint, deps, signal)
  if (listed.type === 'refused') return refused('models', listed.error)
  if (listed.type === 'none')
    return finding('models', 'no', `no list of models (the answer is ${listed.status})`)
  const count = `${listed.ids.length} ${listed.ids.length === 1 ? 'model' : 'models'} listed`
  return listed.ids.includes(way.model)
    ? finding('models', 'yes', `${count}, ${way.model} among them`)
    : finding('models', 'yes', `${count}, but not ${way.model}`)
}
