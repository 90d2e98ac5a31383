// How deeply JSON is nested, told from its bytes. Conversion walks through values by calling itself, so what is nested
// beyond all sense is refused before it is walked; a relay walks through nothing and passes it on.

import { HubError } from '../base/errors.js'

/** Far more than any schema or argument has, far less than ends a walk. */
export const MOST_LEVELS = 1000

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d

/** Whether objects and lists stand in one another more than `most` levels deep. */
export function isDeeper(bytes: Uint8Array, most: number = MOST_LEVELS): boolean {
  let depth = 0
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at]
    if (byte === QUOTE) at = stringEnd(bytes, at)
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      depth += 1
      if (depth > most) return true
    } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) depth -= 1
  }
  return false
}

/** The place of the quote that ends the string, or the end of the bytes. */
function stringEnd(bytes: Uint8Array, start: number): number {
  let quote = bytes.indexOf(QUOTE, start + 1)
  while (quote !== -1) {
    let escapes = 0
    while (bytes[quote - 1 - escapes] === BACKSLASH) escapes += 1
    if (escapes % 2 === 0) return quote
    quote = bytes.indexOf(QUOTE, quote + 1)
  }
  return bytes.length
}

/** Throws HubError `invalid-request` for a body that is nested too deeply to be converted. */
export function refuseDeepRequest(body: Uint8Array): void {
  if (isDeeper(body)) throw deepRequest()
}

/** Throws HubError `upstream-failed` for an answer that is nested too deeply to be converted. */
export function refuseDeepAnswer(body: Uint8Array): void {
  if (isDeeper(body)) throw deepAnswer()
}

/** JSON inside of strings is only met while it is converted: what then overflows is told by the same words. */
export function asDeepRequest(thrown: unknown): unknown {
  return isOverflow(thrown) ? deepRequest(thrown) : thrown
}

/** As `asDeepRequest`, for an answer. */
export function asDeepAnswer(thrown: unknown): unknown {
  return isOverflow(thrown) ? deepAnswer(thrown) : thrown
}

function isOverflow(thrown: unknown): boolean {
  return thrown instanceof RangeError && thrown.message.includes('call stack')
}

function deepRequest(cause?: unknown): HubError {
  return new HubError('invalid-request', 'The request is nested too deeply to be converted.', {
    hint: `Flatten its schemas and arguments: ${MOST_LEVELS} levels are the most.`,
    cause,
  })
}

function deepAnswer(cause?: unknown): HubError {
  return new HubError('upstream-failed', "The provider's answer is nested too deeply to be converted.", {
    hint: 'Ask again; if it stays so, map the model to another one.',
    cause,
  })
}
