// IR as a Messages request to an upstream. Normalisations against what an agent sent: `system` and content strings
// become blocks (a lone text in a tool result or system message becomes a string) · blank texts, `is_error: false`,
// `strict: false`, `ttl: "5m"`, empty lists and `output_format` take their shortest current form · results stand
// first in their message · neighbours of one role are merged.

import { compact, isObject, type JsonObject, objects, without } from '../../base/json.js'
import type { EncodeRequestContext, WireRequest } from '../codec.js'
import type { Dialect } from '../dialect.js'
import { applyDialect } from '../dialect-body.js'
import { fitRequest } from '../dialect-request.js'
import type { Note, Noted } from '../ir/note.js'
import type { IrRequest } from '../ir/request.js'
import { hasMarks, limitMarks, type Prompt, placeMarks } from './cache.js'
import { encodeFormat, JSON_INSTRUCTION } from './format.js'
import { encodeTurns, isOpenLoopWithoutThinking, wireMessage } from './message-encode.js'
import { encodeSampling, outputLimit } from './sampling.js'
import { planThinking, type ThinkingPlan } from './thinking.js'
import { encodeToolChoice, encodeTools } from './tools-encode.js'
import { noteForeign, ownFields, PROTOCOL, unpathed } from './wire.js'

export function encodeRequest(original: IrRequest, context: EncodeRequestContext): Noted<WireRequest> {
  const notes: Note[] = []
  const { dialect } = context
  const request = fitRequest(original, dialect, notes)
  const native = request.carry?.protocol === PROTOCOL
  const { system, messages } = encodeTurns(request, dialect, context.footprint, notes)
  if (request.format?.type === 'json') {
    system.push({ type: 'text', text: JSON_INSTRUCTION })
    notes.push({ kind: 'emulated', path: 'response_format', reason: 'JSON mode is asked for in words' })
  }
  const tools = encodeTools(request, dialect, notes).map((tool) => ({ ...tool }))
  const maxTokens = outputLimit(request, dialect, notes)
  const plan = planThinking(request, dialect, maxTokens, isOpenLoopWithoutThinking(messages), notes)
  const prompt: Prompt = { tools, system, messages }
  if (!native && !hasMarks(prompt) && dialect.forbid?.includes('cache_control') !== true) placeMarks(prompt)
  limitMarks(prompt, notes)
  noteLost(request, notes)
  const body = compact({
    model: request.model,
    max_tokens: maxTokens,
    system: system.length === 0 ? undefined : system,
    messages: messages.map(wireMessage),
    tools: tools.length === 0 ? undefined : tools,
    tool_choice: encodeToolChoice(request, tools),
    thinking: plan.thinking,
    output_config: configOf(request, plan, native, dialect, notes),
    ...encodeSampling(request, plan.active, native, notes),
    ...wholeFields(ownFields(request.carry)),
    stream: request.stream ? true : undefined,
  })
  return {
    value: {
      path: '/v1/messages',
      headers: headersOf(body, dialect),
      body: applyDialect(body, dialect, notes),
    },
    notes,
  }
}

function configOf(
  request: IrRequest,
  plan: ThinkingPlan,
  native: boolean,
  dialect: Dialect,
  notes: Note[],
): JsonObject | undefined {
  const rest = unpathed('output_config', ownFields(request.carry))
  // Where messages of the system are sent, an effort set by one of them stands there and not here.
  const own = dialect.systemMessages === false ? undefined : rest['effort']
  const refused = plan.effort === undefined && request.reasoning?.effort !== undefined
  const effort = refused || own === null ? undefined : (own ?? plan.effort)
  const config = {
    ...without(rest, ['effort']),
    ...compact({ effort, format: encodeFormat(request, native, notes) }),
  }
  return Object.keys(config).length === 0 ? undefined : config
}

/** Carried fields that are a whole top-level field each, not a member of one. */
function wholeFields(fields: JsonObject): JsonObject {
  const inside = Object.keys(fields).filter((key) =>
    /^(thinking|output_config|output_format)(\.|$)/.test(key),
  )
  return without(fields, inside)
}

/** Betas that a body needs to be understood; most of what is sent needs none any more. */
const BETAS: readonly (readonly [field: string, beta: string])[] = [
  ['context_management', 'context-management-2025-06-27'],
  ['mcp_servers', 'mcp-client-2025-11-20'],
]

function headersOf(body: JsonObject, dialect: Dialect): Readonly<Record<string, string>> {
  const betas = BETAS.filter(
    ([field]) => body[field] !== undefined && dialect.forbid?.includes(field) !== true,
  )
    .map(([, beta]) => beta)
    .concat(
      objects(body, 'messages').some((message) => message['output_config'] !== undefined)
        ? ['per-turn-control-2026-07-01']
        : [],
    )
    .concat(isInterleaved(body) ? ['interleaved-thinking-2025-05-14'] : [])
  const named = betas.length > 0 && dialect.forbid?.includes('anthropic-beta') !== true
  return { 'anthropic-version': '2023-06-01', ...(named ? { 'anthropic-beta': betas.join(',') } : {}) }
}

/** The budget form thinks between tool calls only when asked to; the adaptive form always does. */
function isInterleaved(body: JsonObject): boolean {
  const thinking = body['thinking']
  return isObject(thinking) && thinking['type'] === 'enabled' && body['tools'] !== undefined
}

/** Fields of the IR and of the asker's protocol that have no place here. */
function noteLost(request: IrRequest, notes: Note[]): void {
  noteForeign(request.carry, '', notes)
  const lost: readonly (readonly [path: string, value: unknown])[] = [
    ['verbosity', request.verbosity],
    ['seed', request.sampling.seed],
    ['presence_penalty', request.sampling.presencePenalty || undefined],
    ['frequency_penalty', request.sampling.frequencyPenalty || undefined],
    [
      'service_tier',
      request.serviceTier === 'auto' || request.serviceTier === 'default' ? undefined : request.serviceTier,
    ],
  ]
  for (const [path, value] of lost) {
    if (value !== undefined) {
      notes.push({ kind: 'dropped', path, reason: 'Anthropic Messages has no such field' })
    }
  }
}
