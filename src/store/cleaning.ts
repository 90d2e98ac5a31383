// Takes secrets out of what is recorded, before anything of it is stored. Law: bytes without a secret stay as they are, and
// what stands for a secret is as long as it was, so that sizes and offsets stay too.
import { findSecrets, knownSecrets, removeSecrets } from '../base/secret-forms.js'
import type { RecordMessage } from './record.js'

export type Cleaned = { readonly bytes: Uint8Array; readonly removed: number }

export type Cleaner = {
  /** Values that are secrets whatever they look like. Never stored. */
  know(values: readonly string[]): void
  /** The same message, its words without secrets; bodies are left alone. */
  message<T extends RecordMessage>(message: T): T
  words(words: string): string
  /** A piece of a body. */
  piece(bytes: Uint8Array): Cleaned
  /** A whole answer: secrets that an event stream cuts into pieces are found too. */
  answer(bytes: Uint8Array): Cleaned
}

/** Over this the values that were known first are forgotten. */
const MOST_KNOWN = 500

export function openCleaner(): Cleaner {
  const values = new Set<string>()
  let known: RegExp | undefined
  const words = (text: string) => removeSecrets(text, known).text
  const piece = (bytes: Uint8Array): Cleaned => {
    // One character for each byte, whatever the bytes are: secrets are ASCII.
    const { text, removed } = removeSecrets(latin1(bytes), known)
    return removed === 0 ? { bytes, removed } : { bytes: Buffer.from(text, 'latin1'), removed }
  }
  return {
    know(told) {
      for (const value of told) {
        values.delete(value)
        values.add(value)
      }
      for (const value of values) {
        if (values.size <= MOST_KNOWN) break
        values.delete(value)
      }
      known = knownSecrets(values)
    },
    message: (message) => cleanFields(message, words),
    words,
    piece,
    answer(bytes) {
      const first = piece(bytes)
      const spread = spreadSecrets(latin1(first.bytes), known)
      if (spread.length === 0) return first
      const clean = Buffer.from(first.bytes)
      for (const spans of spread) for (const [from, to] of spans) clean.fill('*', from, to)
      return { bytes: clean, removed: first.removed + spread.length }
    },
  }
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}

function cleanFields<T extends RecordMessage>(message: T, words: (text: string) => string): T {
  const clean = { ...message }
  for (const [name, value] of Object.entries(message))
    if (name !== 'requestId') Object.assign(clean, { [name]: cleanValue(value, words) })
  return clean
}

function cleanValue(value: unknown, words: (text: string) => string): unknown {
  if (typeof value === 'string') return words(value)
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value
    return items.map((item) => cleanValue(item, words))
  }
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, cleanValue(inner, words)]))
}

/** The parts of one text that an event stream brings in pieces. */
type Piece = { readonly at: number; readonly from: number; readonly length: number }

const DELTA =
  /"(?:text|partial_json|thinking|content|reasoning_content|arguments|input|delta)":\s*"((?:[^"\\]|\\.)*)"/g
/** What says of which text an event is. */
const WHOSE = /"(?:type|index|output_index|item_id)":\s*("[^"]*"|\d+)/g

/** For each secret that no single event holds: the spans of the stream that make it. */
function spreadSecrets(stream: string, known: RegExp | undefined): [number, number][][] {
  if (!/^(?:event|data|:|id|retry)/.test(stream)) return []
  const pieces: Piece[] = []
  const texts: string[] = []
  let length = 0
  let last = ''
  const add = (text: string) => {
    texts.push(text)
    length += text.length
  }
  for (let from = 0; from < stream.length; ) {
    const end = stream.indexOf('\n', from)
    const line = stream.slice(from, end === -1 ? stream.length : end)
    if (line.startsWith('data:')) {
      const whose = Array.from(line.matchAll(WHOSE), ([, name]) => name).join()
      if (whose !== last) add('\n')
      last = whose
      for (const { 0: all, 1: text = '', index } of line.matchAll(DELTA)) {
        pieces.push({ at: from + index + all.length - 1 - text.length, from: length, length: text.length })
        add(text)
      }
    }
    if (end === -1) break
    from = end + 1
  }
  return findSecrets(texts.join(''), known)
    .map(([from, to]) => spansOf(pieces, from, to))
    .filter((spans) => spans.length > 1)
}

function spansOf(pieces: readonly Piece[], from: number, to: number): [number, number][] {
  return pieces.flatMap((piece): [number, number][] => {
    const start = Math.max(from, piece.from)
    const end = Math.min(to, piece.from + piece.length)
    return start < end ? [[piece.at + start - piece.from, piece.at + end - piece.from]] : []
  })
}
