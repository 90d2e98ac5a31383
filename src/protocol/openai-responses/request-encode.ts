// IR → the body for an upstream. What came in this protocol goes out as it came, but for these forms: content and
// outputs that are one string, tools found inside the input stand in `tools`, settings of tools are left out without
// tools, empty or unproven reasoning is left out, null is absent, and `client_metadata` and the agent's own fields
// (`isClientField`) go only to vendors that speak Codex's dialect whole (`dialect.customTools`).

import { createHash } from 'node:crypto'
import { compact, type JsonObject, object } from '../../base/json.js'
import type { EncodeRequestContext, WireRequest } from '../codec.js'
import type { Dialect } from '../dialect.js'
import { applyDialect } from '../dialect-body.js'
import { fitRequest } from '../dialect-request.js'
import type { Note, Noted } from '../ir/note.js'
import type { Effort, IrReasoning, IrRequest, IrTurn } from '../ir/request.js'
import { encodeToolSettings } from './tools-encode.js'
import { encodeTurns } from './turns-encode.js'
import { filtered, noteForeign, ownFields } from './wire.js'

/** Smaller limits are refused by OpenAI. */
const LEAST_OUTPUT_TOKENS = 16
/** The longest `prompt_cache_key` that OpenAI accepts. */
const CACHE_KEY_LIMIT = 64
const SERVICE_TIERS: ReadonlySet<string> = new Set(['auto', 'default', 'flex', 'priority', 'scale'])

export function encodeRequest(original: IrRequest, context: EncodeRequestContext): Noted<WireRequest> {
  const notes: Note[] = []
  const { dialect } = context
  const request = fitRequest(original, dialect, notes)
  const native = ownFields(request.carry)
  noteForeign(request.carry, '', notes)
  const { instructions, turns } = splitInstructions(request, native)
  const reasoning = encodeReasoning(request, dialect, notes)
  const settings = native === undefined ? foreignSettings(dialect) : nativeSettings(native, dialect)
  const body = compact({
    model: request.model,
    instructions,
    input: encodeTurns(turns, context, notes),
    ...encodeToolSettings(request, dialect, notes),
    reasoning,
    text: encodeText(request, native),
    ...encodeSampling(request, dialect, notes),
    prompt_cache_key: encodeCacheKey(request.cacheKey),
    service_tier: encodeServiceTier(request, native !== undefined, notes),
    ...settings,
    stream: request.stream,
  })
  return { value: { path: '/responses', headers: {}, body: applyDialect(body, dialect, notes) }, notes }
}

/** Instructions of a native request are its first system turn, known by having no carry (see `request-decode.ts`). */
function splitInstructions(
  request: IrRequest,
  native: JsonObject | undefined,
): { instructions: string | undefined; turns: readonly IrTurn[] } {
  const [first, ...rest] = request.turns
  const [part] = first?.parts ?? []
  if (native === undefined || first?.role !== 'system' || first.carry !== undefined || part?.type !== 'text')
    return { instructions: undefined, turns: request.turns }
  return { instructions: part.text, turns: rest }
}

/** The hub keeps the conversation, not the provider; so reasoning has to come back sealed, also unasked-for. */
function foreignSettings(dialect: Dialect): JsonObject {
  if (dialect.reasoning === 'none') return { store: false }
  return { store: false, include: ['reasoning.encrypted_content'] }
}

function nativeSettings(native: JsonObject, dialect: Dialect): JsonObject {
  return filtered(
    native,
    (name) =>
      ['reasoning', 'text', 'tool_choice'].includes(name) ||
      (dialect.customTools !== true && (name === 'client_metadata' || name.startsWith('internal_'))),
  )
}

