// Refuses regular expressions whose matching could take time without bound. JavaScript matches by backtracking, so a
// pattern is fine when few paths fit the same text: shown on its position automaton (Glushkov), one state per letter.

import { createRequire } from 'node:module'
import { regexParts } from './name-pattern.js'
import { type Automaton, automatonOf, TooComplex } from './regex-automaton.js'

const LONGEST_PATTERN = 1000
/**
 * Repeats that may hand letters on to what follows them, and the last of a chain which may not: the time grows with
 * this power of the length, and over 512 letters the third is the most that can be borne (some 20 million steps).
 */
const MOST_SHARING_LOOPS = 3
/** Ways through the parts that are not loops. */
const MOST_BRANCHES = 4096

/** Why the pattern may not be used, as the end of a sentence; undefined when it may. */
export function refuseRegex(from: string): string | undefined {
  const { source, flags } = regexParts(from)
  if (source.length > LONGEST_PATTERN) return `is longer than ${LONGEST_PATTERN} characters`
  try {
    new RegExp(source, flags)
  } catch (error) {
    const why = error instanceof Error ? (error.message.split(': ').at(-1) ?? '') : ''
    return `is not a regular expression: ${why}`
  }
  if (isPlain(source)) return undefined
  try {
    const { parsed, reports } = analyser().analyse({ source: `^(?:${source})$`, flags })
    if (reports.some((report) => report.exponential)) return explosive('a repeated part repeats itself')
    const why = refuseAutomaton(automatonOf(parsed.pattern, flags))
    return why === undefined ? undefined : explosive(why)
  } catch (error) {
    if (error instanceof TooComplex) return error.message
    throw error
  }
}

const load = createRequire(import.meta.url)

/** Loaded for the first pattern that needs it: most configs have none, and each command would wait for it. */
function analyser(): typeof import('scslre') {
  const library: typeof import('scslre') = load('scslre')
  return library
}

function explosive(why: string): string {
  return `could take time without bound: ${why}`
}

/** No repeated group, no look-around, no back reference, few repeats: nothing to look for. Keeps big configs fast. */
function isPlain(source: string): boolean {
  return (
    !/\)[*+?{]|\(\?[=!<]|\\[1-9k]/.test(source) &&
    (source.match(/[*+?{]/g)?.length ?? 0) <= MOST_SHARING_LOOPS &&
    (source.match(/\|/g)?.length ?? 0) <= 8
  )
}

function refuseAutomaton(automaton: Automaton): string | undefined {
  const loops = loopOf(automaton)
  const openLoops = new Set<number>()
  let branches = 1
  for (let state = 0; state < automaton.follow.length; state++) {
    const pairs = overlaps(automaton, state)
    const loop = loops[state] ?? -1
    const inside = pairs.filter(([a, b]) => loop >= 0 && loops[a] === loop && loops[b] === loop)
    if (inside.some(([a, b]) => meet(automaton, loops, a, b)))
      return 'a repeated part can be read in two ways'
    if (pairs.length === 0) continue
    if (loop >= 0) openLoops.add(loop)
    else branches *= pairs.length + 1
  }
  if (openLoops.size >= MOST_SHARING_LOOPS)
    return `more than ${MOST_SHARING_LOOPS - 1} repeats can hand the same letters on`
  return branches > MOST_BRANCHES
    ? 'too many optional parts or alternatives can take the same letters'
    : undefined
}

/** Pairs of next states that a single letter can lead to; a state that is reached in two ways is paired with itself. */
function overlaps(automaton: Automaton, state: number): [number, number][] {
  const next = automaton.follow[state] ?? []
  return next.flatMap((a, index) =>
    next
      .slice(index + 1)
      .flatMap((b): [number, number][] => (a === b || shareLetter(automaton, a, b) ? [[a, b]] : [])),
  )
}

function shareLetter(automaton: Automaton, a: number, b: number): boolean {
  const lettersOfB = automaton.letters[b]
  return automaton.letters[a]?.some((has, letter) => has && lettersOfB?.[letter] === true) === true
}

/** Can two readings that part inside a loop come together again inside it? Then each round doubles the paths. */
function meet(automaton: Automaton, loops: readonly number[], a: number, b: number): boolean {
  const seen = new Set<string>()
  const waiting: [number, number][] = [[a, b]]
  for (let pair = waiting.pop(); pair !== undefined; pair = waiting.pop()) {
    const [left, right] = pair
    if (left === right) return true
    const name = `${left},${right}`
    if (seen.has(name)) continue
    seen.add(name)
    for (const nextLeft of automaton.follow[left] ?? [])
      for (const nextRight of automaton.follow[right] ?? [])
        if (
          loops[nextLeft] === loops[a] &&
          loops[nextRight] === loops[a] &&
          (nextLeft === nextRight || shareLetter(automaton, nextLeft, nextRight))
        )
          waiting.push([nextLeft, nextRight])
  }
  return false
}

/** For each state the loop it is part of (a set of states that reach each other), or -1. */
function loopOf(automaton: Automaton): number[] {
  const reach = automaton.follow.map((_, state) => reachable(automaton, state))
  return automaton.follow.map((_, state) => {
    if (reach[state]?.has(state) !== true) return -1
    return [...(reach[state] ?? [])].reduce(
      (least, other) => (reach[other]?.has(state) === true ? Math.min(least, other) : least),
      state,
    )
  })
}

function reachable(automaton: Automaton, from: number): Set<number> {
  const seen = new Set<number>()
  const waiting = [...(automaton.follow[from] ?? [])]
  for (let state = waiting.pop(); state !== undefined; state = waiting.pop()) {
    if (seen.has(state)) continue
    seen.add(state)
    waiting.push(...(automaton.follow[state] ?? []))
  }
  return seen
}
