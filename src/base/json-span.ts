// Finds values inside JSON bytes without parsing them, so that a body can be read, cut or changed in one place while
// every other byte stays what it was. Syntax is checked only as far as finding the way needs it.

/** Byte offsets, end exclusive. */
export type Span = { readonly start: number; readonly end: number }

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const COLON = 0x3a
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d

/** The offset of the next byte that is not white space. */
export function skipSpace(bytes: Uint8Array, at: number): number {
  let position = at
  for (;;) {
    const byte = bytes[position]
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return position
    position += 1
  }
}

/** The offset behind the string that opens at `at`; -1 when it does not end. Long strings cost one native search. */
function skipString(bytes: Uint8Array, at: number): number {
  let from = at + 1
  for (;;) {
    const quote = bytes.indexOf(QUOTE, from)
    if (quote < 0) return -1
    let slashes = 0
    while (bytes[quote - 1 - slashes] === BACKSLASH && quote - 1 - slashes > at) slashes += 1
    if (slashes % 2 === 0) return quote + 1
    from = quote + 1
  }
}

function skipContainer(bytes: Uint8Array, at: number): number {
  let depth = 0
  let position = at
  while (position < bytes.length) {
    const byte = bytes[position]
    if (byte === QUOTE) {
      position = skipString(bytes, position)
      if (position < 0) return -1
      continue
    }
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth += 1
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      depth -= 1
      if (depth === 0) return position + 1
    }
    position += 1
  }
  return -1
}

/** A number, true, false or null: up to the next delimiter. */
function skipLiteral(bytes: Uint8Array, at: number): number {
  let position = at
  while (position < bytes.length) {
    const byte = bytes[position]
    if (
      byte === undefined ||
      byte <= 0x20 ||
      byte === COMMA ||
      byte === CLOSE_BRACE ||
      byte === CLOSE_BRACKET
    )
      break
    position += 1
  }
  return position === at ? -1 : position
}

/** The offset behind the value that begins at `at` (no white space before it); -1 when it is cut off. */
export function skipValue(bytes: Uint8Array, at: number): number {
  const byte = bytes[at]
  if (byte === QUOTE) return skipString(bytes, at)
  if (byte === OPEN_BRACE || byte === OPEN_BRACKET) return skipContainer(bytes, at)
  return skipLiteral(bytes, at)
}

export type Member = { readonly key: string; readonly value: Span; readonly whole: Span }

function keyText(bytes: Uint8Array, start: number, end: number): string {
  const raw = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8')
  if (!raw.includes('\\')) return raw.slice(1, -1)
  try {
    return String(JSON.parse(raw))
  } catch {
    return raw.slice(1, -1)
  }
}

/**
 * The members of the object that begins at `at` (white space before it is skipped), duplicates included, in order.
 * `whole` is the span from the key to the end of the value. Undefined when it is not an object or is cut off.
 */
export function memberSpans(bytes: Uint8Array, at = 0): Member[] | undefined {
  let position = skipSpace(bytes, at)
  if (bytes[position] !== OPEN_BRACE) return undefined
  const members: Member[] = []
  position = skipSpace(bytes, position + 1)
  if (bytes[position] === CLOSE_BRACE) return members
  for (;;) {
    const keyStart = position
    if (bytes[keyStart] !== QUOTE) return undefined
    const keyEnd = skipString(bytes, keyStart)
    if (keyEnd < 0) return undefined
    position = skipSpace(bytes, keyEnd)
    if (bytes[position] !== COLON) return undefined
    const start = skipSpace(bytes, position + 1)
    const end = skipValue(bytes, start)
    if (end < 0) return undefined
    members.push({
      key: keyText(bytes, keyStart, keyEnd),
      value: { start, end },
      whole: { start: keyStart, end },
    })
    position = skipSpace(bytes, end)
    if (bytes[position] === CLOSE_BRACE) return members
    if (bytes[position] !== COMMA) return undefined
    position = skipSpace(bytes, position + 1)
  }
}

/** The elements of the array that begins at `at`. Undefined when it is not an array or is cut off. */
export function elementSpans(bytes: Uint8Array, at = 0): Span[] | undefined {
  let position = skipSpace(bytes, at)
  if (bytes[position] !== OPEN_BRACKET) return undefined
  const elements: Span[] = []
  position = skipSpace(bytes, position + 1)
  if (bytes[position] === CLOSE_BRACKET) return elements
  for (;;) {
    const end = skipValue(bytes, position)
    if (end < 0) return undefined
    elements.push({ start: position, end })
    position = skipSpace(bytes, end)
    if (bytes[position] === CLOSE_BRACKET) return elements
    if (bytes[position] !== COMMA) return undefined
    position = skipSpace(bytes, position + 1)
  }
}

/** The value spans of chosen top-level keys; of duplicates the last, as JSON.parse takes it. Undefined when not an object. */
export function topLevelSpans(bytes: Uint8Array, keys: readonly string[]): Map<string, Span> | undefined {
  const members = memberSpans(bytes)
  if (members === undefined) return undefined
  const spans = new Map<string, Span>()
  for (const { key, value } of members) if (keys.includes(key)) spans.set(key, value)
  return spans
}
