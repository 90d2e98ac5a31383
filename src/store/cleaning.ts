// Takes secrets out of what is recorded, before anything of it is stored. Law: bytes without a secret stay as they are, and
// what stands for a secret is as long as it was, so that sizes and offsets stay too.
import { findSecrets, knownSecrets, removeSecrets } from '../base/secret-forms.js'
import { eventLines } from './event-lines.js'
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
      const whole = latin1(bytes)
      if (!isStream(whole)) return piece(bytes)
      const read = readStream(whole)
      if (isClean(whole, read, known)) return { bytes, removed: 0 }
      const first = piece(bytes)
      const spread = spreadSecrets(first.removed === 0 ? read : readStream(latin1(first.bytes)), known)
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

/** What says of which text an event is. */
const WHOSE = /"(?:type|index|output_index|item_id)":\s*("[^"]*"|\d+)/g

type Read = {
  /** The texts that came in pieces, whole again. */
  readonly text: string
  readonly pieces: readonly Piece[]
  /** What the stream says, each line once: of lines that differ in some values only these. */
  readonly lean: string
}

function isStream(bytes: string): boolean {
  return /^(?:event|data|:|id|retry)/.test(bytes)
}

function readStream(stream: string): Read {
  const pieces: Piece[] = []
  const texts: string[] = []
  const lean: string[] = []
  let length = 0
  let last = ''
  const add = (text: string) => {
    texts.push(text)
    length += text.length
  }
  eventLines(stream, ({ type, line, values }) => {
    if (type === 'new') lean.push(line)
    if (type === 'new' && line.startsWith('data:')) {
      const whose = Array.from(line.matchAll(WHOSE), ([, name]) => name).join()
      if (whose !== last) add('\n')
      last = whose
    }
    for (const { kind, at, raw } of values) {
      // Between quotes, as on its line: what may stand round a secret stays the same.
      if (type === 'again' && kind !== 'number') lean.push(`"${raw}"`)
      if (kind !== 'text') continue
      pieces.push({ at, from: length, length: raw.length })
      add(raw)
    }
  })
  return { text: texts.join(''), pieces, lean: lean.join('\n') }
}

/** Whether the stream holds no secret: sure in a fraction of the time that a look at all of its bytes takes. */
function isClean(stream: string, { text, lean }: Read, known: RegExp | undefined): boolean {
  return (
    (known === undefined || stream.search(known) === -1) &&
    findSecrets(lean).length === 0 &&
    findSecrets(text, known).length === 0
  )
}

/** For each secret that no single event holds: the spans of the stream that make it. */
function spreadSecrets({ text, pieces }: Read, known: RegExp | undefined): [number, number][][] {
  return findSecrets(text, known)
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
