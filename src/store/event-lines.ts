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
export function eventLines(stream: string, visit: Visit): void {
  let shape: Shape | undefined
  let other = ''
  /** Where the data line before ended; undefined when something was told since. */
  let quiet: number | undefined
  for (let from = 0; from < stream.length; ) {
    const found = stream.indexOf('\n', from)
    const end = found === -1 ? stream.length : found
    let next = end + 1
    if (stands(stream, 'data:', from)) {
      const line = stream.slice(from, end)
      const same = shape === undefined ? undefined : valuesOf(stream, shape, from, end)
      const values = same ?? newValues(line, from)
      visit({ type: same === undefined ? 'new' : 'again', line, values })
      if (same === undefined || shape === undefined) shape = shapeOf(line, values, from)
      else if (quiet !== undefined)
        next = runOn(stream, shape, stream.slice(quiet, from), same, visit) ?? next
      quiet = next === end + 1 ? end : undefined
    } else if (end > from && !(from + other.length === end && stands(stream, other, from))) {
      other = stream.slice(from, end)
      visit({ type: 'new', line: other, values: [] })
      quiet = undefined
    }
    from = next
  }
}

type Visit = (line: EventLine) => void

/**
 * Tells the lines that follow in the same way: `between` stands between each two, and each is followed by it too. Gives the
 * place of the first line that was not told; undefined when that is the next one.
 */
function runOn(
  stream: string,
  shape: Shape,
  between: string,
  first: readonly StreamValue[],
  visit: Visit,
): number | undefined {
  const { fixed } = shape
  const rest = fixed.at(-1) ?? ''
  const glue = `${rest}${between}${fixed[0] ?? ''}`
  let behind = behindLast(first)
  if (behind === undefined || !stands(stream, glue, behind)) return undefined
  for (;;) {
    const start = behind + rest.length + between.length
    const values = valuesAt(stream, shape, behind + glue.length)
    behind = values === undefined ? undefined : behindLast(values)
    // What follows says that the line ends as it should.
    if (values === undefined || behind === undefined || !stands(stream, glue, behind)) return start
    visit({ type: 'again', line: stream.slice(start, behind + rest.length), values })
  }
}

function behindLast(values: readonly StreamValue[]): number | undefined {
  const last = values.at(-1)
  return last === undefined ? undefined : last.at + last.raw.length
}

/** `startsWith` looks at each sign by itself; two slices are compared at once. */
function stands(stream: string, part: string, at: number): boolean {
  return stream.slice(at, at + part.length) === part
}

/** The values of some JSON that begins at `from`. */
export function newValues(line: string, from: number): StreamValue[] {
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
function valuesOf(stream: string, shape: Shape, from: number, end: number): StreamValue[] | undefined {
  const { fixed } = shape
  const head = fixed[0] ?? ''
  if (!stands(stream, head, from)) return undefined
  const values = valuesAt(stream, shape, from + head.length)
  if (values === undefined) return undefined
  const behind = behindLast(values)
  const [rest, at] = behind === undefined ? ['', from + head.length] : [fixed.at(-1) ?? '', behind]
  return at + rest.length === end && stands(stream, rest, at) ? values : undefined
}

/** The values of a line of this shape, of which the first begins at `from`. */
function valuesAt(stream: string, { fixed, kinds }: Shape, from: number): StreamValue[] | undefined {
  const values: StreamValue[] = []
  let at = from
  for (let index = 0; index < kinds.length; index++) {
    const before = index === 0 ? '' : (fixed[index] ?? '')
    const kind = kinds[index] ?? 'other'
    if (before !== '' && !stands(stream, before, at)) return undefined
    at += before.length
    const until = kind === 'number' ? endOfNumber(stream, at) : endOfText(stream, at)
    if (until === -1) return undefined
    values.push({ kind, at, raw: stream.slice(at, until) })
    at = until
  }
  return values
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const NEWLINE = 0x0a
const ZERO = 0x30
const NINE = 0x39

/** Where the closing quote stands; -1 when none does on this line. */
function endOfText(stream: string, from: number): number {
  for (let at = from; at < stream.length; at++) {
    let sign = stream.charCodeAt(at)
    if (sign === QUOTE) return at
    if (sign === BACKSLASH) sign = stream.charCodeAt(++at)
    if (sign === NEWLINE) return -1
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
