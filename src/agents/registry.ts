// All agents that the hub knows.
import { HubError } from '../base/errors.js'
import type { Agent } from './agent.js'
import { claudeCode } from './claude-code/agent.js'
import { codex } from './codex/agent.js'
import { gemini } from './gemini/agent.js'
import { opencode } from './opencode/agent.js'

export const agents: readonly Agent[] = [codex, claudeCode, opencode, gemini]

/** The agent of that name. Throws HubError `usage` that lists the names. */
export function agentNamed(name: string): Agent {
  const found = agents.find((agent) => agent.id === name)
  if (found !== undefined) return found
  throw new HubError('usage', `There is no agent "${name}".`, {
    hint: `Known agents: ${agents.map((agent) => agent.id).join(', ')}.`,
  })
}
