// What the store reads of a recorded stream: the words, whichever way their letters are written.

import { describe, expect, it } from 'vitest'
import { readStream } from '../../src/store/answer-stream.js'
import { streamWords } from '../../src/store/answer-words.js'

const SAID = ['Grüße', ' aus Kéks', ' 你好', ' "so"', ' \n🦜', '!']

/** JSON in ASCII, as many servers write it. */
function escaped(json: string): string {
  return json.replace(/[\u0080-\uFFFF]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

function wordsOf(written: (json: string) => string): string {
  const events = SAID.map(
    (content) => `data: ${written(JSON.stringify({ choices: [{ delta: { content } }] }))}\n\n`,
  )
  return streamWords(readStream(Buffer.from(events.join('')).toString('latin1')).words)
}

describe('the words of a stream', () => {
  it.each([
    ['as they are', (json: string) => json],
    ['as escapes', escaped],
    ['one way and the other', (json: string) => (json.includes('你') ? escaped(json) : json)],
  ])('are the same with letters written %s', (_way, written) => {
    expect(wordsOf(written)).toBe(SAID.join(''))
  })
})
