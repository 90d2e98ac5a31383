// A relayed stream goes through byte by byte as it came, but for the name of the model.
import { Buffer } from 'node:buffer'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ProtocolId } from '../../../src/protocol/ids.js'
import { type RelayEnd, relayStream } from '../../../src/protocol/relay.js'
import type { SseEvent } from '../../../src/protocol/sse/event.js'

const bytes = (source: string): Uint8Array => Buffer.from(source, 'utf8')

function relayed(protocol: ProtocolId, chunks: readonly Uint8Array[], askedModel = 'asked') {
  const events: SseEvent[] = []
  const listener = { hear: (event: SseEvent) => void events.push(event), wantsContent: true }
  const machine = relayStream({ protocol, askedModel, listener })
  const out = chunks.flatMap((chunk) => machine.push(chunk))
  const end: RelayEnd = machine.end()
  return { text: Buffer.concat([...out, end.held]).toString('utf8'), events, end }
}

const chat = [
  ': OPENROUTER PROCESSING\r\n\r\n',
  'data: {"id":"1","model":"real","choices":[{"delta":{"content":"\\"model\\":\\"x\\" 🦜"},"finish_reason":null}]}\r\n\r\n',
  'data:{"model" : "real" , "n":12345678901234567890,"x":{"model":"inner"}}\n\n',
  'data: {"model":null}\n\n',
  'event: odd\nid: 7\nretry: 5\ndata: not JSON "model"\n\n',
  'data: {"choices":[],\ndata: "model":"real",\ndata: "x":1}\n\n',
  'data: {"choices":[{"finish_reason":"stop"}],"model":"real"}\n\n\n',
  'data: [DONE]\n\n',
].join('')

const messages = [
  '\uFEFFevent: message_start\ndata: {"type":"message_start","message":{"id":"m","model":"real","content":[]}}\n\n',
  'event: ping\ndata: {"type": "ping"}\n\n',
  'event: content_block_delta\ndata: {"type":"content_block_delta","model":"outer","delta":{"model":"x"}}\n\n',
  'event: message_stop\rdata: {"type":"message_stop"}\r\r',
].join('')

const responses = [
  'event: response.created\ndata: {"type":"response.created","response":{"id":"r","model":"real"},"model":"outer"}\n\n',
  'data: {"type":"response.output_text.delta","delta":"response.completed"}\n\n',
  'data: {"type":"response.completed","response":{"metadata":{"model":"m"},"model":"real","usage":null}}\n\n',
].join('')

/** The fixtures, and what they become: only the model's own name differs. */
const fixtures: [ProtocolId, string, string][] = [
  [
    'openai-chat',
    chat,
    chat
      .replace('"id":"1","model":"real"', '"id":"1","model":"asked"')
      .replace('{"model" : "real" ,', '{"model" : "asked" ,')
      .replace('data: "model":"real",', 'data: "model":"asked",')
      .replace('],"model":"real"}', '],"model":"asked"}'),
  ],
  ['anthropic-messages', messages, messages.replace('"model":"real"', '"model":"asked"')],
  ['openai-responses', responses, responses.replaceAll('"model":"real"', '"model":"asked"')],
]

describe.each(fixtures)('relaying %s', (protocol, source, expected) => {
  it('changes the name of the model and nothing else', () => {
    expect(relayed(protocol, [bytes(source)]).text).toBe(expected)
    expect(relayed(protocol, [bytes(source)], 'real').text).toBe(source)
  })

  it('gives the same bytes and events at every split point', () => {
    const whole = bytes(source)
    const reference = relayed(protocol, [whole])
    for (let at = 0; at <= whole.length; at++)
      expect(relayed(protocol, [whole.subarray(0, at), whole.subarray(at)])).toEqual(reference)
  })

  it('sees that the answer is finished and ends with an event', () => {
    expect(relayed(protocol, [bytes(source)]).end).toMatchObject({
      terminal: 'finished',
      cleanBoundary: true,
    })
  })

  it('passes every byte on and sees no end when the stream is cut before it', () => {
    const cut = bytes(source).subarray(0, source.lastIndexOf('"type":"'))
    const early = relayed(protocol, [protocol === 'openai-chat' ? bytes(source.slice(0, 60)) : cut], 'real')
    expect(source.startsWith(early.text)).toBe(true)
    expect(early.text.length).toBeGreaterThan(30)
    expect(early.end).toMatchObject({ terminal: 'none', cleanBoundary: false })
  })
})

describe('the end of a relayed stream', () => {
  it.each<[ProtocolId, string, RelayEnd['terminal']]>([
    ['openai-chat', 'data: [DONE]', 'finished'],
    ['openai-chat', 'data: {"choices":[{"finish_reason":"stop"}]}', 'finished'],
    ['openai-chat', 'data: {"choices":[{"finish_reason":"stop"}]', 'none'],
    ['openai-chat', 'data: {"choices":[{"finish_reason":null}]}\n\n', 'none'],
    ['openai-chat', 'data: {"choices":[{"delta":{"content":"\\"finish_reason\\":\\"stop\\""}}]}\n\n', 'none'],
    ['openai-chat', 'data: {"id":"x","error":{"message":"no"}}\n\n', 'failed'],
    ['openai-chat', 'data: {"choices":[{"finish_reason":"error"}],"error":{}}\n\n', 'failed'],
    ['openai-chat', 'data: {"error":null,"choices":[]}\n\n', 'none'],
    ['openai-responses', 'data: {"type":"response.incomplete"}\n\n', 'finished'],
    ['openai-responses', 'data: {"type":"response.failed"}\n\n', 'failed'],
    ['openai-responses', 'event: error\ndata: {"message":"no"}\n\n', 'failed'],
    ['openai-responses', 'data: {"type":"response.output_text.delta","delta":"response.failed"}\n\n', 'none'],
    ['anthropic-messages', 'data: {"type":"message_stop"}', 'finished'],
    ['anthropic-messages', 'event: error\ndata: {"type":"error","error":{}}\n\n', 'failed'],
    ['anthropic-messages', 'data: {"type":"message_delta"}\n\n', 'none'],
  ])('of %s after %s is %s', (protocol, source, terminal) => {
    expect(relayed(protocol, [bytes(source)]).end.terminal).toBe(terminal)
  })

  it('hands on all bytes, whatever they are', () => {
    const letters = fc.constantFrom('\n', '\r', '\r\n', 'data: ', '{"model":', '"x"', '}', ':', ' ', 'ž')
    fc.assert(
      fc.property(fc.array(letters, { maxLength: 20 }), (pieces) => {
        expect(relayed('openai-chat', pieces.map(bytes), 'x').text).toBe(pieces.join(''))
      }),
    )
  })
})
