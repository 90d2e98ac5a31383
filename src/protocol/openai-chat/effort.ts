// How hard the model shall think, in the levels that the vendor knows and the form in which it wants to be told.

import { compact, type JsonObject } from '../../base/json.js'
import type { Dialect } from '../dialect.js'
import type { Note } from '../ir/note.js'
import type { Effort, IrReasoning } from '../ir/request.js'

const LADDER: readonly Effort[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']

/** The vendor's switch for thinking, or nothing: when nothing was asked, or the vendor has no such switch. */
export function encodeEffort(
  reasoning: IrReasoning | undefined,
  dialect: Dialect,
  notes: Note[],
): JsonObject {
  if (reasoning === undefined || dialect.reasoning === 'none') return {}
  const wanted = effortOf(reasoning, dialect)
  const level = wanted === undefined ? undefined : nearest(wanted, dialect.efforts)
  if (level !== wanted && level !== undefined)
    notes.push({
      kind: 'approximated',
      path: 'reasoning_effort',
      reason: `${wanted} is told as ${level}, the nearest the model knows`,
    })
  return told(reasoning, level, dialect)
}

function told(reasoning: IrReasoning, level: Effort | undefined, dialect: Dialect): JsonObject {
  const form = dialect.reasoning ?? 'effort'
  const on = level !== 'none'
  const known = dialect.efforts === undefined || !on ? undefined : level
  switch (form) {
    case 'none':
      return {}
    case 'effort':
      return compact({ reasoning_effort: level })
    case 'thinking':
      return compact({ thinking: { type: on ? 'enabled' : 'disabled' }, reasoning_effort: known })
    case 'enable-thinking':
      return compact({ enable_thinking: on, thinking_budget: on ? reasoning.budgetTokens : undefined })
    case 'reasoning':
      return { reasoning: known === undefined ? { enabled: on } : { effort: known } }
    case 'chat-template':
      // Templates name the switch in one of two ways and pass over the name that they do not know.
      return { chat_template_kwargs: { enable_thinking: on, thinking: on } }
  }
}

function effortOf(reasoning: IrReasoning, dialect: Dialect): Effort | undefined {
  if (reasoning.mode === 'off') {
    const isLevel = dialect.reasoning === undefined || dialect.reasoning === 'effort'
    // Without a list of levels nobody knows whether the model can stop thinking; most refuse an unknown level.
    return reasoning.effort === 'none' || dialect.efforts !== undefined || !isLevel ? 'none' : undefined
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
  // Off is not a little thinking: what asks for some is never told as none.
  return [...known]
    .filter((level) => level !== 'none' || wanted === 'none' || known.length === 1)
    .sort((left, right) => LADDER.indexOf(right) - LADDER.indexOf(left))
    .sort((left, right) => distance(left) - distance(right))[0]
}
