// Laws that hold for any input: nothing throws but a HubError, the grammar is kept, whole and streamed answers agree.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HubError } from '../../../src/base/errors.js'
import {
  compact,
  isObject,
  type JsonObject,
  type JsonValue,
  objects,
  parseJson,
} from '../../../src/base/json.js'
import { PLAIN } from '../../../src/protocol/dialect.js'
import { collect } from '../../../src/protocol/ir/collect.js'
import { replay } from '../../../src/protocol/ir/replay.js'
import type { IrResponse } from '../../../src/protocol/ir/response.js'
import { openaiChat } from '../../../src/protocol/openai-chat/codec.js'
import { rawDetails } from '../../../src/protocol/openai-chat/reasoning.js'
import { decodeUsage, encodeUsage } from '../../../src/protocol/openai-chat/usage.js'
import { response, usage } from '../ir/arbitrary.js'
import { complaints, decodeChunks, decodeContext, encodeContext, encodeEvents, FOOTPRINT } from './support.js'

const json = fc.jsonValue({ maxDepth: 3 }).map((value) => parseJson(JSON.stringify(value)) ?? null)
const roles = fc.constantFrom('system', 'developer', 'user', 'assistant', 'tool', 'function', 'robot')

/** Objects that look right at each key half of the time, and are anything otherwise. */
const likely = (shape: Record<string, fc.Arbitrary<JsonValue>>): fc.Arbitrary<JsonObject> =>
  fc
    .record(
      Object.fromEntries(
        Object.entries(shape).map(([key, value]) => [key, fc.oneof({ weight: 4, arbitrary: value }, json)]),
      ),
      { requiredKeys: [] },
    )
    .map(compact)

const words = fc.string()
const callBody = likely({
  name: fc.constantFrom('f', 'g', ''),
  arguments: fc.constantFrom('', '{}', '{"a":', '1}', ' '),
})
const call = likely({
  index: fc.constantFrom(0, 1, 2),
  id: fc.constantFrom('', 'a', 'b'),
  type: fc.constantFrom('function', 'custom'),
  function: callBody,
  custom: likely({ name: words, input: words }),
})
const part = likely({
  type: fc.constantFrom('text', 'image_url', 'file', 'input_audio', 'refusal', 'novel'),
  text: words,
  image_url: likely({ url: fc.constantFrom('data:image/png;base64,QQ==', 'https://x', '') }),
  file: likely({ file_id: words, file_data: words }),
})
const message = likely({
  role: roles,
  content: fc.oneof(words, fc.array(part, { maxLength: 3 })),
  tool_calls: fc.array(call, { maxLength: 3 }),
  tool_call_id: fc.constantFrom('a', 'b'),
  name: words,
  reasoning_content: words,
  reasoning_details: fc.array(likely({ type: words, data: words, text: words })),
  function_call: callBody,
})
const body = likely({
  messages: fc.array(message, { maxLength: 5 }),
  tools: fc.array(likely({ type: fc.constantFrom('function', 'custom', 'x'), function: callBody })),
  tool_choice: fc.oneof(words, callBody),
  stop: words,
  stream: fc.boolean(),
  response_format: likely({ type: words }),
  temperature: fc.double(),
}).map((fields): JsonObject => ({ model: 'm', ...fields }))

const chunk = likely({
  choices: fc.array(
    likely({
      index: fc.constantFrom(0, 0, 0, 1),
      delta: likely({
        content: fc.constantFrom('a', '', '<think>', '</think>', 'b'),
        reasoning_content: words,
        refusal: words,
        tool_calls: fc.array(call, { maxLength: 2 }),
        reasoning_details: fc.array(likely({ type: words, text: words, data: words }), { maxLength: 2 }),
        annotations: fc.array(json),
        audio: likely({ data: words, transcript: words }),
        images: fc.array(part, { maxLength: 1 }),
      }),
      finish_reason: fc.constantFrom(null, 'stop', 'tool_calls', 'length', 'error'),
    }),
    { maxLength: 2 },
  ),
  usage: likely({ prompt_tokens: fc.integer(), completion_tokens: fc.integer(), total_tokens: fc.integer() }),
})
const data = fc.oneof(
  { weight: 8, arbitrary: chunk.map((value) => JSON.stringify(value)) },
  { weight: 1, arbitrary: fc.constantFrom('[DONE]', '', '{}', '{"error":{"message":"x"}}') },
  { weight: 1, arbitrary: fc.string() },
)

