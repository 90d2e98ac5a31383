// Arbitrary bodies of this wire: valid requests, and things that only look like requests and chunks.
import fc from 'fast-check'
import { compact, type JsonObject, type JsonValue, parseJson } from '../../../src/base/json.js'

export const json: fc.Arbitrary<JsonValue> = fc
  .jsonValue({ maxDepth: 3 })
  .map((value) => parseJson(JSON.stringify(value)) ?? null)

type Shape = Record<string, fc.Arbitrary<JsonValue>>

/** Any of the keys, mostly with what belongs there, else with anything. */
function likely(shape: Shape): fc.Arbitrary<JsonObject> {
  const noisy = Object.entries(shape).map(([key, value]) => [
    key,
    fc.oneof({ weight: 4, arbitrary: value }, json),
  ])
  return fc.record(Object.fromEntries(noisy), { requiredKeys: [] }).map(compact)
}

/** All of `needed`, any of `optional`. */
function valid(needed: Shape, optional: Shape = {}): fc.Arbitrary<JsonObject> {
  return fc.record({ ...needed, ...optional }, { requiredKeys: Object.keys(needed) }).map(compact)
}

const words = fc.string({ unit: 'grapheme', maxLength: 8 })
const choices = (...values: JsonValue[]): fc.Arbitrary<JsonValue> => fc.constantFrom(...values)
const some = (item: fc.Arbitrary<JsonValue>, maxLength = 3): fc.Arbitrary<JsonValue> =>
  fc.array(item, { maxLength })

const callBody = likely({
  name: choices('f', 'g', ''),
  arguments: choices('', '{}', '{"a":', '1}', ' '),
})
const call = likely({
  index: choices(0, 1, 2),
  id: choices('', 'a', 'b'),
  type: choices('function', 'custom'),
  function: callBody,
  custom: likely({ name: words, input: words }),
})
const part = likely({
  type: choices('text', 'image_url', 'file', 'input_audio', 'refusal', 'novel'),
  text: words,
  image_url: likely({ url: choices('data:image/png;base64,QQ==', 'https://x', '') }),
  file: likely({ file_id: words, file_data: words }),
})
const detail = likely({ type: words, text: words, data: words })

const message = likely({
  role: choices('system', 'developer', 'user', 'assistant', 'tool', 'function', 'robot'),
  content: fc.oneof(words, some(part)),
  tool_calls: some(call),
  tool_call_id: choices('a', 'b'),
  name: words,
  reasoning_content: words,
  reasoning_details: some(detail),
  function_call: callBody,
})

/** What looks like a request. */
export const wildRequest: fc.Arbitrary<JsonObject> = likely({
  messages: some(message, 5),
  tools: some(likely({ type: choices('function', 'custom', 'x'), function: callBody })),
  tool_choice: fc.oneof(words, callBody),
  stop: words,
  stream: fc.boolean(),
  response_format: likely({ type: words }),
  temperature: fc.double(),
}).map((fields): JsonObject => ({ model: 'm', ...fields }))

const validPart = fc.oneof(
  valid({ type: choices('text'), text: words }, { novel: json }),
  valid({
    type: choices('image_url'),
    image_url: valid({ url: choices('https://x/y', 'data:image/png;base64,QQ==') }),
  }),
  valid({ type: choices('file'), file: valid({ file_id: words }, { filename: words }) }),
  valid({ type: choices('novel'), payload: json }),
)
const content = fc.oneof(words, some(validPart))
const id = choices('a', 'b', 'c', 'x'.repeat(50))
const validCall = fc.oneof(
  valid({
    id,
    type: choices('function'),
    function: valid({ name: choices('f', 'g'), arguments: choices('{}', '{"a":1}', '', 'broken') }),
  }),
  valid({ id, type: choices('custom'), custom: valid({ name: choices('p'), input: words }) }),
)
const validMessage = fc.oneof(
  valid({ role: choices('system', 'developer', 'user'), content }, { name: words, novel: json }),
  valid(
    { role: choices('assistant') },
    {
      content,
      tool_calls: some(validCall),
      reasoning_content: words,
      refusal: words,
      reasoning_details: some(detail),
    },
  ),
  valid({ role: choices('tool'), tool_call_id: id, content: fc.oneof(words, some(validPart)) }),
)

/** A request that is read; calls and results may be in any order, or missing. */
export const validRequest: fc.Arbitrary<JsonObject> = valid(
  {
    model: choices('m'),
    messages: fc
      .array(validMessage, { maxLength: 6 })
      .map((rest) => [{ role: 'user', content: 'hi' }, ...rest]),
  },
  {
    tools: some(valid({ type: choices('function'), function: valid({ name: choices('f', 'g', 'a.b') }) })),
    tool_choice: choices('auto', 'required', 'none', { type: 'function', function: { name: 'f' } }),
    parallel_tool_calls: fc.boolean(),
    max_tokens: fc.nat(),
    stop: fc.oneof(words, some(words, 6)),
    stream: fc.boolean(),
    reasoning_effort: choices('none', 'low', 'max', 'ultra'),
    novel: json,
  },
)

const delta = likely({
  content: choices('a', '', '<think>', '</think>', 'b'),
  reasoning_content: words,
  refusal: words,
  tool_calls: some(call, 2),
  reasoning_details: some(detail, 2),
  annotations: some(json),
  audio: likely({ data: words, transcript: words }),
  images: some(part, 1),
})

export const chunk: fc.Arbitrary<JsonObject> = likely({
  choices: some(
    likely({
      index: choices(0, 0, 0, 1),
      delta,
      finish_reason: choices(null, 'stop', 'tool_calls', 'length', 'error'),
    }),
    2,
  ),
  usage: likely({ prompt_tokens: fc.integer(), completion_tokens: fc.integer(), total_tokens: fc.integer() }),
})

/** The data of an event. */
export const data: fc.Arbitrary<string> = fc.oneof(
  { weight: 8, arbitrary: chunk.map((value) => JSON.stringify(value)) },
  { weight: 1, arbitrary: fc.constantFrom('[DONE]', '', '{}', '{"error":{"message":"x"}}') },
  { weight: 1, arbitrary: fc.string() },
)
