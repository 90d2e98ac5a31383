// Server-sent events at the level of bytes: every dialect of line ends, every split point.
import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { SseEvent } from '../../../src/protocol/sse/event.js'
import { formatSse } from '../../../src/protocol/sse/format.js'
import { sseFramer } from '../../../src/protocol/sse/frame.js'
import { sseParser } from '../../../src/protocol/sse/parse.js'

const bytes = (source: string): Uint8Array => Buffer.from(source, 'utf8')

function parse(chunks: readonly Uint8Array[]): SseEvent[] {
  const parser = sseParser()
  return [...chunks.flatMap((chunk) => parser.push(chunk)), ...parser.end()]
}

const dialects: [string, string, SseEvent[]][] = [
  ['LF', 'event: a\ndata: 1\n\ndata: 2\n\n', [{ event: 'a', data: '1' }, { data: '2' }]],
  ['CRLF', 'event: a\r\ndata: 1\r\n\r\ndata: 2\r\n\r\n', [{ event: 'a', data: '1' }, { data: '2' }]],
  ['CR alone', 'event: a\rdata: 1\r\rdata: 2\r\r', [{ event: 'a', data: '1' }, { data: '2' }]],
  [
    'mixed line ends',
    'data: 1\r\n\ndata: 2\n\r\ndata: 3\r\r\n',
    [{ data: '1' }, { data: '2' }, { data: '3' }],
  ],
  ['a byte order mark', '\uFEFFdata: 1\n\n', [{ data: '1' }]],
  ['comments', ': hello\n\n:\n: PROCESSING\ndata: 1\n: in between\n\n', [{ data: '1' }]],
  ['no space after the colon', 'event:a\ndata:{"x":1}\n\n', [{ event: 'a', data: '{"x":1}' }]],
  ['two spaces after the colon', 'data:  1\n\n', [{ data: ' 1' }]],
  ['data of several lines', 'data: a\ndata: b\ndata:\n\n', [{ data: 'a\nb\n' }]],
  ['a field without a colon', 'data\n\n', [{ data: '' }]],
  ['id, retry and unknown fields', 'id: 7\nretry: 10\nfoo: bar\ndata: 1\n\n', [{ data: '1' }]],
  ['an event without data', 'event: ping\n\ndata: 1\n\n', [{ data: '1' }]],
  ['blank lines between events', '\n\n\ndata: 1\n\n\n\ndata: 2\n\n', [{ data: '1' }, { data: '2' }]],
  ['letters beyond ASCII', 'data: žluťoučký 🦜 日本\r\n\r\n', [{ data: 'žluťoučký 🦜 日本' }]],
  ['an event cut by the end', 'data: 1\n\ndata: {"x":\n', [{ data: '1' }]],
  [
    'a last event without its blank line',
    'data: 1\n\nevent: a\ndata: {"x":1}',
    [{ data: '1' }, { event: 'a', data: '{"x":1}' }],
  ],
  ['a closing mark without its blank line', 'data: [DONE]\n', [{ data: '[DONE]' }]],
  [
    'line separators that are not line ends',
    'data: a\u2028b\u0085c\vd\n\n',
    [{ data: 'a\u2028b\u0085c\vd' }],
  ],
]

describe('the parser', () => {
  it.each(dialects)('reads %s', (_, source, expected) => {
    expect(parse([bytes(source)])).toEqual(expected)
  })

  it.each(dialects)('reads %s the same at every split point and byte by byte', (_, source, expected) => {
    const whole = bytes(source)
    for (let at = 0; at <= whole.length; at++)
      expect(parse([whole.subarray(0, at), whole.subarray(at)])).toEqual(expected)
    expect(parse([...whole].map((byte) => Uint8Array.of(byte)))).toEqual(expected)
  })

  it('reads what format wrote, in any chunks', () => {
    const name = fc.option(fc.stringMatching(/^[a-z._]{1,12}$/), { nil: undefined })
    const data = fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll(/\r\n?/g, '\n'))
    const event = fc
      .tuple(name, data)
      .map(([event, data]): SseEvent => (event === undefined ? { data } : { event, data }))
    fc.assert(
      fc.property(
        fc.array(event),
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
        (events, sizes) => {
          const whole = bytes(events.map(formatSse).join(''))
          expect(parse(cut(whole, sizes))).toEqual(events)
        },
      ),
    )
  })

  it('takes a megabyte of data in small chunks without slowing down', () => {
    const whole = bytes(`data: ${'x'.repeat(1_000_000)}\n\n`)
    const started = performance.now()
    expect(parse(cut(whole, [64]))).toHaveLength(1)
    expect(performance.now() - started).toBeLessThan(1500)
  })
})

describe('the framer', () => {
  it('hands every byte on, whatever the bytes are', () => {
    const stream = fc.array(fc.constantFrom(10, 13, 58, 32, 100, 0xef, 0xbb, 0xbf, 0xff), { maxLength: 40 })
    fc.assert(
      fc.property(stream, fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1 }), (codes, sizes) => {
        const whole = Uint8Array.from(codes)
        const framer = sseFramer()
        const blocks = cut(whole, sizes).flatMap((chunk) => framer.push(chunk))
        expect(Buffer.concat([...blocks, framer.end()])).toEqual(Buffer.from(whole))
      }),
    )
  })
})

function cut(whole: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = []
  for (let at = 0, turn = 0; at < whole.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1
    chunks.push(whole.subarray(at, at + size))
    at += size
  }
  return chunks
}
