import { describe, expect, it } from 'vitest'
import { HubError } from '../../../src/base/errors.js'
import type { JsonObject } from '../../../src/base/json.js'
import { anthropicMessages } from '../../../src/protocol/anthropic/codec.js'
import { collect } from '../../../src/protocol/ir/collect.js'
import type { IrEvent } from '../../../src/protocol/ir/event.js'
import { openEnvelope, sealEnvelope, UNPROVEN } from '../../../src/protocol/ir/seal.js'
import { decodeAll, encodeAll, encodeContext, inside, PROTOCOL } from './support.js'

const start: IrEvent = { type: 'start', id: 'chatcmpl-1', model: 'gpt' }
const finish: IrEvent = { type: 'finish', reason: 'stop' }
const say = (index: number, ...pieces: string[]): IrEvent[] => [
  { type: 'text-start', index },
  ...pieces.map((text) => ({ type: 'text-delta', index, text }) as const),
  { type: 'text-end', index },
]
const think = (
  index: number,
  text: string,
  seal?: Extract<IrEvent, { type: 'reasoning-end' }>['seal'],
): IrEvent[] => [
  { type: 'reasoning-start', index, visibility: 'summary' },
  ...(text === '' ? [] : [{ type: 'reasoning-delta', index, text } as const]),
  { type: 'reasoning-end', index, ...(seal === undefined ? {} : { seal }) },
]
const call = (index: number, kind: 'function' | 'custom', ...pieces: string[]): IrEvent[] => [
  { type: 'tool-call-start', index, id: `call_${index}`, kind, name: 'Bash' },
  ...pieces.map((input) => ({ type: 'tool-call-delta', index, input }) as const),
  { type: 'tool-call-end', index },
]

/** What is between message_start and message_delta. */
const blocksOf = (...events: IrEvent[]) => encodeAll([start, ...events, finish]).data.slice(1, -2)
const deltasOf = (data: readonly JsonObject[]) =>
  data.flatMap((event) => (event['delta'] === undefined ? [] : [event['delta']]))

describe('the frame of a stream', () => {
  it('opens with the asked model and zeros, and ends with the reason and the true usage', () => {
    const usage = {
      inputFresh: 10,
      cacheRead: 20,
      cacheWrite5m: 3,
      cacheWrite1h: 4,
      output: 50,
      reasoning: 30,
    }
    const { data, events } = encodeAll([start, { type: 'usage', usage }, ...say(0, 'hi'), finish])
    expect(events.map((event) => event.event)).toEqual(data.map((event) => event['type']))
    expect(data[0]).toEqual({
      type: 'message_start',
      message: {
        id: 'msg_1',
        type: 'message',
        role: 'assistant',
        model: 'asked-model',
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: expect.objectContaining({ input_tokens: 0, output_tokens: 0 }),
      },
    })
    expect(data.slice(-2)).toEqual([
      {
        type: 'message_delta',
        delta: { stop_reason: 'end_turn', stop_sequence: null },
        usage: {
          input_tokens: 10,
          cache_creation_input_tokens: 7,
          cache_read_input_tokens: 20,
          cache_creation: { ephemeral_5m_input_tokens: 3, ephemeral_1h_input_tokens: 4 },
          output_tokens: 50,
          output_tokens_details: { thinking_tokens: 30 },
        },
      },
      { type: 'message_stop' },
    ])
  })

  it('keeps an id of Anthropic', () => {
    expect(encodeAll([{ type: 'start', id: 'msg_abc' }, finish]).data[0]).toMatchObject({
      message: { id: 'msg_abc' },
    })
  })

  it.each<[Extract<IrEvent, { type: 'finish' }>['reason'], string, string]>([
    ['stop', 'end_turn', 'tool_use'],
    ['tool-calls', 'end_turn', 'tool_use'],
    ['length', 'max_tokens', 'max_tokens'],
    ['context', 'model_context_window_exceeded', 'model_context_window_exceeded'],
    ['filter', 'refusal', 'refusal'],
    ['pause', 'pause_turn', 'tool_use'],
  ])('tells %s as %s, and with a call as %s', (reason, plain, withCall) => {
    const reasonOf = (...events: IrEvent[]) =>
      encodeAll([start, ...events, { type: 'finish', reason }]).data.at(-2)
    expect(reasonOf(...say(0, 'x'))).toMatchObject({ delta: { stop_reason: plain } })
    expect(reasonOf(...call(0, 'function', '{}'))).toMatchObject({ delta: { stop_reason: withCall } })
  })

  it('tells the stop sequence that was hit', () => {
    const { data } = encodeAll([start, { ...finish, type: 'finish', reason: 'stop', stopSequence: '</x>' }])
    expect(data.at(-2)).toMatchObject({ delta: { stop_reason: 'stop_sequence', stop_sequence: '</x>' } })
  })
})

