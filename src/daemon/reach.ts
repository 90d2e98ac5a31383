// Everything that a name can become under the rules of a profile: each outcome of its conditions, who answers it, and how
// much fits in there. For questions before a request is there: the lists of models, the check of a profile.

import type { AgentName } from '../base/agent-name.js'
import type { Channel } from '../config/channels.js'
import { outcomesOf, type Resolution } from '../routing/rules.js'
import { type Question, selectTargets, type Target } from '../routing/select.js'
import type { Conditions } from '../routing/when.js'
import type { ProfileRules } from './routing-table.js'

export type Reach = {
  /** Undefined: what happens to every other request. */
  readonly when: Conditions | undefined
  readonly resolution: Resolution
  /** Who answers first; undefined: nobody. */
  readonly target: Target | undefined
  readonly channel: Channel | undefined
  /** Tokens; undefined: not known. */
  readonly contextWindow: number | undefined
  readonly maxOutputTokens: number | undefined
  /** Why each channel may or may not serve it. */
  readonly reasons: readonly string[]
}

export type ReachQuestion = {
  readonly model: string
  readonly agent: AgentName
  readonly protocol: Question['protocol']
  readonly rules: ProfileRules
  readonly channels: readonly Channel[]
}

/** In the order in which the rules are looked at; never empty, and the last holds for all other requests of the agent. */
export function reachOf(question: ReachQuestion): Reach[] {
  const found: Reach[] = []
  for (const { when, resolution } of outcomesOf(question.rules.mappings, question.model)) {
    const { agent, ...others } = when ?? {}
    if (agent !== undefined && agent !== question.agent) continue
    const isLast = Object.keys(others).length === 0
    found.push(reach(question, isLast ? undefined : others, resolution))
    if (isLast) break
  }
  return found
}

function reach(question: ReachQuestion, when: Conditions | undefined, resolution: Resolution): Reach {
  const { protocol, rules, channels } = question
  const { targets, reasons } = selectTargets({
    protocol,
    model: resolution.model,
    channels,
    ruleChannels: resolution.channels,
    limits: rules.limits,
    seed: '',
  })
  const [target] = targets
  const channel = channels.find(({ name }) => name === target?.channel)
  const known = [...(channel === undefined ? [] : [channel]), ...channels]
    .flatMap(({ catalogue }) => catalogue)
    .find(({ id }) => id === resolution.model)
  return {
    when,
    resolution,
    target,
    channel,
    contextWindow: known?.context,
    maxOutputTokens: known?.max_output,
    reasons,
  }
}

/**
 * How many tokens a conversation may have so that every model which it can come to has room for it; undefined when no
 * window is known. Side calls are short, and what a rule sends elsewhere above a number of tokens never grows past it.
 */
export function roomOf(reaches: readonly Reach[]): number | undefined {
  let room: number | undefined
  let most = Number.POSITIVE_INFINITY
  for (const { when, contextWindow } of reaches) {
    if (when?.background === true) continue
    if (contextWindow !== undefined && contextWindow < most)
      room = Math.min(room ?? Number.POSITIVE_INFINITY, contextWindow)
    const { input_tokens_over: over, ...others } = when ?? {}
    if (over !== undefined && Object.keys(others).length === 0) most = Math.min(most, over)
  }
  return room
}
