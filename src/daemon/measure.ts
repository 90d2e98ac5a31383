// What can be told of a body by looking at its bytes, without parsing it: how much of it is words, and whether a string
// stands under a key. Every search is one pass of Buffer.indexOf. Pure.

const QUOTE = 0x22
const COLON = 0x3a
const BACKSLASH = 0x5c

/** Values that no model reads as words: media, and reasoning that is sealed. */
const SEALED_KEYS = ['data', 'encrypted_content', 'signature'] as const
/** Shorter values are not worth the look. */
const LEAST_SEALED = 256
/** About what an image costs at the big providers. */
const TOKENS_PER_IMAGE = 1500
/** First requests of both agents, mostly tools, have 4.4 to 4.9; source code inside JSON is denser. */
const BYTES_PER_TOKEN = 4.2

/** About how many tokens the parts of a body are; media count as images, sealed reasoning not at all. */
export function roughTokens(parts: readonly (Buffer | undefined)[]): number {
  let words = 0
  let media = 0
  for (const part of parts) {
    if (part === undefined) continue
    const sealed = sealedIn(part)
    words += part.length - sealed.bytes
    media += sealed.media
  }
  return Math.round(words / BYTES_PER_TOKEN) + media * TOKENS_PER_IMAGE
}

function sealedIn(part: Buffer): { bytes: number; media: number } {
  let bytes = 0
  let media = 0
  for (const key of SEALED_KEYS)
    for (const { start, end } of stringsUnder(part, key)) {
      if (end - start < LEAST_SEALED || !isBase64(part, start)) continue
      bytes += end - start
      if (key === 'data') media += 1
    }
  let end = 0
  // On from the end of the string: words that repeat the mark would be read once for each.
  for (let at = part.indexOf(';base64,'); at >= 0; at = part.indexOf(';base64,', end)) {
    end = part.indexOf(QUOTE, at)
    if (end < 0) break
    if (end - at < LEAST_SEALED) continue
    bytes += end - at
    media += 1
  }
  return { bytes, media }
}

function isBase64(part: Buffer, start: number): boolean {
  return /^[A-Za-z0-9+/=_-]+$/.test(part.subarray(start, start + 64).toString('latin1'))
}

/** The string values under a key, between their quotes. Text that merely speaks of the key has its quotes escaped. */
function* stringsUnder(part: Buffer, key: string): Generator<{ start: number; end: number }> {
  const wanted = `"${key}"`
  for (let at = part.indexOf(wanted); at >= 0; at = part.indexOf(wanted, at + 1)) {
    if (part[at - 1] === BACKSLASH) continue
    const colon = skipBlanks(part, at + wanted.length, 1)
    const quote = part[colon] === COLON ? skipBlanks(part, colon + 1, 1) : -1
    if (part[quote] !== QUOTE) continue
    const end = part.indexOf(QUOTE, quote + 1)
    if (end < 0) return
    yield { start: quote + 1, end }
  }
}

/** Whether a string that is one of `values`, or begins with one that ends in `*`, stands under the key. */
export function hasValue(part: Buffer | undefined, key: string, values: readonly string[]): boolean {
  return part !== undefined && values.some((value) => hasOneValue(part, key, value))
}

function hasOneValue(part: Buffer, key: string, value: string): boolean {
  const wanted = value.endsWith('*') ? `"${value.slice(0, -1)}` : `"${value}"`
  for (let at = part.indexOf(wanted); at >= 0; at = part.indexOf(wanted, at + 1)) {
    const colon = skipBlanks(part, at - 1, -1)
    if (part[colon] !== COLON) continue
    const end = skipBlanks(part, colon - 1, -1) + 1
    if (part.subarray(end - key.length - 2, end).toString('latin1') === `"${key}"`) {
      if (part[end - key.length - 3] !== BACKSLASH) return true
    }
  }
  return false
}

function skipBlanks(part: Buffer, from: number, step: 1 | -1): number {
  let at = from
  while (part[at] === 0x20 || part[at] === 0x0a || part[at] === 0x0d || part[at] === 0x09) at += step
  return at
}
