// Thinking, effort and their two wire forms: `adaptive` with `output_config.effort` (4.6 and newer), and
// `enabled` with `budget_tokens` (older). Law: what Claude Code asked comes out again unless the dialect says otherwise.

import { isObject, type JsonObject, objects, text, without } from '../../base/json.js'
import type { Dialect } from '../dialect.js'
import type { Note } from '../ir/note.js'
import type { Effort, IrReasoning, IrRequest } from '../ir/request.js'
import { optionalAt, ownFields, PROTOCOL, pathed, unpathed } from './wire.js'

const EFFORTS: readonly Effort[] = ['low', 'medium', 'high', 'xhigh', 'max']
const ALL_EFFORTS: readonly Effort[] = ['none', 'minimal', ...EFFORTS]

/**
 * `thinking` and `output_config.effort`; effort alone reads as `on` without a budget. A system message may change
 * the effort from there on, so the last one said is the one that holds.
 */
export function decodeReasoning(body: JsonObject): IrReasoning | undefined {
  const thinking = optionalAt(body, 'thinking', 'object')
  optionalAt(body, 'output_config', 'object')
  const effort =
    objects(body, 'messages')
      .map(effortIn)
      .findLast((level) => level !== undefined) ?? effortIn(body)
  const mode = thinking === undefined ? undefined : modeOf(thinking)
  const budgetTokens = thinking === undefined ? undefined : thinking['budget_tokens']
  if (mode === undefined && effort === undefined) return undefined
  return {
    mode: mode ?? 'on',
    ...(effort === undefined ? {} : { effort }),
    ...(typeof budgetTokens === 'number' && mode === 'on' ? { budgetTokens } : {}),
  }
}

/** The effort that the `output_config` of a body or a system message sets. */
function effortIn(source: JsonObject): Effort | undefined {
  const config = source['output_config']
  return isObject(config) ? ALL_EFFORTS.find((level) => level === config['effort']) : undefined
}

function modeOf(thinking: JsonObject): IrReasoning['mode'] | undefined {
  switch (text(thinking, 'type')) {
    case 'adaptive':
      return 'adaptive'
    case 'enabled':
      return 'on'
    case 'disabled':
      return 'off'
    default:
      return undefined
  }
}

/** Members of `thinking` without a place in the IR (`thinking.display` …); the whole of it when its type is unknown. */
export function thinkingLeftover(body: JsonObject): JsonObject {
  const thinking = body['thinking']
  if (!isObject(thinking)) return {}
  if (modeOf(thinking) === undefined) return { thinking }
  return pathed('thinking', without(thinking, ['type', 'budget_tokens']))
}

export type ThinkingPlan = {
  /** The value of `thinking`; absent when the field is not sent. */
  readonly thinking?: JsonObject
  readonly effort?: Effort
  readonly active: boolean
}

const NOTHING: ThinkingPlan = { active: false }

/** Which thinking fields are sent for `maxTokens` of output; `openLoop`: a tool loop whose turn has no thinking block. */
export function planThinking(
  request: IrRequest,
  dialect: Dialect,
  maxTokens: number,
  openLoop: boolean,
  notes: Note[],
): ThinkingPlan {
  const { reasoning } = request
  const native = request.carry?.protocol === PROTOCOL
  const extra = unpathed('thinking', ownFields(request.carry))
  const unknown = ownFields(request.carry)['thinking']
  if (isObject(unknown)) return { thinking: unknown, ...withEffort(reasoning?.effort), active: true }
  if (reasoning === undefined) return NOTHING
  const effort = wireEffort(reasoning, dialect, native)
  if (dialect.thinking === 'none' || dialect.reasoning === 'none') {
    if (reasoning.mode !== 'off') dropped(notes, 'thinking', 'this upstream has no switch for thinking')
    return NOTHING
  }
  if (native && reasoning.mode === 'on' && reasoning.budgetTokens === undefined) {
    return { ...withEffort(effort), active: false }
  }
  const disabled: ThinkingPlan = {
    thinking: { type: 'disabled', ...extra },
    ...(native ? withEffort(effort) : {}),
    active: false,
  }
  if (reasoning.mode === 'off' || reasoning.effort === 'none') return disabled
  if (isForced(request)) {
    dropped(notes, 'thinking', 'a forced tool choice does not go together with thinking')
    return disabled
  }
  if (formOf(reasoning, dialect, native) === 'adaptive') {
    // Newer models leave the thinking text out unless it is asked for.
    const display = !native && reasoning.summary !== undefined ? { display: 'summarized' } : {}
    return { thinking: { type: 'adaptive', ...display, ...extra }, ...withEffort(effort), active: true }
  }
  return budgetPlan(reasoning, extra, native ? effort : undefined, maxTokens, openLoop, notes)
}