describe('the blocks', () => {
  it('counts them up, and never opens an empty text', () => {
    const data = blocksOf(
      ...say(0),
      ...say(1, '', 'a', 'b'),
      ...say(2, ''),
      ...call(3, 'function', '{"a":', '1}'),
    )
    expect(data).toEqual([
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'a' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'b' } },
      { type: 'content_block_stop', index: 0 },
      {
        type: 'content_block_start',
        index: 1,
        content_block: { type: 'tool_use', id: 'call_3', name: 'Bash', input: {} },
      },
      { type: 'content_block_delta', index: 1, delta: { type: 'input_json_delta', partial_json: '{"a":' } },
      { type: 'content_block_delta', index: 1, delta: { type: 'input_json_delta', partial_json: '1}' } },
      { type: 'content_block_stop', index: 1 },
    ])
  })

  it('puts free-text input into a JSON object, wherever it is cut', () => {
    const input = 'line "1"\n🌍 \\ end'
    for (let cut = 0; cut <= input.length; cut++) {
      const data = blocksOf(...call(0, 'custom', input.slice(0, cut), input.slice(cut)))
      const json = data.map((event) => inside(event, 'delta', 'partial_json')).join('')
      expect(JSON.parse(json)).toEqual({ input })
    }
  })

  it('makes odd tool ids valid and missing ones fresh', () => {
    const odd: IrEvent[] = ['functions.A:0', ''].flatMap((id, index) => [
      { type: 'tool-call-start', index, id, kind: 'function', name: 'A' } as const,
      { type: 'tool-call-end', index } as const,
    ])
    const ids = blocksOf(...odd)
      .map((event) => inside(event, 'content_block', 'id'))
      .filter((id) => id !== '')
    expect(ids[0]).toMatch(/^functions_A_0_[0-9a-f]{10}$/)
    expect(ids[1]).toBe('toolu_2')
  })

  it('sends the proof of thinking before its end: raw, in an envelope, or marked as missing', () => {
    const own = { maker: PROTOCOL, footprint: 'c', data: 'SIG' } as const
    const other = { maker: 'openai-responses', footprint: 'c', data: 'ENC' } as const
    expect(deltasOf(blocksOf(...think(0, 'hm', own)))).toEqual([
      { type: 'thinking_delta', thinking: 'hm' },
      { type: 'signature_delta', signature: 'SIG' },
    ])
    const [, enveloped] = deltasOf(blocksOf(...think(0, 'hm', other)))
    expect(enveloped).toMatchObject({ type: 'signature_delta' })
    const { parts } = collect(decodeAll(encodeAll([start, ...think(0, 'hm', other), finish]).events))
    expect(parts).toMatchObject([{ text: 'hm', seal: other }])
    expect(deltasOf(blocksOf(...think(0, 'hm')))).toEqual([
      { type: 'thinking_delta', thinking: 'hm' },
      { type: 'signature_delta', signature: sealEnvelope(UNPROVEN) },
    ])
    expect(blocksOf(...think(0, ''))).toEqual([])
  })

  it("sends a seal without text as redacted thinking, and Anthropic's own as thinking left out", () => {
    const other = { maker: 'openai-responses', footprint: 'c', data: 'ENC' } as const
    const [hidden] = blocksOf(...think(0, '', other))
    expect(openEnvelope(inside(hidden, 'content_block', 'data'))).toEqual(other)
    const red = { maker: PROTOCOL, footprint: 'c', data: 'RED', redacted: true } as const
    expect(blocksOf(...think(0, '', red))[0]).toMatchObject({
      content_block: { type: 'redacted_thinking', data: 'RED' },
    })
    const omitted = blocksOf(...think(0, '', { maker: PROTOCOL, footprint: 'c', data: 'SIG' }))
    expect(omitted.map((event) => event['content_block'] ?? event['delta'])).toEqual([
      { type: 'thinking', thinking: '', signature: '' },
      { type: 'signature_delta', signature: 'SIG' },
      undefined,
    ])
  })

  it('tells foreign blocks and media in words, with notes, and drops what has none', () => {
    const { data, notes } = encodeAll([
      start,
      {
        type: 'opaque',
        index: 0,
        part: {
          type: 'opaque',
          protocol: 'openai-responses',
          value: { type: 'web_search_call' },
          fallback: 'searched: x',
        },
      },
      {
        type: 'opaque',
        index: 1,
        part: { type: 'opaque', protocol: 'openai-responses', value: { type: 'mcp_list_tools' } },
      },
      {
        type: 'media',
        index: 2,
        part: { type: 'media', kind: 'image', source: { type: 'url', url: 'https://x/y.png' } },
      },
      finish,
    ])
    expect(deltasOf(data.slice(1, -2))).toEqual([
      { type: 'text_delta', text: 'searched: x' },
      { type: 'text_delta', text: '![image](https://x/y.png)' },
    ])
    expect(notes.map((note) => note.kind)).toEqual(['approximated', 'dropped', 'approximated'])
  })
})

