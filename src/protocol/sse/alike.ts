// Events that are like the one before in all but their words: nearly all of an answer's. Their words are cut out of the
// text, and nothing else of them is read again. Law: what is told is what parsing the event would have told.

import { type JsonObject, parseJson } from '../../base/json.js'
import type { SseEvent } from './event.js'

/** How the words of an event were read, so that those of the next ones like it are read the same way. */
export type Repeat<Out> = {
  /** The words stand under this key: `"delta":"words"`. */
  readonly key: string
  readonly words: string
  /** What further words mean in the same place; as long as no other event comes between, nothing else has changed. */
  again(words: string): Out[]
}

export type Alike<Out> = {
  /** What an event means that differs from the learned one in its words and passing members only; else undefined. */
  push(event: SseEvent): Out[] | undefined
  /** Remembers how an event was read; every event that was read otherwise ends what was learned. */
  learn(event: SseEvent, value: JsonObject, repeat: Repeat<Out> | undefined): void
  forget(): void
}

/** A place where events differ, and what stands before it. */
type Hole = { readonly before: string; readonly kind: 'words' | 'string' | 'number' }
type Shape = { readonly holes: readonly Hole[]; readonly tail: string }
type Place = { readonly kind: Hole['kind']; readonly start: number; readonly end: number }

const QUOTE = 0x22
const BACKSLASH = 0x5c
const ZERO = 0x30
const NINE = 0x39
/** A backslash, or a letter below the blank, which JSON does not allow in a string. */
const SPECIAL = /[^ -[\]-\uFFFF]/

/** `passing`: members at the top that say nothing to the reader of the events, numbers or strings. */
export function alikeEvents<Out>(passing: readonly string[] = []): Alike<Out> {
  let known:
    | { readonly name: string | undefined; readonly shape: Shape; readonly repeat: Repeat<Out> }
    | undefined
  return {
    push(event) {
      if (known === undefined || event.event !== known.name) return undefined
      const words = wordsIn(event.data, known.shape)
      return words === undefined ? undefined : known.repeat.again(words)
    },
    learn(event, value, repeat) {
      const shape = repeat === undefined ? undefined : shapeOf(event.data, value, repeat, passing)
      known = repeat === undefined || shape === undefined ? undefined : { name: event.event, shape, repeat }
    },
    forget() {
      known = undefined
    },
  }
}

/**
 * Undefined when the text leaves a doubt where its words are. A quote inside of a string has a backslash before it, so
 * `"key":` in a text that is without them outside of its holes can only be a key.
 */
function shapeOf<Out>(
  data: string,
  value: JsonObject,
  repeat: Repeat<Out>,
  passing: readonly string[],
): Shape | undefined {
  const words = placeOf(data, repeat.key)
  if (words?.kind !== 'string' || unescaped(data.slice(words.start, words.end)) !== repeat.words)
    return undefined
  const places: Place[] = [{ ...words, kind: 'words' }]
  for (const name of passing) {
    if (!Object.hasOwn(value, name)) continue
    const place = placeOf(data, name)
    if (place === undefined) return undefined
    places.push(place)
  }
  const holes: Hole[] = []
  let at = 0
  for (const { kind, start, end } of places.toSorted((left, right) => left.start - right.start)) {
    holes.push({ kind, before: data.slice(at, start) })
    at = end
  }
  const tail = data.slice(at)
  return tail.includes('\\') || holes.some(({ before }) => before.includes('\\'))
    ? undefined
    : { holes, tail }
}

/** Where the value of the only such key stands; of a string what is between its quotes. */
function placeOf(data: string, key: string): Place | undefined {
  const mark = `"${key}":`
  const found = data.indexOf(mark)
  if (found === -1 || data.includes(mark, found + mark.length)) return undefined
  let start = found + mark.length
  while (data.charCodeAt(start) === 0x20) start += 1
  if (data.charCodeAt(start) === QUOTE) {
    const end = stringEnd(data, start + 1)
    return end === -1 ? undefined : { kind: 'string', start: start + 1, end }
  }
  const end = numberEnd(data, start)
  return end === -1 ? undefined : { kind: 'number', start, end }
}

function wordsIn(data: string, { holes, tail }: Shape): string | undefined {
  let words: string | undefined
  let at = 0
  for (const { before, kind } of holes) {
    if (!data.startsWith(before, at)) return undefined
    const start = at + before.length
    at = kind === 'number' ? numberEnd(data, start) : stringEnd(data, start)
    if (at === -1) return undefined
    if (kind === 'number') continue
    const read = unescaped(data.slice(start, at))
    if (read === undefined) return undefined
    if (kind === 'words') words = read
  }
  return data.length === at + tail.length && data.endsWith(tail) ? words : undefined
}

/** The place of the quote that ends the string whose letters begin here; -1 when there is none. */
function stringEnd(data: string, start: number): number {
  let quote = data.indexOf('"', start)
  while (quote > start && data.charCodeAt(quote - 1) === BACKSLASH) {
    let escapes = 1
    while (data.charCodeAt(quote - 1 - escapes) === BACKSLASH) escapes += 1
    if (escapes % 2 === 0) return quote
    quote = data.indexOf('"', quote + 1)
  }
  return quote
}

/** The place after a whole number without sign; -1 when there is none, or one that JSON does not know (`007`). */
function numberEnd(data: string, start: number): number {
  let at = start
  while (data.charCodeAt(at) >= ZERO && data.charCodeAt(at) <= NINE) at += 1
  return at === start || (at > start + 1 && data.charCodeAt(start) === ZERO) ? -1 : at
}

/** The string between two quotes of JSON; undefined when it is none. */
function unescaped(letters: string): string | undefined {
  if (!SPECIAL.test(letters)) return letters
  const value = parseJson(`"${letters}"`)
  return typeof value === 'string' ? value : undefined
}
