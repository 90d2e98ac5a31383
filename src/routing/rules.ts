// The mapping rule: in order, first match wins, one pass. Compiled once per config, so that ten thousand
// mappings cost one look into a table and the few patterns whose literal beginning fits the name.

import { LONGEST_MATCHED_NAME, patternKind, regexParts, wholeNameRegex } from '../base/name-pattern.js'

export type Mapping = {
  readonly from: string
  /** `$1` … `$9` are the groups of a regular expression in `from`. */
  readonly to: string
  /** Ordered fallback; absent: every channel that serves `to`. */
  readonly channel?: readonly string[]
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
  /** First rule with this very `from`. */
  readonly exact: ReadonlyMap<string, Rule>
  /** Patterns by their literal beginning; each list in order of rules. `''` holds those without one. */
  readonly byBeginning: ReadonlyMap<string, readonly Rule[]>
  readonly longestBeginning: number
}

/** Literal beginnings are indexed up to this length. */
const LONGEST_BEGINNING = 64

/** Prepares a profile's mappings. Throws SyntaxError for a regular expression that cannot be read. */
export function compileMappings(mappings: readonly Mapping[]): CompiledMappings {
  const exact = new Map<string, Rule>()
  const byBeginning = new Map<string, Rule[]>()
  for (const [index, mapping] of mappings.entries()) {
    const rule = { index, mapping, match: matcher(mapping.from) }
    if (!exact.has(mapping.from)) exact.set(mapping.from, rule)
    if (patternKind(mapping.from) === 'exact') continue
    const beginning = literalBeginning(mapping.from)
    const sameBeginning = byBeginning.get(beginning)
    if (sameBeginning === undefined) byBeginning.set(beginning, [rule])
    else sameBeginning.push(rule)
  }
  const longestBeginning = Math.max(0, ...[...byBeginning.keys()].map((beginning) => beginning.length))
  return { count: mappings.length, exact, byBeginning, longestBeginning }
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

/** Which rule serves the model, or none: then the name is unchanged. */
export function resolveModel(mappings: CompiledMappings, model: string): Resolution {
  const found = firstMatch(mappings, model)
  if (found === undefined) {
    const none = mappings.count === 0 ? 'no mapping' : `none of ${mappings.count} mappings matches`
    return { model, reasons: [`model ${model}: ${none}, the name is unchanged`] }
  }
  const { rule, groups } = found
  const { from, to, channel } = rule.mapping
  const target = patternKind(from) === 'regex' && rule.mapping.from !== model ? fill(to, groups) : to
  return {
    model: target,
    ...(channel === undefined ? {} : { channels: channel }),
    rule: { index: rule.index, from, to },
    reasons: [
      `model ${model}: mapping ${rule.index + 1} (${from} → ${to}) gives ${target}` +
        (channel === undefined ? '' : ` on ${channel.join(', then ')}`),
    ],
  }
}

type Match = { readonly rule: Rule; readonly groups: readonly string[] }

function firstMatch(mappings: CompiledMappings, model: string): Match | undefined {
  const exact = mappings.exact.get(model)
  let best: Match | undefined = exact === undefined ? undefined : { rule: exact, groups: [] }
  const longest = Math.min(mappings.longestBeginning, model.length)
  for (let length = 0; length <= longest; length++) {
    for (const rule of mappings.byBeginning.get(model.slice(0, length)) ?? []) {
      if (best !== undefined && rule.index > best.rule.index) break
      const groups = rule.match(model)
      if (groups === undefined) continue
      best = { rule, groups }
      break
    }
  }
  return best
}

function fill(to: string, groups: readonly string[]): string {
  return to.replace(/\$([1-9])/g, (_, digit: string) => groups[Number(digit) - 1] ?? '')
}
