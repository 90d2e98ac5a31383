// The pages that an answer rests on, as `groundingMetadata` of the candidate: written for an agent from what any protocol
// names as sources. Places in the text are bytes of UTF-8 on this wire.

import { Buffer } from 'node:buffer'
import type { JsonObject } from '../../base/json.js'
import { type Citation, foreignCitations } from '../citations.js'
import type { Note } from '../ir/note.js'
import type { Carry } from '../ir/part.js'
import { noteForeign, ownFields, PROTOCOL } from './wire.js'

export type Grounding = {
  begin(): void
  say(words: string): void
  end(carry: Carry | undefined): void
  /** The members of the candidate. */
  fields(): JsonObject
}

type Support = {
  readonly citation: Citation
  readonly start: number
  readonly end: number
  readonly text: string
}

export function grounding(notes: Note[]): Grounding {
  const supports: Support[] = []
  let own: JsonObject = {}
  let words = ''
  let before = 0

  return {
    begin() {
      before += Buffer.byteLength(words)
      words = ''
    },
    say(piece) {
      words += piece
    },
    end(carry) {
      const { thoughtSignature: _, ...kept } = ownFields(carry)
      own = { ...own, ...kept }
      const { citations, rest } = foreignCitations(carry, PROTOCOL)
      noteForeign(rest, 'answer', notes)
      for (const citation of citations) supports.push(supportOf(citation, words, before))
    },
    fields() {
      if (supports.length === 0) return own
      const urls = [...new Set(supports.map(({ citation }) => citation.url))]
      const chunks = urls.map((url) => ({ web: { uri: url, title: titleOf(supports, url) } }))
      const groundingSupports = supports.map(({ citation, start, end, text }) => ({
        segment: { startIndex: start, endIndex: end, text },
        groundingChunkIndices: [urls.indexOf(citation.url)],
      }))
      return { ...own, groundingMetadata: { groundingChunks: chunks, groundingSupports } }
    },
  }
}

function supportOf(citation: Citation, words: string, before: number): Support {
  const start = citation.start ?? 0
  const end = citation.end ?? words.length
  const text = words.slice(start, end)
  const from = before + Buffer.byteLength(words.slice(0, start))
  return { citation, start: from, end: from + Buffer.byteLength(text), text }
}

function titleOf(supports: readonly Support[], url: string): string {
  return (
    supports.find(({ citation }) => citation.url === url && citation.title !== undefined)?.citation.title ??
    ''
  )
}
