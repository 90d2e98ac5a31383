// The answer to GET …/models in the shape its asker reads: Anthropic's list for Claude Code, OpenAI's list for everyone,
// with Codex's catalogue beside it when Codex asks (one body carries both, docs/clients.md).

import { readFileSync } from 'node:fs'
import { KNOWN_MODELS as CLAUDE_MODELS } from '../agents/claude-code/known-models.js'
import { discoveryModels } from '../agents/claude-code/models.js'
import { catalogue } from '../agents/codex/catalogue.js'
import { KNOWN_MODELS as CODEX_MODELS } from '../agents/codex/known-models.js'
import { HubError } from '../base/errors.js'
import { packageFile } from '../base/package-file.js'
import { MOST_PICKABLE } from '../config/channels.js'
import type { Caller } from './authenticate.js'
import type { Endpoint } from './endpoints.js'
import type { HubParts } from './hub-parts.js'
import { agentOf } from './identify.js'
import type { Listed } from './listed-models.js'
import { geminiModel, type OfferedModel, offeredModels, openAiList } from './models.js'
import type { Handled } from './server.js'

/** Names that the agents ask for by themselves; offered when the profile or a channel answers them. */
const WELL_KNOWN = [
  ...Object.keys(CODEX_MODELS),
  'gpt-5',
  'gpt-5-codex',
  ...CLAUDE_MODELS.map(({ id }) => id),
]

const INSTRUCTIONS = packageFile('templates/catalogue/codex-instructions.md')
let instructions: string | undefined

function codexInstructions(): string {
  instructions ??= readFileSync(INSTRUCTIONS, 'utf8')
  return instructions
}

/** Served by OpenAI itself, under its own name, over Codex's own protocol: then Codex's own entry is the right one. */
function isGenuine(model: OfferedModel, parts: HubParts): boolean {
  const channel = parts.inForce.channels().find((one) => one.name === model.channel)
  const endpoint = channel?.endpoints.find(({ protocol }) => protocol === 'openai-responses')
  if (endpoint === undefined || !model.isFixed || model.id !== model.answeredBy) return false
  return /(^|\.)(openai\.com|chatgpt\.com)$/.test(new URL(endpoint.baseUrl).hostname)
}

function codexModels(models: readonly OfferedModel[], parts: HubParts) {
  return catalogue({
    instructions: codexInstructions(),
    models: models.map((model) => ({
      slug: model.id,
      ...(model.contextWindow === undefined ? {} : { contextWindow: model.contextWindow }),
      ...(isGenuine(model, parts) ? { isGenuine: true } : {}),
    })),
  })
}

type Shape = Extract<Endpoint, { type: 'models' }>['shape']

function one(models: readonly OfferedModel[], id: string, shape: Shape): object {
  const model = models.find((offered) => offered.id === id || `anthropic/${offered.id}` === id)
  if (model === undefined) {
    throw new HubError('unknown-model', `The model ${id} is not offered here.`, {
      hint: 'GET /v1/models lists those that are.',
      param: 'model',
    })
  }
  if (shape === 'gemini') return geminiModel(model)
  const listed =
    shape === 'anthropic' ? discoveryModels([{ id: model.id }])['data'] : openAiList([model]).data
  return Array.isArray(listed) && listed[0] !== null && typeof listed[0] === 'object' ? listed[0] : {}
}

/** For the picker of an agent, which asks in a way of its own. */
function pickable(listed: Listed): Listed {
  return new Map([...listed].filter(([, ids]) => ids.length <= MOST_PICKABLE))
}

/** Throws HubError `unknown-model` when one model is asked for that is not there. */
export async function modelsReply(
  handled: Handled,
  endpoint: Extract<Endpoint, { type: 'models' }>,
  caller: Caller,
  parts: HubParts,
): Promise<object> {
  const { agent } = agentOf(handled.incoming.headers)
  const listed = await parts.listed.ids()
  const says = handled.incoming.headers['anthropic-version'] !== undefined
  const shape = endpoint.shape === 'openai' && says ? 'anthropic' : endpoint.shape
  const isPicker =
    endpoint.id === undefined && (shape === 'anthropic' || handled.query().has('client_version'))
  const models = offeredModels(
    parts.inForce.table(),
    { keyName: caller.keyName, agent },
    WELL_KNOWN,
    isPicker ? pickable(listed) : listed,
  )
  if (endpoint.id !== undefined) return one(models, endpoint.id, shape)
  if (shape === 'gemini') return { models: models.map(geminiModel) }
  if (shape === 'anthropic') return discoveryModels(models.map((model) => ({ id: model.id })))
  const list = openAiList(models)
  return handled.query().has('client_version') ? { ...list, ...codexModels(models, parts) } : list
}
