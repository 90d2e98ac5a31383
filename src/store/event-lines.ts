// The lines of a recorded event stream. Most events differ from the one before in a few values only, so each is first held
// against that one's shape. Law: a line that is told as `again` is the line before it, but for the values that are told.

/** Values that an event brings anew: the texts that a model says in pieces, and what is counted or made up for each event. */
const VALUES =
  /"(?:(text|partial_json|thinking|content|reasoning_content|arguments|input|delta)|obfuscation)":\s*"((?:[^"\\]|\\.)*)"|"sequence_number":\s*(\d+)/g
/** A value as it stands in JSON, without its quotes; `at`: its offset in the stream. */
export type StreamValue = {
  readonly kind: 'text' | 'other' | 'number'
  readonly at: number
  readonly raw: string
}

export type EventLine = {
  readonly type: 'new' | 'again'
  /** The line, without its end. */
  readonly line: string
  readonly values: readonly StreamValue[]
}

/** What a line is made of: the parts that stay, and between them the kinds of values. */
type Shape = { readonly fixed: readonly string[]; readonly kinds: readonly StreamValue['kind'][] }

/** Tells each line that carries data, and each other line that is not like the last one, in their order. */
export function eventLines(stream: string, visit: (line: EventLine) => void): void {
  let shape: Shape | undefined
  let other = ''
  for (let from = 0; from < stream.length; ) {
    const found = stream.indexOf('\n', from)
    const end = found === -1 ? stream.length : found
    if (stands(stream, 'data:', from)) {
      const line = stream.slice(from, end)
      const same = shape === undefined ? undefined : valuesOf(stream, shape, from, end)
      const values = same ?? newValues(line, from)
      if (same === undefined) shape = shapeOf(line, values, from)
      visit({ type: same === undefined ? 'new' : 'again', line, values })
    } else if (end > from && !(from + other.length === end && stands(stream, other, from))) {
      other = stream.slice(from, end)
      visit({ type: 'new', line: other, values: [] })
    }
    from = end + 1
  }
}

/** `startsWith` looks at each sign by itself; two slices are compared at once. */
function stands(stream: string, part: string, at: number): boolean {
  return stream.slice(at, at + part.length) === part
}

function newValues(line: string, from: number): StreamValue[] {
  return Array.from(line.matchAll(VALUES), ({ 0: all, 1: name, 2: text, 3: number = '', index }) => {
    // The closing quote stands behind a text.
    const raw = text ?? number
    const at = from + index + all.length - raw.length - (text === undefined ? 0 : 1)
    return { kind: text === undefined ? 'number' : name === undefined ? 'other' : 'text', at, raw }
  })
}

function shapeOf(line: string, values: readonly StreamValue[], from: number): Shape {
  const fixed: string[] = []
  let at = 0
  for (const value of values) {
    fixed.push(line.slice(at, value.at - from))
    at = value.at - from + value.raw.length
  }
  fixed.push(line.slice(at))
  return { fixed, kinds: values.map(({ kind }) => kind) }
}

/** The values of the line `[from, end)` when it has this shape. */
function valuesOf(
  stream: string,
  { fixed, kinds }: Shape,
  from: number,
  end: number,
): StreamValue[] | undefined {
  const values: StreamValue[] = []
  let at = from
  for (let index = 0; index < kinds.length; index++) {
    const before = fixed[index] ?? ''
    const kind = kinds[index] ?? 'other'
    if (!stands(stream, before, at)) return undefined
    at += before.length
    const until = kind === 'number' ? endOfNumber(stream, at) : endOfText(stream, at, end)
    if (until === -1) return undefined
    values.push({ kind, at, raw: stream.slice(at, until) })
    at = until
  }
  const rest = fixed[kinds.length] ?? ''
  return at + rest.length === end && stands(stream, rest, at) ? values : undefined
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const ZERO = 0x30
const NINE = 0x39

/** Where the closing quote stands; -1 when none does. */
function endOfText(stream: string, from: number, end: number): number {
  for (let at = from; at < end; at++) {
    const sign = stream.charCodeAt(at)
    if (sign === QUOTE) return at
    if (sign === BACKSLASH) at++
  }
  return -1
}

/** -1 when there is no digit. */
function endOfNumber(stream: string, from: number): number {
  let at = from
  for (; ; at++) {
    const sign = stream.charCodeAt(at)
    if (!(sign >= ZERO && sign <= NINE)) return at === from ? -1 : at
  }
}
