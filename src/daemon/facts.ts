// What the conditions of mappings ask about a request, told by its headers and a few searches in its bytes. Law: only
// what a rule asks for is measured, and for no rule a conversation is parsed.

import type { JsonValue } from '../base/json.js'
import { isObject, text } from '../base/json.js'
import type { Lane } from '../routing/tool-loop.js'
import type { RequestFacts } from '../routing/when.js'
import type { Glance } from './glance.js'
import type { Identity } from './identify.js'
import { hasValue, roughTokens } from './measure.js'

export type FactsSource = {
  readonly glance: Glance
  readonly identity: Pick<Identity, 'agent' | 'purpose' | 'subagent' | 'traceId'>
}

/** The parts of a body that a model reads, in whatever protocol. */
const READ = ['system', 'instructions', 'systemInstruction', 'messages', 'input', 'contents', 'tools']
const IMAGE_TYPES = ['image', 'input_image', 'image_url']

/** A class, because getters of a literal are made anew for each request, and are seldom asked. */
class ToldFacts implements RequestFacts {
  constructor(
    private readonly source: FactsSource,
    readonly quotaLeft: RequestFacts['quotaLeft'],
  ) {}

  get agent() {
    return this.source.identity.agent
  }
  get subagent() {
    return this.source.identity.subagent !== undefined
  }
  get inputTokens() {
    return roughTokens(READ.map((name) => this.source.glance.bytes(name)))
  }
  get hasImages() {
    const { glance } = this.source
    return (
      ['messages', 'input'].some((name) => hasValue(glance.bytes(name), 'type', IMAGE_TYPES)) ||
      hasValue(glance.bytes('contents'), 'mimeType', ['image/*'])
    )
  }
  get thinking() {
    return isThinking(this.source.glance)
  }
  get background() {
    const { identity, glance } = this.source
    return isSideCall(identity, glance) || isSmallModel(identity, glance.model)
  }
  get webSearch() {
    return offersWebSearch(this.source.glance)
  }
}

const UNKNOWN_QUOTA: RequestFacts['quotaLeft'] = () => undefined

export function factsOf(
  source: FactsSource,
  quotaLeft: RequestFacts['quotaLeft'] = UNKNOWN_QUOTA,
): RequestFacts {
  return new ToldFacts(source, quotaLeft)
}

/** In each protocol's own words, and in those that chat servers added (DeepSeek, Qwen, OpenRouter). */
function isThinking(glance: Glance): boolean {
  const { thinking, reasoning } = { thinking: glance.field('thinking'), reasoning: glance.field('reasoning') }
  if (isObject(thinking)) return text(thinking, 'type') !== 'disabled'
  const config = glance.field('generationConfig')
  const gemini = isObject(config) ? config['thinkingConfig'] : undefined
  if (isObject(gemini)) return gemini['thinkingBudget'] !== 0
  if (isObject(reasoning)) return reasoning['enabled'] !== false && isEffort(reasoning['effort'] ?? 'default')
  return isEffort(glance.field('reasoning_effort')) || glance.field('enable_thinking') === true
}

function isEffort(value: JsonValue | undefined): boolean {
  return typeof value === 'string' && value !== 'none'
}

function isEmptyList(bytes: Buffer | undefined): boolean {
  return bytes === undefined || /^\[\s*\]$/.test(bytes.subarray(0, 16).toString('utf8'))
}

/**
 * A request that the agent makes beside the conversation (docs/clients.md): a title, a search, or a
 * question without tools that is not streamed, as the safety check of Claude Code's auto mode asks (2.1.328).
 */
function isSideCall({ agent, purpose }: FactsSource['identity'], glance: Glance): boolean {
  if (purpose === 'title' || purpose === 'web-search' || purpose === 'other') return true
  if (purpose !== 'turn' || agent !== 'claude-code') return false
  return !glance.stream && isEmptyList(glance.bytes('tools'))
}

/** The line of the conversation that the request carries on; undefined for a side call. */
export function laneOf({ glance, identity }: FactsSource): Lane | undefined {
  const { traceId: trace, subagent } = identity
  return isSideCall(identity, glance) ? undefined : { trace, subagent }
}

/** Claude Code gives its small tasks to a Haiku. */
function isSmallModel({ agent }: FactsSource['identity'], model: string): boolean {
  return agent === 'claude-code' && /haiku/i.test(model)
}

function offersWebSearch(glance: Glance): boolean {
  return (
    hasValue(glance.bytes('tools'), 'type', ['web_search*']) ||
    glance.bytes('tools')?.includes('"googleSearch"') === true ||
    isObject(glance.field('web_search_options'))
  )
}

/** Whether the newest turn brings results of tools, so that the agent is inside a tool loop. Parses the conversation. */
export function continuesToolLoop(glance: Glance): boolean {
  const history = glance.field('messages') ?? glance.field('input') ?? glance.field('contents')
  for (const entry of newestFirst(history)) {
    const role = text(entry, 'role')
    if (role === 'system' || role === 'developer') continue
    if (role === 'tool' || role === 'function') return true
    if (role === 'user') return hasToolResult(entry['content'] ?? entry['parts'])
    return text(entry, 'type')?.endsWith('_output') === true
  }
  return false
}

function* newestFirst(entries: JsonValue | undefined) {
  if (!Array.isArray(entries)) return
  for (const entry of entries.toReversed()) if (isObject(entry)) yield entry
}

/** Claude Code's words behind a call that the person stopped (2.1.197, 2.1.328): what follows is a new turn. */
const INTERRUPTED = '[Request interrupted by user'

function hasToolResult(content: JsonValue | undefined): boolean {
  const parts = Array.isArray(content) ? content.filter(isObject) : []
  const isStopped = parts.some((part) => text(part, 'text')?.startsWith(INTERRUPTED) === true)
  return (
    !isStopped && parts.some((part) => part['type'] === 'tool_result' || isObject(part['functionResponse']))
  )
}

/** For questions about a request that is not there: what is not told is not so. */
export type AssumedFacts = {
  readonly agent: RequestFacts['agent']
  /** Undefined: not known. */
  readonly tokens?: number | undefined
  readonly images?: boolean | undefined
  readonly thinking?: boolean | undefined
  readonly background?: boolean | undefined
  readonly subagent?: boolean | undefined
  readonly webSearch?: boolean | undefined
}

export function assumedFacts(
  assumed: AssumedFacts,
  quotaLeft: RequestFacts['quotaLeft'] = () => undefined,
): RequestFacts {
  return {
    agent: assumed.agent,
    inputTokens: assumed.tokens,
    hasImages: assumed.images ?? false,
    thinking: assumed.thinking ?? false,
    background: assumed.background ?? false,
    subagent: assumed.subagent ?? false,
    webSearch: assumed.webSearch ?? false,
    quotaLeft,
  }
}
