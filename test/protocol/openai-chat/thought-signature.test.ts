// Gemini's proof on calls: it has to come back with the call, through agents that have no field for it.
import { describe, expect, it } from 'vitest'
import { isObject, type JsonObject, objects } from '../../../src/base/json.js'
import type { ProtocolId } from '../../../src/protocol/ids.js'
import { openaiChat } from '../../../src/protocol/openai-chat/codec.js'
import { codecs } from '../../../src/protocol/registry.js'
import {
  assistant,
  complaints,
  decodeChunks,
  decodeContext,
  delta,
  encodeContext,
  finish,
  messages,
} from './support.js'

const extra = { google: { thought_signature: 'proof' } }
const calls = [
  { index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '{}' }, extra_content: extra },
  { index: 0, id: 'b', type: 'function', function: { name: 'g', arguments: '{}' } },
]
const answer: JsonObject = {
  id: 'x',
  choices: [
    { index: 0, message: { role: 'assistant', content: null, tool_calls: calls }, finish_reason: 'stop' },
  ],
}

/** The calls of the first assistant message that is sent. */
function sentCalls(
  turns: Parameters<typeof messages>[0]['turns'] & object,
  footprint = 'channel-a',
): JsonObject[] {
  const { value } = openaiChat.client.encodeRequest(
    { model: 'm', stream: false, turns, tools: [], sampling: {} },
    { dialect: { replayReasoning: 'never' }, footprint },
  )
  const sent = objects(value.body, 'messages').find((message) => message['role'] === 'assistant')
  return sent === undefined ? [] : objects(sent, 'tool_calls')
}

/** What an agent of this protocol echoes of the answer. */
function echoed(protocol: ProtocolId): JsonObject {
  const response = openaiChat.client.decodeResponse(answer, decodeContext())
  const told = codecs[protocol].server.encodeResponse(response, encodeContext()).value
  if (protocol === 'anthropic-messages')
    return { model: 'm', max_tokens: 1, messages: [{ role: 'assistant', content: told['content'] ?? [] }] }
  if (protocol === 'openai-responses') return { model: 'm', input: told['output'] ?? [] }
  const message = objects(told, 'choices')[0]?.['message']
  return { model: 'm', messages: [isObject(message) ? message : {}] }
}

describe('the proof of a call', () => {
  it.each(['anthropic-messages', 'openai-responses', 'openai-chat'] as const)(
    'comes back through an agent of %s',
    (protocol) => {
      const { turns } = codecs[protocol].server.decodeRequest(echoed(protocol)).value
      const [first, second] = sentCalls(turns)
      expect(first).toMatchObject({ function: { name: 'f' }, extra_content: extra })
      expect(second).not.toHaveProperty('extra_content')
    },
  )

  it('is not sent to another channel when it came sealed', () => {
    const { turns } = codecs['anthropic-messages'].server.decodeRequest(echoed('anthropic-messages')).value
    expect(JSON.stringify(sentCalls(turns, 'other'))).not.toContain('proof')
  })

  it('is told by legal events, directly before its call', () => {
    const events = decodeChunks([delta({ tool_calls: calls }), finish('stop'), '[DONE]'])
    expect(complaints(events)).toEqual([])
    expect(events.map((event) => event.type).slice(0, 4)).toEqual([
      'start',
      'reasoning-start',
      'reasoning-end',
      'tool-call-start',
    ])
  })

  it('is replaced on the first of the calls that another model made', () => {
    const call = (id: string) =>
      ({ type: 'tool-call', id, kind: 'function', name: 'f', input: '{}' }) as const
    const [message] = messages({ turns: [assistant(call('a'), call('b'))] }, { thoughtSignatures: true })
    expect(objects(message ?? {}, 'tool_calls').map((sent) => sent['extra_content'])).toEqual([
      { google: { thought_signature: 'skip_thought_signature_validator' } },
      undefined,
    ])
  })
})
