// Mere pieces of content are passed on without being read, however the provider ends its lines.
import { describe, expect, it } from 'vitest'
import { relayStream } from '../../../src/protocol/relay.js'

const EVENTS = {
  'anthropic-messages': [
    [
      'message_start',
      '{"type":"message_start","message":{"id":"m","model":"up","usage":{"input_tokens":1}}}',
    ],
    [
      'content_block_delta',
      '{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"a"}}',
    ],
    [
      'content_block_delta',
      '{"type": "content_block_delta","index":0,"delta":{"type":"text_delta","text":"b"}}',
    ],
    ['message_stop', '{"type":"message_stop"}'],
  ],
  'openai-responses': [
    ['response.created', '{"type":"response.created","response":{"model":"up"}}'],
    ['response.output_text.delta', '{"type":"response.output_text.delta","delta":"a"}'],
    [
      'response.completed',
      '{"type":"response.completed","response":{"model":"up","usage":{"input_tokens":1}}}',
    ],
  ],
} as const

describe.each(['anthropic-messages', 'openai-responses'] as const)('a stream of %s', (protocol) => {
  it.each([
    ['LF', '\n'],
    ['CR LF', '\r\n'],
  ])('with lines that end in %s: only what is more than content is heard', (_name, lineEnd) => {
    const heard: (string | undefined)[] = []
    const stream = relayStream({
      protocol,
      askedModel: 'asked',
      listener: { hear: ({ event }) => void heard.push(event), wantsContent: false },
    })
    const events = EVENTS[protocol]
    const text = events
      .map(([name, data]) => [`event: ${name}`, `data: ${data}`, '', ''].join(lineEnd))
      .join('')
    const out = Buffer.concat([...stream.push(Buffer.from(text)), stream.end().held]).toString()
    expect(heard).toEqual(events.map(([name]) => name).filter((name) => !name.endsWith('delta')))
    expect(out).toBe(text.replaceAll('"up"', '"asked"'))
    expect(stream.terminal).toBe('finished')
  })
})
