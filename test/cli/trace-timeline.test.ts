// When the events of a stream passed.
import { describe, expect, it } from 'vitest'
import { timedEvents, timeline } from '../../src/cli/trace-timeline.js'

const event = (type: string, data = '{}') => `event: ${type}\ndata: ${data}\n\n`
const size = (text: string) => Buffer.byteLength(text)

describe('the events of a stream', () => {
  it('have the time at which their last byte passed, also where a chunk ends inside of one', () => {
    const [one, two, three] = [event('a', '"ü"'), event('b'), event('c')]
    const text = one + two + three
    const times = [
      { offset: size(one) + 3, atMs: 10 },
      { offset: size(one + two), atMs: 25 },
      { offset: size(text), atMs: 2_900 },
    ]
    expect(timedEvents(text, times).map(({ type, atMs, bytes }) => [type, atMs, bytes])).toEqual([
      ['a', 10, size(one)],
      ['b', 25, size(two)],
      ['c', 2_900, size(three)],
    ])
    expect(timeline(timedEvents(text, times))).toMatchObject([
      { type: 'run', of: 'a' },
      { type: 'run', of: 'b', fromMs: 25 },
      { type: 'pause', durationMs: 2_875 },
      { type: 'run', of: 'c', fromMs: 2_900 },
    ])
  })

  it('are runs where many of one type follow each other, and have no times where none were noted', () => {
    const text = `${event('a').repeat(3)}: keep-alive\r\n\r\n${'data: {"object":"chunk"}\r\n\r\n'.repeat(2)}data: [DONE]\n\n`
    expect(timeline(timedEvents(text, []))).toMatchObject([
      { of: 'a', count: 3, fromMs: null },
      { of: 'comment', count: 1 },
      { of: 'chunk', count: 2 },
      { of: '[DONE]', count: 1 },
    ])
  })
})
