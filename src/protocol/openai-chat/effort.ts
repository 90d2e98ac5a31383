// How hard the model shall think, in the levels that the vendor knows.

import type { JsonObject } from '../../base/json.js'
import type { Dialect } from '../dialect.js'
import type { Note } from '../ir/note.js'
import type { Effort, IrReasoning } from '../ir/request.js'

const LADDER: readonly Effort[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']

/** `reasoning_effort`, or nothing: when nothing was asked, or the vendor has no such switch. */
export function encodeEffort(
  reasoning: IrReasoning | undefined,
  dialect: Dialect,
  notes: Note[],
): JsonObject {
  const wanted = reasoning === undefined ? undefined : effortOf(reasoning, dialect)
  if (wanted === undefined) return {}
  if (dialect.reasoning === 'none') return {}
  const effort = nearest(wanted, dialect.efforts)
  if (effort === undefined) return {}
  if (effort !== wanted)
    notes.push({
      kind: 'approximated',
      path: 'reasoning_effort',
      reason: `${wanted} is told as ${effort}, the nearest the model knows`,
    })
  return { reasoning_effort: effort }
}

function effortOf(reasoning: IrReasoning, dialect: Dialect): Effort | undefined {
  if (reasoning.mode === 'off') {
    // Without a list of levels nobody knows whether the model can stop thinking; most refuse an unknown level.
    return reasoning.effort === 'none' || dialect.efforts !== undefined ? 'none' : undefined
  }
  if (reasoning.effort !== undefined) return reasoning.effort
  return reasoning.budgetTokens === undefined ? undefined : effortOfBudget(reasoning.budgetTokens)
}

/** Anthropic's budgets as levels: 1 024 is its least, 31 999 what Claude Code sends for hard thinking. */
function effortOfBudget(tokens: number): Effort {
  if (tokens < 4_096) return 'low'
  return tokens < 16_384 ? 'medium' : 'high'
}

/** The level of the vendor's list that is nearest; of two as near the higher, which loses no quality. */
function nearest(wanted: Effort, known: readonly Effort[] | undefined): Effort | undefined {
  if (known === undefined) return wanted
  const place = LADDER.indexOf(wanted)
  const distance = (level: Effort) => Math.abs(LADDER.indexOf(level) - place)
  return [...known]
    .sort((left, right) => LADDER.indexOf(right) - LADDER.indexOf(left))
    .sort((left, right) => distance(left) - distance(right))[0]
}
