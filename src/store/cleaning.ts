// Takes secrets out of what is recorded, before anything of it is stored. Law: bytes without a secret stay as they are, and
// what stands for a secret is as long as it was, so that sizes and offsets stay too.
import { findSecrets, knownSecrets, removeSecrets } from '../base/secret-forms.js'
import {
  type AnswerStream,
  isArray,
  isStream,
  MOST_WORDS,
  type Piece,
  readArray,
  readStream,
} from './answer-stream.js'
import { answerWords, streamWords } from './answer-words.js'
import type { RecordMessage } from './record.js'

export type Cleaned = { readonly bytes: Uint8Array; readonly removed: number }

export type CleanedAnswer = Cleaned & {
  /** The words that can be found. */
  readonly words: string
}

export type Cleaner = {
  /** Values that are secrets whatever they look like. Never stored. */
  know(values: readonly string[]): void
  /** The same message, its words without secrets; bodies are left alone. */
  message<T extends RecordMessage>(message: T): T
  words(words: string): string
  /** A piece of a body. */
  piece(bytes: Uint8Array): Cleaned
  /** A whole answer and what it says: secrets that a stream cuts into pieces are found too. `mostWords` 0: nobody asks what it says. */
  answer(bytes: Uint8Array, mostWords?: number): CleanedAnswer
}

/** Over this the values that were known first are forgotten. */
const MOST_KNOWN = 500
/** Names, addresses and settings come again with each message: so many short words are known to be clean. */
const MOST_CLEAN = 2_000
const LONGEST_CLEAN = 200

/** Escapes that stand for signs of a secret; those of others end it, written or read. */
const HIDING = /\\[u/]/

export function openCleaner(): Cleaner {
  const values = new Set<string>()
  let known: RegExp | undefined
  const clean = new Set<string>()
  const words = (text: string) => {
    if (clean.has(text)) return text
    const { text: left, removed } = removeSecrets(text, known)
    if (removed === 0 && text.length <= LONGEST_CLEAN) {
      if (clean.size >= MOST_CLEAN) clean.clear()
      clean.add(text)
    }
    return left
  }
  const piece = (bytes: Uint8Array): Cleaned => {
    // One character for each byte, whatever the bytes are: secrets are ASCII.
    const { text, removed } = removeSecrets(latin1(bytes), known)
    return removed === 0 ? { bytes, removed } : { bytes: Buffer.from(text, 'latin1'), removed }
  }
  const spoken = ({ bytes, removed }: Cleaned, mostWords: number) => ({
    bytes,
    removed,
    words: mostWords === 0 ? '' : words(answerWords(bytes)),
  })
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
      clean.clear()
    },
    message: (message) => cleanFields(message, words),
    words,
    piece,
    answer(bytes, mostWords = MOST_WORDS) {
      const whole = latin1(bytes)
      const read = streamOf(whole, mostWords)
      if (read === undefined) return spoken(piece(bytes), mostWords)
      if (isClean(read, known)) {
        const said = streamWords(read.words)
        // With escapes a word may look otherwise than what was searched.
        const isOther = read.text.includes('\\') || HIDING.test(read.lean)
        return { bytes, removed: 0, words: isOther ? words(said) : said }
      }
      const first = piece(bytes)
      const left = first.removed === 0 ? read : streamOf(latin1(first.bytes), 0)
      const spread = left === undefined ? [] : spreadSecrets(left, known)
      if (spread.length === 0) return spoken(first, mostWords)
      const clean = Buffer.from(first.bytes)
      for (const spans of spread) for (const [from, to] of spans) clean.fill('*', from, to)
      return spoken({ bytes: clean, removed: first.removed + spread.length }, mostWords)
    },
  }
}

/** Undefined for an answer that comes in one. */
function streamOf(answer: string, mostWords: number): AnswerStream | undefined {
  if (isStream(answer)) return readStream(answer, mostWords)
  return isArray(answer) ? readArray(answer, mostWords) : undefined
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}

/** Copied only where something was taken out. */
function cleanFields<T extends RecordMessage>(message: T, words: (text: string) => string): T {
  let clean: T | undefined
  for (const name in message) {
    const value = message[name]
    if (typeof value === 'number' || name === 'requestId') continue
    const left = cleanValue(value, words)
    if (left === value) continue
    clean ??= { ...message }
    Object.assign(clean, { [name]: left })
  }
  return clean ?? message
}

/** The value itself where it holds no secret. */
function cleanValue(value: unknown, words: (text: string) => string): unknown {
  if (typeof value === 'string') return words(value)
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value
    // The times of a stream.
    if (typeof items[0] === 'number') return value
    const left = items.map((item) => cleanValue(item, words))
    return left.every((item, index) => item === items[index]) ? value : left
  }
  const entries = Object.entries(value).map(
    ([name, inner]) => [name, inner, cleanValue(inner, words)] as const,
  )
  if (entries.every(([, inner, left]) => inner === left)) return value
  return Object.fromEntries(entries.map(([name, , left]) => [name, left]))
}

/** Whether the stream holds no secret: sure in a fraction of the time that a look at all of its bytes takes. */
function isClean({ text, lean }: AnswerStream, known: RegExp | undefined): boolean {
  return findSecrets(`${lean}\n${text}`, known).length === 0
}

/** For each secret that no single event holds: the spans of the stream that make it. */
function spreadSecrets({ text, pieces }: AnswerStream, known: RegExp | undefined): [number, number][][] {
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
