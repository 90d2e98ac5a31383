// Whatever comes in, the codec answers with a value or a HubError, never with another exception.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HubError } from '../../../src/base/errors.js'
import { isObject, type JsonObject, type JsonValue, parseJson } from '../../../src/base/json.js'
import { anthropicMessages } from '../../../src/protocol/anthropic/codec.js'
import { PLAIN } from '../../../src/protocol/dialect.js'
import type { IrEvent } from '../../../src/protocol/ir/event.js'
import { replay } from '../../../src/protocol/ir/replay.js'
import { again, decodeContext, encodeAll, encodeContext, parsed, violations } from './support.js'

const { server, client } = anthropicMessages
const json = fc.jsonValue({ maxDepth: 3 }).map((value) => parseJson(JSON.stringify(value)) ?? null)

const blockTypes = [
  'text',
  'image',
  'document',
  'thinking',
  'redacted_thinking',
  'tool_use',
  'tool_result',
  'server_tool_use',
  'mcp_tool_result',
  'compaction',
  'odd',
]
const words = fc.constantFrom('', ' ', 'hi', '{"a":1}', 'axonhub.1.e30', 'toolu_1')

/** Objects that look like blocks, with members missing or of any type. */
const block: fc.Arbitrary<JsonValue> = fc
  .record(
    {
      type: fc.constantFrom(...blockTypes),
      text: fc.oneof(words, json),
      id: fc.oneof(words, json),
      name: fc.oneof(words, json),
      input: json,
      thinking: fc.oneof(words, json),
      signature: fc.oneof(words, json),
      data: fc.oneof(words, json),
      tool_use_id: fc.oneof(words, json),
      content: fc.oneof(words, json),
      source: fc.oneof(
        fc.record({
          type: fc.constantFrom('base64', 'url', 'text', 'file', 'x'),
          data: words,
          media_type: words,
          url: words,
        }),
        json,
      ),
      cache_control: fc.oneof(fc.constant({ type: 'ephemeral' }), json),
    },
    { requiredKeys: ['type'] },
  )
  .map((value) => parseJson(JSON.stringify(value)) ?? null)

/** Mostly of the right type, now and then of any. */
const mostly = (arbitrary: fc.Arbitrary<unknown>) =>
  fc.oneof({ weight: 14, arbitrary }, { weight: 1, arbitrary: json })

const role = fc.constantFrom('user', 'assistant', 'system', 'user')
const message = fc.record({
  role: mostly(role),
  content: mostly(fc.oneof(words, fc.array(block, { maxLength: 3 }))),
})
const effort = fc.record({ effort: fc.constantFrom('low', 'max', 'odd', null) })
const tool = fc.record({
  name: words,
  input_schema: fc.constant({}),
  type: fc.constantFrom('custom', 'web_search_20250305', 'x'),
})

const request: fc.Arbitrary<JsonObject> = fc
  .record(
    {
      model: mostly(fc.constant('m')),
      messages: mostly(fc.array(message, { maxLength: 4 })),
      system: mostly(fc.oneof(words, fc.constant([{ type: 'text', text: 'S' }]))),
      tools: mostly(fc.array(tool, { maxLength: 3 })),
      tool_choice: mostly(
        fc.constantFrom({ type: 'auto' }, { type: 'any', disable_parallel_tool_use: true }),
      ),
      thinking: mostly(
        fc.constantFrom({ type: 'adaptive' }, { type: 'enabled', budget_tokens: 2000 }, { type: 'odd' }),
      ),
      output_config: mostly(effort),
      output_format: mostly(fc.constant({ type: 'json_schema', schema: {} })),
      max_tokens: mostly(fc.nat()),
      stop_sequences: mostly(fc.array(words, { maxLength: 2 })),
      metadata: json,
    },
    { requiredKeys: ['model', 'messages'] },
  )
  .map((value) => parsed(JSON.stringify(value)))

/** The encoded body, or the refusal; any other exception passes. */
function attempt(body: JsonObject): { body?: JsonObject; refusal?: HubError } {
  try {
    return { body: again(body) }
  } catch (error) {
    if (error instanceof HubError) return { refusal: error }
    throw error
  }
}

