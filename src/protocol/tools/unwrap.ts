// Takes the free text of a custom tool out of the JSON `{"input":"…"}` while it streams, split anywhere. Law: the
// pieces together are the value of `input`; a model that forgot the wrapper is taken at its word (the whole text).

import { isObject, type JsonValue, parseJson } from '../../base/json.js'
import type { Step } from '../codec.js'

/** Where in the JSON text the next character stands. */
type Place =
  | { readonly at: 'before' } //          ^{"input":"text"}
  | { readonly at: 'key-due' } //          {^"input":"text"}
  | { readonly at: 'key'; raw: string } // {"inp^ut":"text"}
  | { readonly at: 'value-due'; readonly key: string } // {"input"^:"text"}
  | { readonly at: 'other-value'; depth: number; inText: 'no' | 'yes' | 'escaped' } // {"why":[^1],"input":"text"}
  | { readonly at: 'input'; escape: string } // {"input":"te^xt"}
  | { readonly at: 'after-input' } //      {"input":"text"^}
  | { readonly at: 'verbatim' } //         *** Begin^ Patch
  | { readonly at: 'unclear' } //          decided when all of the text is there

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
}

/** JSON text in, free text out; at most one piece for each push. */
export function inputUnwrapper(): Step<string, string> {
  let place: Place = { at: 'before' }
  let raw = ''
  let highSurrogate = ''

  /** A pair of surrogates is never torn apart: half a letter cannot be written as UTF-8. */
  function pieces(text: string, last: boolean): string[] {
    let whole = highSurrogate + text
    highSurrogate = ''
    if (!last && /[\uD800-\uDBFF]$/.test(whole)) {
      highSurrogate = whole.slice(-1)
      whole = whole.slice(0, -1)
    }
    return whole === '' ? [] : [whole]
  }

  return {
    push(delta) {
      if (place.at === 'verbatim') return pieces(delta, false)
      if (place.at !== 'input' && place.at !== 'after-input') raw += delta
      let text = ''
      for (let index = 0; index < delta.length; index++) {
        if (place.at === 'unclear' || place.at === 'after-input') break
        if (place.at === 'input') {
          const end = plainUntil(delta, index)
          if (place.escape === '' && end > index) {
            text += delta.slice(index, end)
            index = end - 1
            continue
          }
          const { told, next } = inInput(place.escape, delta.charAt(index))
          text += told
          place = next
          continue
        }
        place = outside(place, delta.charAt(index))
        if (place.at === 'verbatim') return pieces(raw, false)
      }
      return pieces(text, false)
    },
    end() {
      if (place.at === 'input' || place.at === 'after-input' || place.at === 'verbatim')
        return pieces('', true)
      return pieces(withoutWrapper(raw), true)
    },
  }
}

/** The free text of a call that is there as a whole. */
export function unwrapInput(input: string): string {
  const step = inputUnwrapper()
  return [...step.push(input), ...step.end()].join('')
}

/** The next place, outside of the value of `input`. */
function outside(place: Place, character: string): Place {
  const blank = /\s/.test(character)
  switch (place.at) {
    case 'before':
      if (blank) return place
      if (character === '{') return { at: 'key-due' }
      return { at: character === '"' ? 'unclear' : 'verbatim' }
    case 'key-due':
      if (blank || character === ',') return place
      return character === '"' ? { at: 'key', raw: '' } : { at: 'unclear' }
    case 'key':
      if (character !== '"' || /(?:^|[^\\])(?:\\\\)*\\$/.test(place.raw)) {
        place.raw += character
        return place
      }
      return { at: 'value-due', key: keyOf(place.raw) }
    case 'value-due':
      if (blank || character === ':') return place
      if (place.key === 'input') return character === '"' ? { at: 'input', escape: '' } : { at: 'unclear' }
      return otherValue({ at: 'other-value', depth: 0, inText: 'no' }, character)
    case 'other-value':
      return otherValue(place, character)
    default:
      return place
  }
}

function otherValue(place: Extract<Place, { at: 'other-value' }>, character: string): Place {
  if (place.inText !== 'no') {
    if (place.inText === 'escaped') place.inText = 'yes'
    else if (character === '\\') place.inText = 'escaped'
    else if (character === '"') place.inText = 'no'
    return place
  }
  if (character === '"') place.inText = 'yes'
  else if (character === '{' || character === '[') place.depth += 1
  else if (character === '}' || character === ']') place.depth -= 1
  if (place.depth < 0) return { at: 'unclear' }
  return character === ',' && place.depth === 0 ? { at: 'key-due' } : place
}

function keyOf(raw: string): string {
  const key = parseJson(`"${raw}"`)
  return typeof key === 'string' ? key : raw
}

/** Where the plain letters of a JSON string end, from `index` on. */
function plainUntil(delta: string, index: number): number {
  const special = /["\\]/g
  special.lastIndex = index
  return special.exec(delta)?.index ?? delta.length
}

/** One character inside the value of `input`; `started` is the unfinished escape before it. */
function inInput(started: string, character: string): { readonly told: string; readonly next: Place } {
  const go = (told: string, next: string) => ({ told, next: { at: 'input', escape: next } as const })
  if (started === '') return character === '"' ? { told: '', next: { at: 'after-input' } } : go('', '\\')
  if (started === '\\') {
    if (character === 'u') return go('', '\\u')
    return go(ESCAPES[character] ?? `\\${character}`, '')
  }
  if (!/[0-9A-Fa-f]/.test(character))
    return character === '"' ? { told: started, next: { at: 'after-input' } } : go(started + character, '')
  const digits = started + character
  return digits.length < 6
    ? go('', digits)
    : go(String.fromCharCode(Number.parseInt(digits.slice(2), 16)), '')
}

/** What is meant by a text without a string under `input`. */
function withoutWrapper(raw: string): string {
  const value = parseJson(raw)
  if (typeof value === 'string') return value
  if (!isObject(value)) return raw
  if (Object.hasOwn(value, 'input')) return wordsOf(value['input'] ?? null)
  return Object.keys(value).length === 0 ? '' : raw
}

function wordsOf(value: JsonValue): string {
  if (value === null) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}
