// What `axonhub profile check` finds out: for each agent, who answers each name that it asks for by itself, what is lost
// on the way, and whether a conversation has room there. Field names are stable: they are the command's JSON.

export type ProfileCheckRequest = {
  /** Default: that of the key, else the active one, else none. */
  readonly profile?: string | undefined
  readonly key?: string | undefined
}

export type ProfileCheck = {
  /** Null: no profile, every name as it is. */
  readonly profile: string | null
  readonly agents: { readonly codex: AgentCheck; readonly claude: AgentCheck }
}

export type AgentCheck = {
  readonly models: readonly ModelCheck[]
  /** One entry for each way of converting that a name can come to; relayed requests lose nothing. */
  readonly conversions: readonly ConversionCheck[]
  readonly context: ContextCheck
}

export type ModelCheck = {
  readonly model: string
  /** What the agent uses it for. */
  readonly use: string
  /** In the order in which the mappings are looked at; the last one is what happens to all other requests. */
  readonly outcomes: readonly OutcomeCheck[]
  /** Tokens that the agent believes the model to have room for. */
  readonly assumedWindow: number
  /** Tokens that a conversation may have so that it fits wherever it can come to; null: not known. */
  readonly room: number | null
}

export type OutcomeCheck = {
  /** The conditions, in words; null: always. */
  readonly when: string | null
  /** Counted from 1; null: no mapping fits, the name is unchanged. */
  readonly mapping: number | null
  readonly answeredBy: {
    readonly model: string
    readonly channel: string
    readonly protocol: string
    readonly mode: 'relay' | 'convert'
    readonly contextWindow: number | null
  } | null
  /** Why nobody answers; null when somebody does. */
  readonly problem: string | null
}

export type ConversionCheck = {
  readonly channel: string
  readonly protocol: string
  readonly models: readonly string[]
  readonly notes: readonly {
    readonly kind: 'dropped' | 'approximated' | 'emulated'
    /** Where in the agent's request. */
    readonly field: string
    readonly reason: string
  }[]
}

export type ContextCheck = {
  /** The names whose room is smaller than the agent believes. */
  readonly tooSmall: readonly string[]
  /** The smallest room of these; null when there is none. */
  readonly room: number | null
  /** What makes the agent compact in time; empty when nothing is needed or no variable can. */
  readonly variables: Readonly<Record<string, string>>
  /** What to do, in a sentence; null when nothing. */
  readonly advice: string | null
}
