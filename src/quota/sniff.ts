// Looks into the beginning of an event stream for codex.rate_limits, which comes before response.created. Law: the bytes
// pass on untouched and at once; after the beginning nothing is looked at any more.

import { parseJson } from '../base/json.js'

/** A beginning that is longer than this has no such event. */
const BEGINNING_BYTES = 64 * 1024
const EVENT = '"codex.rate_limits"'
const END_OF_BEGINNING = 'response.created'

/** The data of each codex.rate_limits event in the lines. */
function eventsIn(text: string): unknown[] {
  return text
    .split(/\r\n|\n|\r/)
    .filter((line) => line.startsWith('data:') && line.includes(EVENT))
    .map((line) => parseJson(line.slice('data:'.length).trim()))
}

/** The same bytes; `found` is called with the data of each event. */
export async function* sniffed(
  body: AsyncIterable<Uint8Array>,
  found: (data: unknown) => void,
): AsyncGenerator<Uint8Array> {
  const kept: Uint8Array[] = []
  let size = 0
  let isOver = false
  for await (const chunk of body) {
    if (!isOver) {
      kept.push(chunk)
      size += chunk.length
      const text = Buffer.concat(kept).toString('utf8')
      isOver = size > BEGINNING_BYTES || text.includes(END_OF_BEGINNING)
      if (isOver) {
        for (const data of eventsIn(text)) found(data)
        kept.length = 0
      }
    }
    yield chunk
  }
  if (!isOver) for (const data of eventsIn(Buffer.concat(kept).toString('utf8'))) found(data)
}
