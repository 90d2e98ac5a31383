// The position automaton (Glushkov) of a regular expression: a state for each letter of the pattern, an edge for each
// way to come from one to the next. An edge that exists twice is listed twice: the text can be read in two ways there.

import type { analyse } from 'scslre'

type Pattern = ReturnType<typeof analyse>['parsed']['pattern']
type Alternative = Pattern['alternatives'][number]
type Element = Alternative['elements'][number]

export type Automaton = {
  /** Next states of each state; state 0 is the beginning. */
  readonly follow: readonly (readonly number[])[]
  /** Which letters lead into a state: ASCII by code, then one entry for all else. */
  readonly letters: readonly (readonly boolean[])[]
}

/** The pattern cannot be judged; the message is the end of a sentence. */
export class TooComplex extends Error {}

const MOST_STATES = 400
const ASCII = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code))
const BEYOND_ASCII = ['é', 'ß', 'Ω', 'я', '中', '\u2028']

type Part = {
  readonly optional: boolean
  readonly first: readonly number[]
  readonly last: readonly number[]
}

const NOTHING: Part = { optional: true, first: [], last: [] }

/** Throws TooComplex for look-around, back references and patterns of more than a few hundred letters. */
export function automatonOf(pattern: Pattern, flags: string): Automaton {
  const follow: number[][] = [[]]
  const letters: boolean[][] = [[]]
  const edges = (from: readonly number[], to: readonly number[]): void => {
    for (const state of from) follow[state]?.push(...to)
  }
  const letter = (raw: string): Part => {
    if (follow.length > MOST_STATES) throw new TooComplex('has too many parts')
    const regex = new RegExp(`^${raw}$`, flags)
    const beyond = [...BEYOND_ASCII, raw].some((one) => /[^\0-\x7f]/.test(one) && regex.test(one))
    letters.push([...ASCII.map((one) => regex.test(one)), beyond])
    follow.push([])
    return { optional: false, first: [follow.length - 1], last: [follow.length - 1] }
  }
  const sequence = (left: Part, right: Part): Part => {
    edges(left.last, right.first)
    return {
      optional: left.optional && right.optional,
      first: left.optional ? [...left.first, ...right.first] : left.first,
      last: right.optional ? [...left.last, ...right.last] : right.last,
    }
  }
  const alternatives = (list: readonly Alternative[]): Part => {
    const parts = list.map((one) => one.elements.map(element).reduce(sequence, NOTHING))
    if (parts.filter((part) => part.optional).length > 1)
      throw new TooComplex('has two alternatives that may be empty')
    return {
      optional: parts.some((part) => part.optional),
      first: parts.flatMap((part) => part.first),
      last: parts.flatMap((part) => part.last),
    }
  }
  const repeat = (min: number, max: number, body: () => Part): Part => {
    if (max === 0) return NOTHING
    if (min === max) return Array.from({ length: Math.min(max, MOST_STATES) }, body).reduce(sequence, NOTHING)
    const part = body()
    // A counted repeat is judged as one without end: it may be as slow, and is never judged too mildly.
    if (max > 1) edges(part.last, part.first)
    return { ...part, optional: part.optional || min === 0 }
  }
  const element = (one: Element): Part => {
    switch (one.type) {
      case 'Group':
      case 'CapturingGroup':
        return alternatives(one.alternatives)
      case 'Quantifier':
        return repeat(one.min, one.max, () => element(one.element))
      case 'Character':
      case 'CharacterSet':
      case 'CharacterClass':
        return letter(one.raw)
      case 'Assertion':
        if (one.kind === 'lookahead' || one.kind === 'lookbehind') throw new TooComplex('uses look-around')
        return NOTHING
      default:
        throw new TooComplex('uses a back reference')
    }
  }
  const whole = alternatives(pattern.alternatives)
  edges([0], whole.first)
  return { follow, letters }
}
