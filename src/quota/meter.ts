// The normal form of everything that providers tell about what is left: a meter. Law: what was not told stays undefined;
// nothing is ever taken for 0 or 100 because it is missing.

export type MeterKind = 'window' | 'balance' | 'credits' | 'spend'

export type Meter = {
  /** Stable within an account: `5h`, `7d`, `spark/5h`, `balance/USD`. */
  readonly id: string
  readonly kind: MeterKind
  /** The model or pool that it binds alone; absent: it binds all that the account does. */
  readonly scope?: string | undefined
  readonly windowSeconds?: number | undefined
  /** 0 to 100. */
  readonly usedPercent?: number | undefined
  /** Amounts in `unit`. */
  readonly used?: number | undefined
  readonly limit?: number | undefined
  readonly left?: number | undefined
  /** `USD`, `CNY`, `credits`, `requests` … */
  readonly unit?: string | undefined
  /** Ms since the epoch. */
  readonly resetsAt?: number | undefined
  /** What the provider itself says, where it says it. */
  readonly told?: 'available' | 'warning' | 'exhausted' | undefined
}

/** How a figure came: with the headers of an answer, an event in it, an error, or an answer to a question for it. */
export const ORIGINS = ['header', 'event', 'error', 'poll'] as const
export type Origin = (typeof ORIGINS)[number]

/** What one answer of a provider tells. */
export type Reading = {
  readonly plan?: string | undefined
  readonly meters: readonly Meter[]
  /**
   * Which older meters it makes void: `all` of the account, the `windows` of the scopes that it speaks of, or `nothing`.
   */
  readonly replaces: 'all' | 'windows' | 'nothing'
}

/** A limit of requests or tokens per minute or day: shown with the channel's details, never as a battery. */
export type Throttle = {
  readonly name: string
  readonly limit?: number | undefined
  readonly remaining?: number | undefined
  /** Ms since the epoch. */
  readonly resetsAt?: number | undefined
}
