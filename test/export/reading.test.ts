// What bodies of all three protocols say, for a screen: requests with their history, answers whole, streamed and cut.
import { describe, expect, it } from 'vitest'
import { answerListener, spokenAnswer, spokenIn } from '../../src/export/reading.js'

const bytes = (value: unknown) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value))
const event = (type: string, data: object) => `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`

const ANTHROPIC = {
  model: 'm',
  max_tokens: 9,
  system: 'You help.',
  messages: [
    { role: 'user', content: 'List the files' },
    {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: 'Which folder?', signature: 's' },
        { type: 'text', text: 'I look.' },
        { type: 'tool_use', id: 't1', name: 'Bash', input: { command: 'ls' } },
      ],
    },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't1', content: 'a.ts', is_error: true }] },
  ],
}

const STREAM =
  event('message_start', { message: { id: 'm1', role: 'assistant', model: 'm', content: [], usage: {} } }) +
  event('content_block_start', { index: 0, content_block: { type: 'thinking', thinking: '' } }) +
  event('content_block_delta', { index: 0, delta: { type: 'thinking_delta', thinking: 'Hm.' } }) +
  event('content_block_stop', { index: 0 }) +
  event('content_block_start', { index: 1, content_block: { type: 'text', text: '' } }) +
  event('content_block_delta', { index: 1, delta: { type: 'text_delta', text: 'It is ' } }) +
  event('content_block_delta', { index: 1, delta: { type: 'text_delta', text: 'a.ts 日本' } })

describe('a request', () => {
  it('of Anthropic says all of its history', () => {
    expect(spokenIn('anthropic-messages', bytes(ANTHROPIC))).toEqual([
      { type: 'system', text: 'You help.' },
      { type: 'user', text: 'List the files' },
      { type: 'thinking', text: 'Which folder?' },
      { type: 'text', text: 'I look.' },
      { type: 'call', id: 't1', name: 'Bash', input: '{"command":"ls"}' },
      { type: 'result', id: 't1', text: 'a.ts', failed: true },
    ])
  })

  it('tells what the agent added from what its user said', () => {
    const messages = [
      {
        role: 'user',
        content: [
          { type: 'text', text: '<system-reminder>\nToday is Monday.\n</system-reminder>' },
          { type: 'text', text: 'Hello' },
        ],
      },
    ]
    expect(
      spokenIn('anthropic-messages', bytes({ ...ANTHROPIC, system: undefined, messages })).map(
        ({ type }) => type,
      ),
    ).toEqual(['system', 'user'])
  })

  it('of Responses and of Chat too', () => {
    const input = [
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hi' }] },
      { type: 'function_call', call_id: 'c1', name: 'shell', arguments: '{}' },
      { type: 'function_call_output', call_id: 'c1', output: 'done' },
    ]
    expect(
      spokenIn('openai-responses', bytes({ model: 'm', instructions: 'Be', input })).map(({ type }) => type),
    ).toEqual(['system', 'user', 'call', 'result'])
    const messages = [{ role: 'user', content: 'Hi' }]
    expect(spokenIn('openai-chat', bytes({ model: 'm', messages }))).toEqual([{ type: 'user', text: 'Hi' }])
  })

  it.each(['', 'no json', '[]', '{"messages": 4}'])('that is %j says nothing', (text) => {
    expect(spokenIn('anthropic-messages', bytes(text))).toEqual([])
    expect(spokenIn('telepathy', bytes(ANTHROPIC))).toEqual([])
  })
})

describe('an answer', () => {
  it('is read from a stream as far as it came', () => {
    expect(spokenAnswer('anthropic-messages', bytes(ANTHROPIC), bytes(STREAM))).toEqual([
      { type: 'thinking', text: 'Hm.' },
      { type: 'text', text: 'It is a.ts 日本' },
    ])
  })

  it('is read from a whole body', () => {
    const body = {
      id: 'm1',
      type: 'message',
      role: 'assistant',
      model: 'm',
      content: [{ type: 'text', text: 'Yes' }],
    }
    expect(spokenAnswer('anthropic-messages', bytes(ANTHROPIC), bytes(body))).toEqual([
      { type: 'text', text: 'Yes' },
    ])
  })

  it('that is listened to grows, at every byte split the same, and what has ended stays the same object', () => {
    const whole = spokenAnswer('anthropic-messages', bytes(ANTHROPIC), bytes(STREAM))
    const all = bytes(STREAM)
    for (let at = 1; at < all.length; at += 7) {
      const listener = answerListener('anthropic-messages')
      listener.push(all.subarray(0, at))
      const early = listener.said()
      listener.push(all.subarray(at))
      expect(listener.said()).toEqual(whole)
      expect(early.length).toBeLessThanOrEqual(whole.length)
    }
    const listener = answerListener('anthropic-messages')
    listener.push(all)
    const [thinking] = listener.said()
    listener.push(bytes(event('content_block_delta', { index: 1, delta: { type: 'text_delta', text: '!' } })))
    expect(listener.said()[0]).toBe(thinking)
    expect(listener.said()[1]).toEqual({ type: 'text', text: 'It is a.ts 日本!' })
  })

  it('of a protocol that nobody knows, or of noise, says nothing', () => {
    expect(spokenAnswer('telepathy', bytes(ANTHROPIC), bytes(STREAM))).toEqual([])
    expect(spokenAnswer('anthropic-messages', bytes(''), bytes('<html>\n\n\u0000'))).toEqual([])
  })
})