describe('requests of any form', () => {
  it('are decoded and encoded, or refused with invalid-request and a parameter', () => {
    let encoded = 0
    fc.assert(
      fc.property(request, (body) => {
        const first = attempt(body)
        if (first.body !== undefined) encoded += 1
        expect(JSON.stringify(attempt(body).body)).toBe(JSON.stringify(first.body))
        expect(first.refusal?.code ?? 'invalid-request').toBe('invalid-request')
        expect(first.refusal === undefined || first.refusal.detail.param !== undefined).toBe(true)
      }),
      { numRuns: 1500 },
    )
    expect(encoded).toBeGreaterThan(100)
  })

  it('settle: a request that was encoded once comes out the same', () => {
    fc.assert(
      fc.property(request, (body) => {
        const once = attempt(body).body
        if (once === undefined) return
        expect(again(once)).toEqual(once)
      }),
      { numRuns: 800 },
    )
  })

  it('that are any JSON object never end in another exception', () => {
    fc.assert(
      fc.property(fc.object({ maxDepth: 2 }), (value) => {
        const body = parsed(JSON.stringify(value))
        expect(() => server.decodeRequest(body)).toThrow(HubError)
      }),
    )
  })
})

const eventTypes = [
  'message_start',
  'content_block_start',
  'content_block_delta',
  'content_block_stop',
  'message_delta',
  'message_stop',
  'ping',
  'error',
  'x',
]
const deltaTypes = [
  'text_delta',
  'thinking_delta',
  'signature_delta',
  'input_json_delta',
  'citations_delta',
  'compaction_delta',
  'x',
]
const event: fc.Arbitrary<string> = fc.oneof(
  fc
    .record(
      {
        type: fc.oneof(
          { weight: 8, arbitrary: fc.constantFrom(...eventTypes) },
          { weight: 1, arbitrary: json },
        ),
        index: fc.oneof(fc.integer({ min: 0, max: 3 }), json),
        content_block: fc.oneof(block, json),
        delta: fc.oneof(
          fc.record({
            type: fc.constantFrom(...deltaTypes),
            text: words,
            thinking: words,
            signature: words,
            partial_json: words,
            citation: json,
            content: words,
          }),
          fc.record({ stop_reason: fc.oneof(fc.constantFrom('end_turn', 'tool_use'), json) }),
          json,
        ),
        message: json,
        usage: fc.oneof(fc.record({ input_tokens: json, output_tokens: json, cache_creation: json }), json),
        error: json,
      },
      { requiredKeys: ['type'] },
    )
    .map((value) => JSON.stringify(value)),
  fc.string(),
  json.map((value) => JSON.stringify(value)),
)

describe('streams of any form', () => {
  it('become events that obey the grammar, and end in exactly one finish or error', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 12 }), (data) => {
        const machine = client.decodeStream(decodeContext())
        const events: IrEvent[] = [
          ...data.flatMap((entry) => machine.push({ data: entry })),
          ...machine.end(),
        ]
        expect(violations(events)).toEqual([])
        expect(['finish', 'error']).toContain(events.at(-1)?.type)
        const told = encodeAll(events).data
        expect(['message_stop', 'error']).toContain(told.at(-1)?.['type'])
      }),
      { numRuns: 1500 },
    )
  })

  it('and whole answers of any form are read or refused, and told the same streamed and whole', () => {
    fc.assert(
      fc.property(fc.array(block, { maxLength: 5 }), json, (content, usage) => {
        const body: JsonObject = { content: content.filter(isObject), stop_reason: 'end_turn', usage }
        const answer = client.decodeResponse(body, decodeContext())
        const whole = server.encodeResponse(answer, encodeContext()).value
        const streamed = client.decodeStream(decodeContext())
        const events = encodeAll(replay(answer)).events.flatMap((sse) => streamed.push(sse))
        expect(violations(events)).toEqual([])
        const again = client.decodeResponse(whole, decodeContext())
        expect(again.finish).toEqual(answer.finish)
      }),
      { numRuns: 800 },
    )
  })

  it('and errors of any form become HubErrors', () => {
    fc.assert(
      fc.property(fc.integer({ min: 300, max: 599 }), json, (status, body) => {
        expect(client.decodeError(status, {}, body, 0)).toBeInstanceOf(HubError)
      }),
    )
    expect(
      client.encodeRequest(server.decodeRequest({ model: 'm', messages: [] }).value, {
        dialect: PLAIN,
        footprint: '',
      }).value.body['messages'],
    ).toEqual([])
  })
})
