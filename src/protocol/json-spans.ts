// Finds places in JSON text without parsing it, so that a value can be replaced and every other byte stays as it is
// (large numbers, duplicate keys and odd blanks included). Fast: strings are skipped by search, not letter by letter.

import { Buffer } from 'node:buffer'
import { parseJson } from '../base/json.js'

/** From the first byte of a value to the byte after its last. */
export type Span = { readonly start: number; readonly end: number }
export type Member = { readonly key: string; readonly value: Span }
/** Keys to look for; a set where they are many. */
type Keys = readonly string[] | ReadonlySet<string>

function isAmong(keys: Keys, key: string): boolean {
  return keys instanceof Set ? keys.has(key) : Array.isArray(keys) && keys.includes(key)
}

const QUOTE = 0x22
const COMMA = 0x2c
const COLON = 0x3a
const BACKSLASH = 0x5c
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const BYTE_ORDER_MARK = 0xef
/** A quote that is near is found sooner letter by letter than by a call out of JavaScript. */
const NEAR = 24

/**
 * The values of chosen top-level keys in one pass, in the order they stand; a key that stands twice is told twice.
 * Undefined when the text is not an object or breaks off.
 */
export function topLevelSpans(bytes: Uint8Array, keys: Keys): readonly Member[] | undefined {
  return members(bytes, { start: bytes[0] === BYTE_ORDER_MARK ? 3 : 0, end: bytes.length }, keys)
}

/** The members of the object in a span, all or those of the chosen keys; undefined when it is no whole object. */
export function members(bytes: Uint8Array, span: Span, keys?: Keys): Member[] | undefined {
  const found: Member[] = []
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = afterBlanks(bytes, span.start)
  if (bytes[at] !== OPEN_BRACE) return undefined
  at = afterBlanks(bytes, at + 1)
  if (bytes[at] === CLOSE_BRACE) return found
  while (at < span.end) {
    if (bytes[at] !== QUOTE) return undefined
    const keyEnd = afterString(bytes, at)
    const colon = afterBlanks(bytes, keyEnd)
    if (bytes[colon] !== COLON) return undefined
    const start = afterBlanks(bytes, colon + 1)
    const end = afterValue(bytes, start)
    if (end === -1 || end === start) return undefined
    const key = keyAt(buffer, at, keyEnd)
    if (key !== undefined && (keys === undefined || isAmong(keys, key)))
      found.push({ key, value: { start, end } })
    at = afterBlanks(bytes, end)
    if (bytes[at] === CLOSE_BRACE) return found
    if (bytes[at] !== COMMA) return undefined
    at = afterBlanks(bytes, at + 1)
  }
  return undefined
}

/** The elements of the array in a span; undefined when it is no whole array. */
export function elements(bytes: Uint8Array, span: Span): Span[] | undefined {
  const found: Span[] = []
  let at = afterBlanks(bytes, span.start)
  if (bytes[at] !== OPEN_BRACKET) return undefined
  at = afterBlanks(bytes, at + 1)
  if (bytes[at] === CLOSE_BRACKET) return found
  while (at < span.end) {
    const end = afterValue(bytes, at)
    if (end === -1 || end === at) return undefined
    found.push({ start: at, end })
    at = afterBlanks(bytes, end)
    if (bytes[at] === CLOSE_BRACKET) return found
    if (bytes[at] !== COMMA) return undefined
    at = afterBlanks(bytes, at + 1)
  }
  return undefined
}

export type Edit = { readonly span: Span; readonly with: Uint8Array }

/** The bytes with the spans replaced; the edits stand in order and do not overlap. */
export function edited(bytes: Uint8Array, edits: readonly Edit[]): Uint8Array {
  const pieces: Uint8Array[] = []
  let at = 0
  for (const edit of edits) {
    pieces.push(bytes.subarray(at, edit.span.start), edit.with)
    at = edit.span.end
  }
  pieces.push(bytes.subarray(at))
  return Buffer.concat(pieces)
}

/** The text of a span. */
export function textAt(bytes: Uint8Array, span: Span): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + span.start, span.end - span.start).toString('utf8')
}

/** Whether a value is a string, by its first byte. */
export function isStringAt(bytes: Uint8Array, span: Span): boolean {
  return bytes[span.start] === QUOTE
}

function keyAt(bytes: Buffer, start: number, end: number): string | undefined {
  const name = bytes.toString('utf8', start + 1, end - 1)
  if (!name.includes('\\')) return name
  const key = parseJson(`"${name}"`)
  return typeof key === 'string' ? key : undefined
}

function afterBlanks(bytes: Uint8Array, from: number): number {
  let at = from
  while (at < bytes.length) {
    const byte = bytes[at]
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return at
    at += 1
  }
  return at
}

/** The place after the value that begins here; -1 when it breaks off. */
function afterValue(bytes: Uint8Array, start: number): number {
  const first = bytes[start]
  if (first === QUOTE) return afterString(bytes, start)
  if (first === OPEN_BRACE || first === OPEN_BRACKET) return afterContainer(bytes, start)
  let at = start
  while (at < bytes.length && isPlain(bytes[at] ?? 0)) at += 1
  return at
}

/** A letter of a number, true, false or null. */
function isPlain(byte: number): boolean {
  return byte > 0x20 && byte !== COMMA && byte !== CLOSE_BRACE && byte !== CLOSE_BRACKET && byte !== COLON
}

/** The place after the string whose quote stands here; the end of the text when it breaks off. */
function afterString(bytes: Uint8Array, start: number): number {
  const near = Math.min(start + NEAR, bytes.length)
  for (let at = start + 1; at < near; at += 1) {
    const byte = bytes[at]
    if (byte === QUOTE) return at + 1
    if (byte === BACKSLASH) at += 1
  }
  let quote = bytes.indexOf(QUOTE, start + 1)
  while (quote !== -1) {
    let escapes = 0
    while (bytes[quote - 1 - escapes] === BACKSLASH) escapes += 1
    if (escapes % 2 === 0) return quote + 1
    quote = bytes.indexOf(QUOTE, quote + 1)
  }
  return bytes.length
}

function afterContainer(bytes: Uint8Array, start: number): number {
  let depth = 0
  let at = start
  while (at < bytes.length) {
    const byte = bytes[at]
    if (byte === QUOTE) {
      at = afterString(bytes, at)
      continue
    }
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth += 1
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) depth -= 1
    at += 1
    if (depth === 0) return at
  }
  return -1
}
