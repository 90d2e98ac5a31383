// What a relay does not read must tell nothing: neither figures, nor an end, nor an error.
import { Buffer } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import type { ProtocolId } from '../../../src/protocol/ids.js'
import { blockSkipper, contentRunner, tellsFigures } from '../../../src/protocol/skip.js'
import { eachBlock } from '../../../src/protocol/sse/frame.js'
import { parseBlock } from '../../../src/protocol/sse/parse.js'
import { protocols, recordedStreams, streams } from '../fixture-files.js'

const all = protocols.flatMap((protocol) => [...streams(protocol), ...recordedStreams(protocol)])

function blocks(source: string): { text: string; start: number; end: number }[] {
  const text = Buffer.from(source, 'utf8').toString('latin1')
  const found: { text: string; start: number; end: number }[] = []
  eachBlock(text, (start, end) => found.push({ text, start, end }))
  return found
}

function skipped(protocol: ProtocolId, source: string): boolean[] {
  const found = blocks(source)
  const skip = blockSkipper(protocol, found[0]?.text ?? '')
  return found.map(({ start, end }) => skip(start, end))
}

describe('a block that a relay does not read', () => {
  it.each(all)('$protocol $name: tells no figures', ({ protocol, bytes }) => {
    const source = Buffer.from(bytes).toString('utf8')
    const found = blocks(source)
    const isSkipped = skipped(protocol, source)
    const wrong = found.filter(({ text, start, end }, index) => {
      const event = parseBlock(Buffer.from(text.slice(start, end), 'latin1'))
      return isSkipped[index] === true && event !== undefined && tellsFigures(protocol, event)
    })
    expect(wrong).toEqual([])
  })

  it.each<[ProtocolId, string, boolean]>([
    [
      'anthropic-messages',
      'event: content_block_delta\ndata: {"type":"content_block_delta","index":0}\n\n',
      true,
    ],
    ['anthropic-messages', 'data: {"type": "content_block_delta","index":0}\n\n', true],
    ['anthropic-messages', 'event: content_block_delta\ndata: {"type":"error"}\n\n', false],
    ['anthropic-messages', 'event: message_stop\ndata: {"type":"message_stop"}\n\n', false],
    [
      'openai-responses',
      'data: {"type":"response.output_text.delta","delta":"response.completed"}\n\n',
      true,
    ],
    ['openai-responses', 'event: response.completed\ndata: {"type":"response.completed"}\n\n', false],
    [
      'openai-chat',
      'data: {"choices":[{"delta":{"content":"\\"usage\\":{"},"finish_reason":null}]}\n\n',
      true,
    ],
    ['openai-chat', 'data: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\n', false],
    ['openai-chat', 'data: {"choices":[],"usage":{"prompt_tokens":1}}\n\n', false],
    ['openai-chat', 'data: {"error":{"message":"no"}}\n\n', false],
    ['openai-chat', 'data: [DONE]\n\n', false],
  ])('of %s, %s: %s', (protocol, source, expected) => {
    expect(skipped(protocol, source)).toEqual([expected])
  })

  it('is told apart at each place in a long text', () => {
    const word = 'data: {"choices":[{"delta":{"content":"x"}}]}\n\n'
    const end = 'data: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\n'
    expect(skipped('openai-chat', word + end + word + word + end)).toEqual([true, false, true, true, false])
  })
})

describe('a run of blocks that a relay does not look at one by one', () => {
  it.each(all)('$protocol $name: holds whole blocks, and none that would be read', ({ protocol, bytes }) => {
    const source = Buffer.from(bytes).toString('utf8')
    const found = blocks(source)
    const text = found[0]?.text ?? ''
    const isSkipped = skipped(protocol, source)
    const run = contentRunner(protocol) ?? ((_text: string, start: number) => start)
    const wrong = found.filter(({ start }) => {
      const end = run(text, start)
      const within = found.filter((block) => block.start >= start && block.start < end)
      const isWhole = end === start || within.at(-1)?.end === end
      return !isWhole || within.some((block) => isSkipped[found.indexOf(block)] !== true)
    })
    expect(wrong).toEqual([])
  })

  it('ends at the first block that tells more', () => {
    const piece = 'event: content_block_delta\ndata: {"type":"content_block_delta","index":0}\n\n'
    const text = `${piece.repeat(120)}event: message_stop\ndata: {"type":"message_stop"}\n\n${piece}`
    expect(contentRunner('anthropic-messages')?.(text, 0)).toBe(piece.length * 120)
  })
})
