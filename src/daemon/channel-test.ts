// A real call to a channel: does each of its endpoints answer a small streamed question with the key that is set? The same
// path as a request of an agent takes (credentials, conversion, stream), with the hub itself as the asker.

import { asHubError, HubError, sentence } from '../base/errors.js'
import { isObject, objects, parseJson, text } from '../base/json.js'
import { type Channel, dialectOf, type Endpoint } from '../config/channels.js'
import type { ChannelTestReply } from '../control/api.js'
import { footprintOf } from '../protocol/footprint.js'
import { collect } from '../protocol/ir/collect.js'
import type { IrEvent } from '../protocol/ir/event.js'
import type { IrRequest } from '../protocol/ir/request.js'
import { codecOf } from '../protocol/registry.js'
import { sseParser } from '../protocol/sse/parse.js'
import { readAll, type UpstreamAnswer, type UpstreamClient } from '../upstream/client.js'
import { type CredentialSource, credentialHeaders } from './credentials.js'

export type ChannelTestDeps = {
  readonly upstream: UpstreamClient
  readonly credentials: CredentialSource
  readonly newId: (prefix: string) => string
  readonly clock: { now(): number; monotonic(): number }
  readonly version: string
}

type Check = ChannelTestReply['checks'][number]

const PATIENCE_MS = 60_000
const ERROR_LIMIT = 256 * 1024

function modelsUrl({ protocol, baseUrl }: Endpoint): URL {
  return new URL(protocol === 'anthropic-messages' ? `${baseUrl}/v1/models` : `${baseUrl}/models`)
}

async function headersFor(
  channel: Channel,
  endpoint: Endpoint,
  deps: ChannelTestDeps,
): Promise<Record<string, string>> {
  const credential = await credentialHeaders(channel, endpoint, { keyName: '' }, deps.credentials)
  return {
    'user-agent': `axonhub/${deps.version}`,
    'content-type': 'application/json',
    ...channel.headers,
    ...credential,
  }
}

/** The ids an endpoint lists; undefined when it has no list. Many providers have none, so that is no fault. */
async function listModels(
  channel: Channel,
  endpoint: Endpoint,
  deps: ChannelTestDeps,
): Promise<string[] | undefined> {
  const answer = await deps.upstream.send({
    method: 'GET',
    url: modelsUrl(endpoint),
    headers: { ...(await headersFor(channel, endpoint, deps)), 'anthropic-version': '2023-06-01' },
    signal: AbortSignal.timeout(PATIENCE_MS),
    silenceMs: PATIENCE_MS,
  })
  const reply = parseJson((await readAll(answer.body, 16 * 1024 * 1024)).toString('utf8'))
  if (answer.status !== 200 || !isObject(reply)) return undefined
  return objects(reply, 'data').flatMap((model) => text(model, 'id') ?? [])
}

/** The ids that the channel's provider lists, or those that are known of it when it lists none. */
export async function modelsOfChannel(channel: Channel, deps: ChannelTestDeps): Promise<string[]> {
  for (const endpoint of channel.credential.type === 'client' ? [] : channel.endpoints) {
    const listed = await listModels(channel, endpoint, deps)
    if (listed !== undefined) return listed
  }
  return channel.catalogue.map((model) => model.id)
}

async function testModel(channel: Channel, endpoint: Endpoint, deps: ChannelTestDeps): Promise<string> {
  const named = channel.models?.find((id) => !/[*?[\]]/.test(id)) ?? channel.catalogue.at(-1)?.id
  if (named !== undefined) return named
  const listed = await listModels(channel, endpoint, deps)
  if (listed?.[0] !== undefined) return listed[0]
  throw new HubError('unknown-model', `It is not known which models ${channel.name} serves.`, {
    hint: `List them under "models:" of the channel ${channel.name}.`,
  })
}

function question(model: string): IrRequest {
  return {
    model,
    stream: true,
    turns: [{ role: 'user', parts: [{ type: 'text', text: 'Answer with the one word: ready' }] }],
    tools: [],
    sampling: { maxOutputTokens: 256 },
  }
}

async function decoded(
  answer: UpstreamAnswer,
  channel: Channel,
  endpoint: Endpoint,
  request: IrRequest,
  deps: ChannelTestDeps,
) {
  const { protocol, baseUrl } = endpoint
  const decoder = codecOf(protocol).client.decodeStream({
    request,
    dialect: dialectOf(channel, protocol, request.model),
    footprint: footprintOf({ channel: channel.name, protocol, baseUrl }),
    newId: deps.newId,
  })
  const parser = sseParser()
  const events: IrEvent[] = []
  for await (const chunk of answer.body)
    events.push(...parser.push(chunk).flatMap((event) => decoder.push(event)))
  events.push(...parser.end().flatMap((event) => decoder.push(event)), ...decoder.end())
  return collect(events)
}

async function ask(channel: Channel, endpoint: Endpoint, deps: ChannelTestDeps): Promise<string> {
  const { protocol, baseUrl } = endpoint
  const codec = codecOf(protocol)
  const model = await testModel(channel, endpoint, deps)
  const request = question(model)
  const dialect = dialectOf(channel, protocol, model)
  const { value: wire } = codec.client.encodeRequest(request, {
    dialect,
    footprint: footprintOf({ channel: channel.name, protocol, baseUrl }),
  })
  const answer = await deps.upstream.send({
    method: 'POST',
    url: new URL(baseUrl + wire.path),
    headers: { ...(await headersFor(channel, endpoint, deps)), ...wire.headers },
    body: Buffer.from(JSON.stringify(wire.body)),
    signal: AbortSignal.timeout(PATIENCE_MS),
    silenceMs: PATIENCE_MS,
  })
  if (answer.status !== 200) {
    const body = (await readAll(answer.body, ERROR_LIMIT)).toString('utf8')
    throw codec.client.decodeError(answer.status, answer.headers, parseJson(body) ?? body, deps.clock.now())
  }
  const response = await decoded(answer, channel, endpoint, request, deps)
  const words = response.parts
    .map((part) => (part.type === 'text' ? part.text : ''))
    .join('')
    .trim()
  const said = words === '' ? 'no text' : `“${words.slice(0, 40)}”`
  const usage = response.usage === undefined ? ', no usage' : `, ${response.usage.output} tokens`
  return `${model} answered ${said}${usage}`
}

async function check(channel: Channel, endpoint: Endpoint, deps: ChannelTestDeps): Promise<Check> {
  const startedAt = deps.clock.monotonic()
  const took = () => Math.round(deps.clock.monotonic() - startedAt)
  try {
    return {
      name: endpoint.protocol,
      ok: true,
      detail: await ask(channel, endpoint, deps),
      durationMs: took(),
    }
  } catch (thrown) {
    return { name: endpoint.protocol, ok: false, detail: sentence(asHubError(thrown)), durationMs: took() }
  }
}

/** Asks each endpoint one small question. A channel that forwards the agent's own login cannot be asked without the agent. */
export async function testChannel(channel: Channel, deps: ChannelTestDeps): Promise<ChannelTestReply> {
  if (channel.credential.type === 'client') {
    const detail = `It forwards the login of the agent, which only the agent can send. Use the agent once, then look at "axonhub trace list".`
    return { channel: channel.name, ok: true, checks: [{ name: 'login', ok: true, detail, durationMs: 0 }] }
  }
  const checks: Check[] = []
  for (const endpoint of channel.endpoints) checks.push(await check(channel, endpoint, deps))
  return { channel: channel.name, ok: checks.every((one) => one.ok), checks }
}
