// What a check found: what is, why it matters, and the command that mends it.

/** `note` is worth saying and nothing to mend; `warning` and `problem` make the exit code 1. */
export type Level = 'pass' | 'skipped' | 'note' | 'warning' | 'problem'

export type Finding = {
  /** `area.check`, stable. */
  readonly check: string
  readonly level: Level
  readonly what: string
  readonly why?: string
  /** A command line, or a sentence where no command does it. */
  readonly fix?: string
  /** Mends it without asking; only where nothing of the user's can be lost. Resolves to what was done. */
  readonly mend?: () => Promise<string>
}

export function pass(check: string, what: string): Finding {
  return { check, level: 'pass', what }
}

export function skipped(check: string, what: string): Finding {
  return { check, level: 'skipped', what }
}

export function note(
  check: string,
  what: string,
  rest: Omit<Finding, 'check' | 'level' | 'what'> = {},
): Finding {
  return { check, level: 'note', what, ...rest }
}

export function warning(
  check: string,
  what: string,
  rest: Omit<Finding, 'check' | 'level' | 'what'> & { readonly why: string; readonly fix: string },
): Finding {
  return { check, level: 'warning', what, ...rest }
}

export function problem(
  check: string,
  what: string,
  rest: Omit<Finding, 'check' | 'level' | 'what'> & { readonly why: string; readonly fix: string },
): Finding {
  return { check, level: 'problem', what, ...rest }
}

export function isBad({ level }: Finding): boolean {
  return level === 'warning' || level === 'problem'
}
