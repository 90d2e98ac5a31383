// The agents that the hub knows by what they send: their names in traces and conditions, and the words of their commands.

/** `other`: whoever else asks. */
export const AGENTS = ['codex', 'claude-code', 'opencode', 'gemini-cli', 'other'] as const
export type AgentName = (typeof AGENTS)[number]

/** What a person types to start them, and reads where room is short. */
const WORDS = {
  codex: 'codex',
  'claude-code': 'claude',
  opencode: 'opencode',
  'gemini-cli': 'gemini',
  other: 'other',
} as const satisfies Record<AgentName, string>

export type AgentWord = (typeof WORDS)[AgentName]

export const AGENT_WORDS: readonly AgentWord[] = AGENTS.map((agent) => WORDS[agent])

export function agentWord(agent: AgentName): AgentWord {
  return WORDS[agent]
}

/** By its name or by its word; undefined: no agent is called so. */
export function agentNamed(name: string): AgentName | undefined {
  return AGENTS.find((agent) => agent === name || WORDS[agent] === name)
}

/** A name that somebody newer wrote down and nobody here knows is that of some other agent. */
export function knownAgent(name: string): AgentName {
  return AGENTS.find((agent) => agent === name) ?? 'other'
}
