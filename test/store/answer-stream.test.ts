// What the store reads of a recorded stream: the words, whichever way their letters are written.

import { describe, expect, it } from 'vitest'
import { readStream } from '../../src/store/answer-stream.js'
import { answerWords, streamWords } from '../../src/store/answer-words.js'
import { openCleaner } from '../../src/store/cleaning.js'

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

/** What Gemini streams, as one array; indented, as it writes it. */
function geminiArray(texts: readonly string[]): Buffer {
  const events = texts.map((text) => ({ candidates: [{ content: { role: 'model', parts: [{ text }] } }] }))
  return Buffer.from(JSON.stringify(events, undefined, 2))
}

describe('a stream that is one array', () => {
  it('says what its elements say', () => {
    expect(answerWords(geminiArray(SAID))).toBe(SAID.join(''))
    expect(openCleaner().answer(geminiArray(SAID)).words).toBe(SAID.join(''))
  })

  it('is read as an answer even when it was cut off', () => {
    const cut = geminiArray(SAID).subarray(0, -20)
    expect(openCleaner().answer(cut)).toEqual({ bytes: cut, removed: 0, words: '' })
  })

  it('keeps no secret that stands in several of its elements, and keeps its length', () => {
    const secret = ['The key is sk-ant-', 'api03-', 'a1B2c3D4e5F6g7H8i9J0k1L2m3N4', ' and no other.']
    const stream = geminiArray(secret)
    const { bytes, removed, words } = openCleaner().answer(stream)
    expect(removed).toBe(1)
    expect(bytes).toHaveLength(stream.length)
    expect(words).toContain('The key is')
    for (const text of [words, Buffer.from(bytes).toString()]) expect(text).not.toMatch(/api03|a1B2c3/)
  })
})

describe('the words of a stream', () => {
  it.each([
    ['as they are', (json: string) => json],
    ['as escapes', escaped],
    ['one way and the other', (json: string) => (json.includes('你') ? escaped(json) : json)],
  ])('are the same with letters written %s', (_way, written) => {
    expect(wordsOf(written)).toBe(SAID.join(''))
  })
})
