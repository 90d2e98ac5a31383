// The mapping rule: in order, first match wins, one pass. Compiled once per config, so that ten thousand
// mappings cost one look into a table and the few patterns whose literal beginning fits the name.

import { LONGEST_MATCHED_NAME, patternKind, regexParts, wholeNameRegex } from '../base/name-pattern.js'
import { type Conditions, judge, type RequestFacts } from './when.js'

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
  if (found === undefined) return unchanged(mappings, model, passedOver)
  return resolutionOf(model, found, passedOver)
}

function unchanged(mappings: CompiledMappings, model: string, passedOver: readonly string[]): Resolution {
  const none = mappings.count === 0 ? 'no mapping' : `none of ${mappings.count} mappings matches`
  return { model, reasons: [...passedOver, `model ${model}: ${none}, the name is unchanged`] }
}

function resolutionOf(model: string, match: Match, passedOver: readonly string[]): Resolution {
  const { rule, groups, findings } = match
  const { from, to, channel } = rule.mapping
  const target = patternKind(from) === 'regex' && from !== model ? fill(to, groups) : to
  return {
    model: target,
    ...(channel === undefined ? {} : { channels: channel }),
    rule: { index: rule.index, from, to },
    reasons: [
      ...passedOver,
      `model ${model}: mapping ${rule.index + 1} (${from} → ${to}) gives ${target}` +
        (channel === undefined ? '' : ` on ${channel.join(', then ')}`) +
        (findings.length === 0 ? '' : `; ${findings.join('; ')}`),
    ],
  }
}

/** The mapping that a reason of a resolution names, as far as ` gives `; counted from 0. Undefined for other words. */
export function readMatch(reason: string): Resolution['rule'] {
  const [, number, from, to] = /^model .*?: mapping (\d+) \((.*) → (.*)\)$/su.exec(reason) ?? []
  if (number === undefined || from === undefined || to === undefined) return undefined
  return { index: Number(number) - 1, from, to }
}

type Match = {
  readonly rule: Rule
  readonly groups: readonly string[]
  readonly findings: readonly string[]
}

type Fit = { readonly rule: Rule; readonly groups: readonly string[] }

/** Calls `look` with the rules whose `from` fits the name; each list in order, until `look` says that it is enough. */
function eachFit(
  mappings: CompiledMappings,
  model: string,
  isOver: (rule: Rule) => boolean,
  look: (fit: Fit) => void,
) {
  for (const rule of mappings.exact.get(model) ?? []) {
    if (isOver(rule)) break
    look({ rule, groups: [] })
  }
  const longest = Math.min(mappings.longestBeginning, model.length)
  for (let length = 0; length <= longest; length++)
    for (const rule of mappings.byBeginning.get(model.slice(0, length)) ?? []) {
      if (isOver(rule)) break
      const groups = rule.mapping.from === model ? undefined : rule.match(model)
      if (groups !== undefined) look({ rule, groups })
    }
}

function firstMatch(
  mappings: CompiledMappings,
  model: string,
  facts: RequestFacts | undefined,
): { found: Match | undefined; passedOver: string[] } {
  let found: Match | undefined
  const unmet: { readonly index: number; readonly finding: string }[] = []
  const isOver = (rule: Rule) => found !== undefined && rule.index >= found.rule.index
  eachFit(mappings, model, isOver, ({ rule, groups }) => {
    const { holds, findings } = judge(rule.mapping.when ?? {}, facts)
    if (holds) found = { rule, groups, findings }
    else unmet.push({ index: rule.index, finding: findings.at(-1) ?? '' })
  })
  const last = found?.rule.index ?? mappings.count
  const passedOver = unmet
    .filter(({ index }) => index < last)
    .sort((a, b) => a.index - b.index)
    .map(({ index, finding }) => `model ${model}: mapping ${index + 1} passed over, ${finding}`)
  return { found, passedOver }
}

/** What a name can become, and on what conditions; without any it is what happens to all other requests. */
export type Outcome = { readonly when: Conditions | undefined; readonly resolution: Resolution }

/** Every outcome that the name can have, in the order in which the rules are looked at; the last holds always. */
export function outcomesOf(mappings: CompiledMappings, model: string): Outcome[] {
  const fits: Fit[] = []
  eachFit(
    mappings,
    model,
    () => false,
    (fit) => fits.push(fit),
  )
  const outcomes: Outcome[] = []
  for (const { rule, groups } of fits.toSorted((a, b) => a.rule.index - b.rule.index)) {
    const resolution = resolutionOf(model, { rule, groups, findings: [] }, [])
    outcomes.push({ when: rule.mapping.when, resolution })
    if (rule.mapping.when === undefined) return outcomes
  }
  return [...outcomes, { when: undefined, resolution: unchanged(mappings, model, []) }]
}

function fill(to: string, groups: readonly string[]): string {
  return to.replace(/\$([1-9])/g, (_, digit: string) => groups[Number(digit) - 1] ?? '')
}
