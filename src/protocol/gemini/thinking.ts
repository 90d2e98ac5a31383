// How much the model shall think: `thinkingConfig` with a budget (2.5) or a level (3 and newer), never both.

import type { JsonObject } from '../../base/json.js'
import { flag, text } from '../../base/json.js'
import type { Dialect } from '../dialect.js'
import type { Note } from '../ir/note.js'
import type { Effort, IrReasoning } from '../ir/request.js'
import { wantNumber } from './refuse.js'

const LADDER: readonly Effort[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']
const LEVELS: readonly Effort[] = ['minimal', 'low', 'medium', 'high']

/** `thinkingConfig` in camel keys; undefined when it says nothing that is known. */
export function decodeThinking(config: JsonObject): IrReasoning | undefined {
  const path = 'generationConfig.thinkingConfig'
  const isShown = flag(config, 'includeThoughts') === true
  const shown = isShown ? { summary: 'auto' } : { hidden: true as const }
  const word = text(config, 'thinkingLevel')?.toLowerCase()
  const effort = LEVELS.find((level) => level === word)
  if (effort !== undefined) return { mode: 'on', effort, ...shown }
  const budget = wantNumber(config, 'thinkingBudget', `${path}.thinkingBudget`)
  if (budget === 0) return { mode: 'off' }
  if (budget !== undefined && budget > 0) return { mode: 'on', budgetTokens: budget, ...shown }
  return budget !== undefined || isShown ? { mode: 'adaptive', ...shown } : undefined
}

/** `thinkingConfig`; undefined when nothing was asked or the vendor has no such switch. */
export function encodeThinking(
  reasoning: IrReasoning | undefined,
  dialect: Dialect,
  notes: Note[],
): JsonObject | undefined {
  if (reasoning === undefined || dialect.thinking === 'none' || dialect.reasoning === 'none') return undefined
  const off = reasoning.mode === 'off' || reasoning.effort === 'none'
  if (dialect.thinking === 'budget') return budget(reasoning, off, dialect, notes)
  const known = (dialect.efforts ?? LEVELS).filter((level) => level !== 'none')
  const wanted = off ? 'minimal' : (reasoning.effort ?? effortOf(reasoning.budgetTokens))
  const level = wanted === undefined ? undefined : nearest(wanted, known)
  if (off || (level !== undefined && level !== wanted))
    notes.push({
      kind: 'approximated',
      path: 'reasoning',
      reason: `${off ? 'no thinking' : wanted} is told as ${level}, the nearest the model knows`,
    })
  return {
    ...(!off && wantsWords(reasoning) ? { includeThoughts: true } : {}),
    ...(level === undefined ? {} : { thinkingLevel: level }),
  }
}

/** Whether the asker is shown what is thought: Messages always shows it, the others say so, or that they do not want it. */
function wantsWords({ mode, budgetTokens, summary, hidden }: IrReasoning): boolean {
  return hidden !== true && (mode === 'adaptive' || budgetTokens !== undefined || summary !== undefined)
}

function budget(reasoning: IrReasoning, off: boolean, { efforts }: Dialect, notes: Note[]): JsonObject {
  const noteNear = (wanted: string, told: number) =>
    notes.push({ kind: 'approximated', path: 'reasoning', reason: `${wanted} is told as ${told} tokens` })
  if (off) {
    if (efforts === undefined || efforts.includes('none')) return { thinkingBudget: 0 }
    noteNear('no thinking', LEAST)
    return { thinkingBudget: LEAST }
  }
  const asked = reasoning.budgetTokens ?? (reasoning.effort === undefined ? -1 : BUDGETS[reasoning.effort])
  const tokens = Math.min(asked, MOST)
  if (tokens !== asked) noteNear(`a budget of ${asked}`, tokens)
  return { ...(wantsWords(reasoning) ? { includeThoughts: true } : {}), thinkingBudget: tokens }
}

/** The largest budget that all of these models take; one beyond a model's own is refused. */
const MOST = 24_576
/** The smallest of those that cannot do without. */
const LEAST = 128

/** -1 lets the model decide. */
const BUDGETS: Readonly<Record<Effort, number>> = {
  none: 0,
  minimal: 512,
  low: 1024,
  medium: 8192,
  high: MOST,
  xhigh: MOST,
  max: MOST,
}

/** Anthropic's budgets as levels: 1 024 is its least, 31 999 what Claude Code sends for hard thinking. */
function effortOf(tokens: number | undefined): Effort | undefined {
  if (tokens === undefined) return undefined
  if (tokens < 4_096) return 'low'
  return tokens < 16_384 ? 'medium' : 'high'
}

/** Of two levels as near the higher, which loses no quality. */
function nearest(wanted: Effort, known: readonly Effort[]): Effort | undefined {
  const distance = (level: Effort) => Math.abs(LADDER.indexOf(level) - LADDER.indexOf(wanted))
  return known.toSorted(
    (left, right) => distance(left) - distance(right) || LADDER.indexOf(right) - LADDER.indexOf(left),
  )[0]
}
