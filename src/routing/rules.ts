// The mapping rule: in order, first match wins, one pass. Compiled once per config, so that ten thousand
// mappings cost one look into a table and the few patterns whose literal beginning fits the name.

import { LONGEST_MATCHED_NAME, patternKind, regexParts, wholeNameRegex } from '../base/name-pattern.js'
import { type Conditions, type RequestFacts, unmetCondition } from './when.js'

export type Mapping = {
  readonly from: string
  /** `$1` … `$9` are the groups of a regular expression in `from`. */
  readonly to: string
  /** Ordered fallback; absent: every channel that serves `to`. */
  readonly channel?: readonly string[]
  /** All must hold, else the rule is passed over. */
  readonly when?: Conditions
}

export type Resolution = {
  /** The name to ask the channel for. */
  readonly model: string
  readonly channels?: readonly string[]
  /** The rule that matched, counted from 0. */
  readonly rule?: { readonly index: number; readonly from: string; readonly to: string }
  /** Why, for a person; the same lines stand in the trace and in `explain`. */
  readonly reasons: readonly string[]
}

type Rule = {
  readonly index: number
  readonly mapping: Mapping
  readonly match: (model: string) => readonly string[] | undefined
}

export type CompiledMappings = {
  readonly count: number
  /** The rules with this very `from`, in order. */
  readonly exact: ReadonlyMap<string, readonly Rule[]>
  /** Patterns by their literal beginning; each list in order of rules. `''` holds those without one. */
  readonly byBeginning: ReadonlyMap<string, readonly Rule[]>
  readonly longestBeginning: number
}

/** Literal beginnings are indexed up to this length. */
const LONGEST_BEGINNING = 64

/** Prepares a profile's mappings. Throws SyntaxError for a regular expression that cannot be read. */
export function compileMappings(mappings: readonly Mapping[]): CompiledMappings {
  const exact = new Map<string, Rule[]>()
  const byBeginning = new Map<string, Rule[]>()
  for (const [index, mapping] of mappings.entries()) {
    const rule = { index, mapping, match: matcher(mapping.from) }
    push(exact, mapping.from, rule)
    if (patternKind(mapping.from) !== 'exact') push(byBeginning, literalBeginning(mapping.from), rule)
  }
  const longestBeginning = Math.max(0, ...[...byBeginning.keys()].map((beginning) => beginning.length))
  return { count: mappings.length, exact, byBeginning, longestBeginning }
}

function push(lists: Map<string, Rule[]>, key: string, rule: Rule): void {
  const before = lists.get(key)
  if (before === undefined) lists.set(key, [rule])
  else before.push(rule)
}

/** Gives the groups of a match ($1 first), or undefined. */
function matcher(from: string): Rule['match'] {
  switch (patternKind(from)) {
    case 'exact':
      return (model) => (model === from ? [] : undefined)
    case 'any':
      return () => []
    case 'regex': {
      const regex = wholeNameRegex(from)
      return (model) =>
        model.length > LONGEST_MATCHED_NAME
          ? undefined
          : regex
              .exec(model)
              ?.slice(1)
              .map((group) => group ?? '')
    }
  }
}

/** The text that every name matched by the pattern begins with, as far as it is plain to see. */
export function literalBeginning(from: string): string {
  const { source, flags } = regexParts(from)
  if (from === '*' || flags.includes('i') || hasChoiceAtTop(source)) return ''
  const body = source.replace(/^\^/, '')
  const literal = /^(?:[^\\*+?[\](){}|^$.]|\\[^\p{L}\p{N}])*/u.exec(body)?.[0] ?? ''
  const next = body[literal.length]
  // A quantifier belongs to the last letter alone, and may want it zero times.
  const sure = next !== undefined && '*?{'.includes(next) ? literal.replace(/(?:\\.|.)$/u, '') : literal
  return sure.replace(/\\(.)/gu, '$1').slice(0, LONGEST_BEGINNING)
}

/** `ab|cd` begins with neither; a choice inside parentheses stands behind what is literal. */
function hasChoiceAtTop(source: string): boolean {
  let depth = 0
  for (const [part] of source.matchAll(/\\.|\[(?:\\.|[^\]])*\]|[()|]/gs)) {
    if (part === '(') depth++
    else if (part === ')') depth--
    else if (part === '|' && depth === 0) return true
  }
  return false
}

/** Which rule serves the model, or none: then the name is unchanged. Without facts no rule with conditions holds. */
export function resolveModel(mappings: CompiledMappings, model: string, facts?: RequestFacts): Resolution {
  const { found, passedOver } = firstMatch(mappings, model, facts)
  if (found === undefined) {
    const none = mappings.count === 0 ? 'no mapping' : `none of ${mappings.count} mappings matches`
    return { model, reasons: [...passedOver, `model ${model}: ${none}, the name is unchanged`] }
  }
  const { rule, groups } = found
  const { from, to, channel } = rule.mapping
  const target = patternKind(from) === 'regex' && from !== model ? fill(to, groups) : to
  return {
    model: target,
    ...(channel === undefined ? {} : { channels: channel }),
    rule: { index: rule.index, from, to },
    reasons: [
      ...passedOver,
      `model ${model}: mapping ${rule.index + 1} (${from} → ${to}) gives ${target}` +
        (channel === undefined ? '' : ` on ${channel.join(', then ')}`),
    ],
  }
}

type Match = { readonly rule: Rule; readonly groups: readonly string[] }

function firstMatch(
  mappings: CompiledMappings,
  model: string,
  facts: RequestFacts | undefined,
): { found: Match | undefined; passedOver: string[] } {
  let found: Match | undefined
  const unmet: { readonly index: number; readonly reason: string }[] = []
  const look = (
    rules: readonly Rule[] | undefined,
    groupsOf: (rule: Rule) => readonly string[] | undefined,
  ) => {
    for (const rule of rules ?? []) {
      if (found !== undefined && rule.index >= found.rule.index) return
      const groups = groupsOf(rule)
      if (groups === undefined) continue
      const reason = rule.mapping.when === undefined ? undefined : unmetCondition(rule.mapping.when, facts)
      if (reason === undefined) {
        found = { rule, groups }
        return
      }
      unmet.push({ index: rule.index, reason })
    }
  }
  look(mappings.exact.get(model), () => [])
  const longest = Math.min(mappings.longestBeginning, model.length)
  for (let length = 0; length <= longest; length++)
    look(mappings.byBeginning.get(model.slice(0, length)), (rule) =>
      rule.mapping.from === model ? undefined : rule.match(model),
    )
  const last = found?.rule.index ?? mappings.count
  const passedOver = unmet
    .filter(({ index }) => index < last)
    .sort((a, b) => a.index - b.index)
    .map(({ index, reason }) => `model ${model}: mapping ${index + 1} passed over, ${reason}`)
  return { found, passedOver }
}

function fill(to: string, groups: readonly string[]): string {
  return to.replace(/\$([1-9])/g, (_, digit: string) => groups[Number(digit) - 1] ?? '')
}