describe('a broken stream', () => {
  it('ends with an error event, never with message_stop', () => {
    const error = new HubError('overloaded', 'Overloaded')
    const { data } = encodeAll([
      start,
      { type: 'text-start', index: 0 },
      { type: 'text-delta', index: 0, text: 'x' },
      { type: 'error', error },
    ])
    expect(data.at(-1)).toEqual({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } })
    expect(data.filter((event) => event['type'] === 'message_stop')).toEqual([])
  })

  it('is not passed off as complete when its events just end', () => {
    const { data } = encodeAll([start, ...say(0, 'x')])
    expect(data.at(-1)).toMatchObject({ type: 'error', error: { type: 'api_error' } })
  })

  it('is kept alive by an event without content, but not before its opening', () => {
    const { server } = anthropicMessages
    const state = { model: 'm', responseId: 'r', nowSeconds: 0 }
    expect(server.keepAlive({ ...state, started: false })).toEqual([])
    const data = server.keepAlive({ ...state, started: true }).map((event) => JSON.parse(event.data))
    expect(data).toEqual([
      {
        type: 'message_delta',
        delta: { stop_reason: null, stop_sequence: null },
        usage: { output_tokens: 1 },
      },
      { type: 'ping' },
    ])
  })

  it('is read the same with keep-alives inside', () => {
    const { events } = encodeAll([start, ...say(0, 'a', 'b'), finish], encodeContext())
    const alive = anthropicMessages.server.keepAlive({
      started: true,
      model: 'm',
      responseId: 'r',
      nowSeconds: 0,
    })
    const [first, ...rest] = events
    if (first === undefined) throw new Error('no events')
    const kept = collect(decodeAll([first, ...rest.flatMap((event) => [...alive, event])]))
    expect(kept.parts).toEqual(collect(decodeAll(events)).parts)
    expect(kept.finish).toEqual({ reason: 'stop' })
  })
})