const EFFORT_ORDER: readonly Effort[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']

function encodeReasoning(request: IrRequest, dialect: Dialect, notes: Note[]): JsonObject | undefined {
  const { reasoning } = request
  if (reasoning === undefined) return undefined
  if (dialect.reasoning === 'none') {
    if (reasoning.mode === 'on')
      notes.push({ kind: 'dropped', path: 'reasoning', reason: 'the model has no setting for reasoning' })
    return undefined
  }
  const native = ownFields(request.carry)
  const rest = object(native ?? {}, 'reasoning') ?? {}
  const effort = encodeEffort(reasoning, dialect, notes)
  const isToldAnyway = native === undefined && effort !== 'none' && reasoning.hidden !== true
  const summary = reasoning.summary ?? (isToldAnyway ? 'auto' : undefined)
  const result = compact({ effort, summary, ...(dialect.efforts === undefined ? rest : { ...rest, effort }) })
  return Object.keys(result).length === 0 && native === undefined ? undefined : result
}

/** The nearest effort the vendor knows; undefined leaves the choice to the model. */
function encodeEffort(reasoning: IrReasoning, dialect: Dialect, notes: Note[]): Effort | undefined {
  const asked = reasoning.mode === 'off' ? 'none' : (reasoning.effort ?? effortOfBudget(reasoning, notes))
  const known = dialect.efforts
  if (asked === undefined || known === undefined || known.includes(asked) || known.length === 0) return asked
  const wanted = EFFORT_ORDER.indexOf(asked)
  const nearest = [...known].sort(
    (left, right) =>
      Math.abs(EFFORT_ORDER.indexOf(left) - wanted) - Math.abs(EFFORT_ORDER.indexOf(right) - wanted) ||
      EFFORT_ORDER.indexOf(left) - EFFORT_ORDER.indexOf(right),
  )[0]
  notes.push({
    kind: 'approximated',
    path: 'reasoning.effort',
    reason: `${asked} is not known here; ${nearest} is the nearest`,
  })
  return nearest
}

/** Anthropic's budgets as they are commonly set: 4k think, 10k megathink, 32k ultrathink. */
function effortOfBudget(reasoning: IrReasoning, notes: Note[]): Effort | undefined {
  const budget = reasoning.budgetTokens
  if (budget === undefined) return undefined
  const effort = budget < 4096 ? 'low' : budget < 16_384 ? 'medium' : 'high'
  notes.push({
    kind: 'approximated',
    path: 'reasoning',
    reason: `a budget of ${budget} tokens is told as effort ${effort}`,
  })
  return effort
}

function encodeText(request: IrRequest, native: JsonObject | undefined): JsonObject | undefined {
  const result = compact({
    format: encodeFormat(request),
    verbosity: request.verbosity,
    ...(object(native ?? {}, 'text') ?? {}),
  })
  return Object.keys(result).length === 0 ? undefined : result
}

function encodeFormat(request: IrRequest): JsonObject | undefined {
  const { format } = request
  switch (format?.type) {
    case undefined:
      return undefined
    case 'text':
      return { type: 'text' }
    case 'json':
      return { type: 'json_object' }
    case 'json-schema':
      return compact({
        type: 'json_schema',
        name: format.name,
        schema: format.schema,
        strict: format.strict,
        description: format.description,
      })
  }
}

function encodeSampling(request: IrRequest, dialect: Dialect, notes: Note[]): JsonObject {
  const { maxOutputTokens, temperature, topP, stop, ...rest } = request.sampling
  if (stop !== undefined && stop.length > 0)
    notes.push({
      kind: 'emulated',
      path: 'stop',
      reason: 'the hub itself cuts the answer at a stop sequence',
    })
  for (const [name, value] of Object.entries(rest)) {
    if (value === undefined || value === 0) continue
    notes.push({ kind: 'dropped', path: name, reason: 'the Responses protocol has no such setting' })
  }
  return compact({
    max_output_tokens: encodeOutputLimit(maxOutputTokens, dialect, notes),
    temperature,
    top_p: topP,
  })
}

function encodeOutputLimit(limit: number | undefined, dialect: Dialect, notes: Note[]): number | undefined {
  if (limit === undefined) return undefined
  const most = dialect.maxOutputTokens ?? limit
  const used = Math.max(LEAST_OUTPUT_TOKENS, Math.min(limit, most))
  if (used !== limit)
    notes.push({
      kind: 'approximated',
      path: 'max_output_tokens',
      reason: `${limit} is outside of what the model takes; ${used} is sent`,
    })
  return used
}

function encodeCacheKey(key: string | undefined): string | undefined {
  if (key === undefined || key.length <= CACHE_KEY_LIMIT) return key
  return createHash('sha256').update(key).digest('hex')
}

function encodeServiceTier(request: IrRequest, native: boolean, notes: Note[]): string | undefined {
  const tier = request.serviceTier
  if (tier === undefined || native || SERVICE_TIERS.has(tier)) return tier
  notes.push({ kind: 'dropped', path: 'service_tier', reason: `\`${tier}\` is not a tier of this protocol` })
  return undefined
}