describe('whatever comes', () => {
  it('a request is read, or refused with the parameter that is wrong', () => {
    fc.assert(
      fc.property(body, (value) => {
        try {
          const { value: asked } = openaiChat.server.decodeRequest(value)
          const { value: wire } = openaiChat.client.encodeRequest(asked, {
            dialect: PLAIN,
            footprint: FOOTPRINT,
          })
          expect(
            JSON.stringify(
              openaiChat.client.encodeRequest(asked, { dialect: PLAIN, footprint: FOOTPRINT }).value,
            ),
          ).toBe(JSON.stringify(wire))
          for (const sent of objects(wire.body, 'messages')) expect(sent['content']).not.toEqual([])
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(HubError)
          expect(thrown).toMatchObject({ code: 'invalid-request', detail: { param: expect.any(String) } })
        }
      }),
      { numRuns: 600 },
    )
  })

  it('a request that was read is read the same after a round trip', () => {
    fc.assert(
      fc.property(body, (value) => {
        const once = attempt(value)
        if (once === undefined) return
        expect(attempt(once)).toEqual(once)
      }),
      { numRuns: 600 },
    )
  })

  it('a stream becomes legal events that end', () => {
    fc.assert(
      fc.property(fc.array(data, { maxLength: 12 }), (chunks) => {
        expect(complaints(decodeChunks(chunks))).toEqual([])
      }),
      { numRuns: 800 },
    )
  })

  it('any JSON is an answer, or a HubError', () => {
    fc.assert(
      fc.property(fc.oneof(json, chunk), (value) => {
        try {
          openaiChat.client.decodeResponse(isObject(value) ? value : {}, decodeContext())
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(HubError)
        }
      }),
    )
  })

  it('any body is an error with words', () => {
    fc.assert(
      fc.property(fc.integer({ min: 300, max: 599 }), fc.oneof(json, fc.string()), (status, value) => {
        expect(openaiChat.client.decodeError(status, {}, value, 0).message).not.toBe('')
      }),
    )
  })
})

/** native → IR → native, undefined when it is refused. */
function attempt(value: JsonObject): JsonObject | undefined {
  try {
    const { value: asked } = openaiChat.server.decodeRequest(value)
    return openaiChat.client.encodeRequest(asked, { dialect: PLAIN, footprint: FOOTPRINT }).value.body
  } catch (thrown) {
    if (thrown instanceof HubError) return undefined
    throw thrown
  }
}

describe('answers', () => {
  it('say the same whole and streamed', () => {
    fc.assert(
      fc.property(response, (answer) => {
        const asked = { streamUsage: true }
        const whole = openaiChat.server.encodeResponse(answer, encodeContext(asked)).value
        const streamed = collect(decodeChunks(encodeEvents(replay(answer), encodeContext(asked))))
        expect(summary(openaiChat.client.decodeResponse(whole, decodeContext()))).toEqual(summary(streamed))
      }),
      { numRuns: 300 },
    )
  })

  it('keep their counters: encoded and decoded they are the same sums', () => {
    fc.assert(
      fc.property(usage, (spent) => {
        const reasoning = Math.min(spent.reasoning, spent.output)
        const back = decodeUsage(encodeUsage({ ...spent, reasoning }))
        expect(back).toEqual({
          ...spent,
          reasoning,
          cacheWrite5m: spent.cacheWrite5m + spent.cacheWrite1h,
          cacheWrite1h: 0,
        })
      }),
    )
  })
})

/** What an answer says, without the order of unlike parts, which a whole message cannot tell. */
function summary(answer: IrResponse) {
  const { parts, ...rest } = answer
  const texts = parts.filter((part) => part.type === 'text')
  const thoughts = parts.filter((part) => part.type === 'reasoning')
  return {
    ...rest,
    text: texts
      .filter((part) => part.refusal !== true)
      .map((part) => part.text)
      .join(''),
    refusal: texts
      .filter((part) => part.refusal === true)
      .map((part) => part.text)
      .join(''),
    reasoning: thoughts.map((part) => part.text).join(''),
    proof: thoughts.flatMap((part) => (part.seal === undefined ? [] : rawDetails(part.seal))),
    calls: parts
      .filter((part) => part.type === 'tool-call')
      .map(({ id, kind, name, input }) => ({ id, kind, name, input })),
    media: parts.filter((part) => part.type === 'media').length,
  }
}