function budgetPlan(
  reasoning: IrReasoning,
  extra: JsonObject,
  effort: Effort | undefined,
  maxTokens: number,
  openLoop: boolean,
  notes: Note[],
): ThinkingPlan {
  const wanted = reasoning.budgetTokens ?? budgetOf(reasoning.effort ?? 'high')
  const budget = Math.min(wanted, maxTokens - 1)
  if (budget < 1024 || openLoop) {
    const reason = openLoop
      ? 'the tool loop began without a thinking block of this provider'
      : 'the output limit leaves no room for thinking'
    dropped(notes, 'thinking', reason)
    return { ...withEffort(effort), active: false }
  }
  return {
    thinking: { type: 'enabled', budget_tokens: budget, ...extra },
    ...withEffort(effort),
    active: true,
  }
}

/** The form a request wants: the dialect's, else the one it came in, else adaptive. */
function formOf(reasoning: IrReasoning, dialect: Dialect, native: boolean): 'adaptive' | 'budget' {
  if (dialect.thinking === 'adaptive' || dialect.thinking === 'budget') return dialect.thinking
  return native && reasoning.budgetTokens !== undefined ? 'budget' : 'adaptive'
}

function isForced(request: IrRequest): boolean {
  return (
    request.tools.length > 0 &&
    (request.toolChoice?.type === 'required' || request.toolChoice?.type === 'tool')
  )
}

const BUDGETS: Readonly<Record<Effort, number>> = {
  none: 1024,
  minimal: 1024,
  low: 4096,
  medium: 10_000,
  high: 31_999,
  xhigh: 48_000,
  max: 63_999,
}

function budgetOf(effort: Effort): number {
  return BUDGETS[effort]
}

function effortOf(budgetTokens: number): Effort {
  return EFFORTS.find((level) => budgetTokens <= BUDGETS[level]) ?? 'max'
}

function wireEffort(reasoning: IrReasoning, dialect: Dialect, native: boolean): Effort | undefined {
  const budget = reasoning.budgetTokens
  const fromBudget =
    budget === undefined || (native && dialect.thinking !== 'adaptive') ? undefined : effortOf(budget)
  const wanted = reasoning.effort ?? fromBudget
  if (wanted === undefined || wanted === 'none') return undefined
  return nearest(wanted, dialect.efforts ?? EFFORTS)
}

/** The level of `known` closest to the wanted one; the weaker of two equally close ones. */
function nearest(wanted: Effort, known: readonly Effort[]): Effort {
  const at = ALL_EFFORTS.indexOf(wanted)
  const distance = (level: Effort) => Math.abs(ALL_EFFORTS.indexOf(level) - at)
  const ranked = known
    .filter((level) => level !== 'none')
    .toSorted(
      (left, right) =>
        distance(left) - distance(right) || ALL_EFFORTS.indexOf(left) - ALL_EFFORTS.indexOf(right),
    )
  return ranked[0] ?? wanted
}

function withEffort(effort: Effort | undefined): { effort?: Effort } {
  return effort === undefined ? {} : { effort }
}

function dropped(notes: Note[], path: string, reason: string): void {
  notes.push({ kind: 'dropped', path, reason })
}
