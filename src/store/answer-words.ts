// What a model said, read from the recorded bytes of an answer in any protocol, whole or streamed: its text and the tools
// that it called, for the search. Runs in the worker; what cannot be read has no words.
import { isObject, parseJson } from '../base/json.js'
import { wordsOfAnswer } from './answer-parts.js'
import { isArray, LARGEST_WHOLE, readArray, readStream } from './answer-stream.js'

/** So much of an answer can be found; the rest would make the index large for little. */
const LENGTH = 16_384

/** The first words of the answer; empty when there are none. */
export function answerWords(body: Uint8Array): string {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  const head = bytes.toString('latin1', 0, 64)
  const isWhole = /^\s*\{/.test(head)
  if (!isWhole) {
    const all = bytes.toString('latin1')
    return streamWords((isArray(head) ? readArray(all) : readStream(all)).words)
  }
  const whole = bytes.length > LARGEST_WHOLE ? undefined : parseJson(bytes.toString())
  return isObject(whole) ? shortened(wordsOfAnswer(whole)) : ''
}

/** `words`: of a stream that was read as latin1. */
export function streamWords(words: string): string {
  return shortened(Buffer.from(words, 'latin1').toString())
}

function shortened(words: string): string {
  return words
    .replace(/\\[nrt"\\/]/g, ' ')
    .slice(0, LENGTH)
    .trim()
}
