// Finds the model's name in the events of a relayed stream and says what to put in its place. Law: only the name at the
// protocol's own place is told; a word in an answer, or a key of the same name elsewhere, never is.

import { Buffer } from 'node:buffer'
import type { ProtocolId } from './ids.js'
import { type Edit, isStringAt, members, type Span } from './json-spans.js'
import { asBuffer } from './sse/frame.js'

/** Where an event names the model. */
const MODEL_PATHS: Readonly<Record<ProtocolId, readonly string[]>> = {
  'openai-chat': ['model'],
  'openai-responses': ['response', 'model'],
  'anthropic-messages': ['message', 'model'],
  gemini: ['modelVersion'],
}

const NO_EDITS: readonly Edit[] = []

type BlockNames = {
  /** The edits of a block. */
  editsIn(start: number, end: number): readonly Edit[]
  /** The next place at which a model may be named; the end of the text where none is. */
  nextFrom(start: number): number
}

export type ModelRenamer = {
  /** For a piece of whole events and its text as latin1; its blocks are asked about in their order. */
  over(whole: Uint8Array, text: string): BlockNames
}

/** How a block began that named the model, and where: the chunks of one answer all begin the same. */
type Known = { readonly beginning: string; readonly span: Span; readonly isRight: boolean }

export function modelRenamer(protocol: ProtocolId, askedModel: string): ModelRenamer {
  const path = MODEL_PATHS[protocol]
  const key = `"${path.at(-1)}"`
  const name = Buffer.from(JSON.stringify(askedModel), 'utf8')
  let known: Known | undefined

  function search(block: Uint8Array, text: string, start: number): readonly Edit[] {
    const lines = dataLines(block)
    const data = joinedLines(lines)
    const spans = stringsAt(data, { start: 0, end: data.length }, path)
    const isRight = spans.every((span) => data.subarray(span.start, span.end).equals(name))
    const [only] = spans
    if (only !== undefined && spans.length === 1 && lines.length === 1) {
      const span = spanInBlock(lines, only)
      known = { beginning: text.slice(start, start + span.end), span, isRight }
    }
    return isRight ? NO_EDITS : spans.map((span) => shifted(spanInBlock(lines, span), start, name))
  }

  return {
    over(whole, text) {
      let next = text.indexOf(key)
      const nextFrom = (start: number) => {
        if (next !== -1 && next < start) next = text.indexOf(key, start)
        return next === -1 ? text.length : next
      }
      return {
        nextFrom,
        editsIn(start, end) {
          if (nextFrom(start) >= end) return NO_EDITS
          if (known !== undefined && text.startsWith(known.beginning, start)) {
            if (nextFrom(start + known.beginning.length) >= end)
              return known.isRight ? NO_EDITS : [shifted(known.span, start, name)]
          }
          return search(whole.subarray(start, end), text, start)
        },
      }
    },
  }
}

function shifted(span: Span, by: number, name: Uint8Array): Edit {
  return { span: { start: span.start + by, end: span.end + by }, with: name }
}

function joinedLines(lines: readonly DataLine[]): Buffer {
  const [only] = lines
  if (lines.length === 1 && only !== undefined) {
    return asBuffer(only.bytes)
  }
  return Buffer.concat(lines.flatMap((line, index) => [...(index === 0 ? [] : [LINE_FEED]), line.bytes]))
}

const LINE_FEED = Buffer.from('\n', 'utf8')
const CARRIAGE_RETURN = Buffer.from('\r', 'utf8')

/** The string values at a path of keys; a key that stands twice is followed twice. */
function stringsAt(bytes: Uint8Array, span: Span, path: readonly string[]): Span[] {
  const [key, ...rest] = path
  if (key === undefined) return isStringAt(bytes, span) ? [span] : []
  return (members(bytes, span, [key]) ?? []).flatMap((member) => stringsAt(bytes, member.value, rest))
}

type DataLine = { readonly bytes: Uint8Array; readonly start: number }

/** The values of a block's data lines, and where in the block they begin. */
function dataLines(block: Uint8Array): DataLine[] {
  return onlyLine(block) ?? allLines(block)
}

const DATA = Buffer.from('data:', 'utf8')

/** The usual block: one data line and nothing else. It comes hundreds of times in an answer, so it is found by search. */
function onlyLine(block: Uint8Array): DataLine[] | undefined {
  const buffer = asBuffer(block)
  if (!buffer.subarray(0, DATA.length).equals(DATA)) return undefined
  const end = buffer.indexOf(LINE_FEED)
  if (end < 0 || buffer.includes(DATA, end) || buffer.subarray(0, end).includes(CARRIAGE_RETURN))
    return undefined
  const start = block[DATA.length] === 0x20 ? DATA.length + 1 : DATA.length
  return [{ bytes: block.subarray(start, end), start }]
}

function allLines(block: Uint8Array): DataLine[] {
  const source = asBuffer(block).toString('latin1')
  return [...source.matchAll(/(?<=^|[\r\n]|^\xEF\xBB\xBF)data: ?([^\r\n]*)/g)].map((match) => {
    const value = match[1] ?? ''
    const start = match.index + match[0].length - value.length
    return { bytes: block.subarray(start, start + value.length), start }
  })
}

/** A string never runs over a line end, so a span of the joined data lies in one of the lines. */
function spanInBlock(lines: readonly DataLine[], span: Span): Span {
  let joined = 0
  for (const line of lines) {
    const shift = line.start - joined
    if (span.end <= joined + line.bytes.length) return { start: span.start + shift, end: span.end + shift }
    joined += line.bytes.length + 1
  }
  return span
}
