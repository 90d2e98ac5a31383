// Whatever comes in, the codec answers in its own words: HubErrors, legal events, never a crash.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HubError } from '../../../src/base/errors.js'
import { compact, type JsonObject, type JsonValue, parseJson } from '../../../src/base/json.js'
import { type Dialect, PLAIN } from '../../../src/protocol/dialect.js'
import { collect } from '../../../src/protocol/ir/collect.js'
import { placeResults } from '../../../src/protocol/ir/order.js'
import { replay } from '../../../src/protocol/ir/replay.js'
import type { IrResponse } from '../../../src/protocol/ir/response.js'
import { openaiResponses } from '../../../src/protocol/openai-responses/codec.js'
import { decodeEvents, encodeEvents, RICH } from './support.js'

const { server, client } = openaiResponses

const KEYS = ['type', 'content', 'text', 'id', 'call_id', 'name', 'tools', 'summary', 'item', 'error', 'code']
const leaf = fc.constantFrom<JsonValue>(null, true, 0, -1, 2.5, '', 'x', 'data:image/png;base64,QQ==')
const { tree } = fc.letrec<{ tree: JsonValue }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.dictionary(fc.constantFrom(...KEYS), tie('tree'), { maxKeys: 4 }),
    fc.array(tie('tree'), { maxLength: 3 }),
  ),
}))

/** Mostly what the wire promises; now and then anything at all, or nothing. */
function mostly(promised: fc.Arbitrary<JsonValue>): fc.Arbitrary<JsonValue | undefined> {
  return fc.oneof(
    { weight: 60, arbitrary: promised },
    { weight: 1, arbitrary: tree },
    { weight: 1, arbitrary: fc.constant(undefined) },
  )
}

function object(fields: Readonly<Record<string, fc.Arbitrary<JsonValue>>>): fc.Arbitrary<JsonObject> {
  const shaky = Object.entries(fields).map(([key, value]) => fc.tuple(fc.constant(key), mostly(value)))
  return fc.tuple(...shaky).map((pairs) => compact(Object.fromEntries(pairs)))
}

const is = (...types: JsonValue[]) => fc.constantFrom<JsonValue>(...types)
const words = fc.oneof<fc.Arbitrary<JsonValue>[]>(fc.string(), is('', 'a', 'ab', '{}', '{"a":1}'))
const ids = is('a', 'b', 'c')
const content = fc.array(
  fc.oneof(
    object({
      type: is('input_text', 'output_text', 'reasoning_text'),
      text: words,
      annotations: is([], [{ a: 1 }]),
    }),
    object({ type: is('refusal'), refusal: words }),
    object({
      type: is('input_image'),
      image_url: is('data:image/png;base64,QQ==', 'https://x.test', 'data:,x'),
    }),
    object({
      type: is('input_file'),
      file_data: is('QQ==', 'data:application/pdf;base64,QQ=='),
      filename: words,
    }),
    object({ type: is('input_audio'), input_audio: is({ data: 'QQ==', format: 'wav' }, {}) }),
    object({ type: is('later'), text: words }),
  ),
  { maxLength: 3 },
)
const spoken = fc.array(
  fc.oneof(
    object({ type: is('output_text'), text: words, annotations: is([], [{ a: 1 }]) }),
    object({ type: is('refusal'), refusal: words }),
  ),
  { maxLength: 3 },
)
const sections = fc.array(object({ type: is('summary_text'), text: words }), { maxLength: 3 })
const tool = fc.oneof(
  object({
    type: is('function', 'custom'),
    name: ids,
    parameters: is({}, { type: 'object' }),
    strict: is(true, false),
  }),
  object({
    type: is('namespace'),
    name: ids,
    tools: is([], [{ type: 'function', name: 'a', parameters: {} }]),
  }),
  object({ type: is('tool_search', 'web_search', 'mcp'), parameters: is({}) }),
)
const made = fc.oneof(
  object({ type: is('message'), role: is('assistant'), id: ids, content: spoken }),
  object({ type: is('reasoning'), id: ids, summary: sections, content, encrypted_content: words }),
  object({ type: is('function_call'), id: ids, call_id: ids, name: ids, namespace: ids, arguments: words }),
  object({ type: is('custom_tool_call'), id: ids, call_id: ids, name: ids, input: words }),
  object({
    type: is('tool_search_call'),
    id: ids,
    call_id: ids,
    arguments: is({ q: 1 }),
    execution: is('client'),
  }),
  object({
    type: is('image_generation_call', 'web_search_call', 'mcp_call'),
    id: ids,
    result: words,
    output: words,
  }),
)
const sent = fc.oneof(
  made,
  object({ type: is('message'), role: is('user', 'developer', 'system'), content }),
  object({
    type: is('function_call_output', 'custom_tool_call_output'),
    call_id: ids,
    output: fc.oneof<fc.Arbitrary<JsonValue>[]>(words, content),
  }),
  object({ type: is('tool_search_output'), call_id: ids, tools: fc.array(tool, { maxLength: 2 }) }),
  object({ type: is('additional_tools'), tools: fc.array(tool, { maxLength: 2 }) }),
)
const body = object({
  model: is('m'),
  input: fc.array(sent, { maxLength: 5 }),
  tools: fc.array(tool, { maxLength: 3 }),
  tool_choice: is('auto', { type: 'function', name: 'a' }, { type: 'allowed_tools', tools: [{ name: 'a' }] }),
  reasoning: is({ effort: 'ultra' }, { summary: 'auto' }, {}),
  text: is({ format: { type: 'json_object' } }, { verbosity: 'low' }),
})
const place = { output_index: is(0, 1, 2), item_id: ids, delta: words }
const event = fc.oneof(
  {
    weight: 4,
    arbitrary: object({ type: is('response.output_item.added'), output_index: is(0, 1, 2), item: made }),
  },
  {
    weight: 4,
    arbitrary: object({ type: is('response.output_item.done'), output_index: is(0, 1, 2), item: made }),
  },
  {
    weight: 4,
    arbitrary: object({
      type: is('response.output_text.delta', 'response.refusal.delta', 'response.reasoning_text.delta'),
      content_index: is(0, 1),
      ...place,
    }),
  },
  {
    weight: 4,
    arbitrary: object({
      type: is(
        'response.reasoning_summary_text.delta',
        'response.function_call_arguments.delta',
        'response.custom_tool_call_input.delta',
        'response.output_text.annotation.added',
        'response.output_text.done',
        'response.function_call_arguments.done',
        'response.reasoning_summary_text.done',
      ),
      summary_index: is(0, 1),
      text: words,
      arguments: words,
      ...place,
    }),
  },
  {
    weight: 1,
    arbitrary: object({ type: is('response.created', 'response.odd'), response: is({ id: 'r' }) }),
  },
)
const ending = object({
  type: is('response.completed', 'response.incomplete', 'response.failed', 'error'),
  response: object({
    output: fc.array(made, { maxLength: 3 }),
    usage: is({ input_tokens: 5, output_tokens: 1 }, { input_tokens: -1 }),
    error: is({ code: 'x', message: 'y' }, null),
  }),
})

/** What the codec makes of a body: the body it sends, or the parameter that it refuses. */
function outcome(wire: JsonObject, dialect: Dialect): { sent?: JsonObject; refused?: string } {
  try {
    const request = placeResults(server.decodeRequest(wire).value).value
    return { sent: client.encodeRequest(request, { dialect, footprint: '' }).value.body }
  } catch (thrown) {
    if (thrown instanceof HubError && thrown.detail.param !== undefined)
      return { refused: thrown.detail.param }
    throw thrown
  }
}

describe('any body', () => {
  it.each([
    ['a plain vendor', PLAIN],
    ['a vendor of the whole dialect', RICH],
  ])('is sent to %s as JSON, or refused with a HubError that names the parameter', (_, dialect) => {
    let read = 0
    fc.assert(
      fc.property(body, (wire) => {
        const { sent, refused } = outcome(wire, dialect)
        if (sent !== undefined) read += 1
        expect(sent === undefined ? refused : parseJson(JSON.stringify(sent))).toEqual(sent ?? refused)
      }),
      { numRuns: 800 },
    )
    expect(read).toBeGreaterThan(200)
  })

  it('that was sent once is sent the same again', () => {
    fc.assert(
      fc.property(body, (wire) => {
        const once = outcome(wire, RICH).sent
        const again = once === undefined ? undefined : outcome(once, RICH).sent
        expect(again).toEqual(once)
      }),
      { numRuns: 1000 },
    )
  })
})

describe('any stream', () => {
  const data = fc.oneof(
    { weight: 60, arbitrary: event },
    { weight: 1, arbitrary: ending },
    { weight: 1, arbitrary: fc.string() },
  )

  it('becomes legal events that end in one way or the other', () => {
    let rich = 0
    fc.assert(
      fc.property(fc.array(data, { maxLength: 14 }), (stream) => {
        const events = decodeEvents(stream)
        expect(['finish', 'error']).toContain(events.at(-1)?.type)
        if (events.length > 6) rich += 1
      }),
      { numRuns: 1500 },
    )
    expect(rich).toBeGreaterThan(300)
  })

  it('can be passed on to an agent, and reads the same again', () => {
    let compared = 0
    fc.assert(
      fc.property(fc.array(event, { maxLength: 12 }), ending, (stream, end) => {
        const events = decodeEvents([...stream, end])
        if (events.at(-1)?.type !== 'finish') return
        const answer = collect(events)
        const again = decodeEvents(encodeEvents(replay(answer)).data)
        if (again.at(-1)?.type !== 'finish') return
        compared += 1
        expect(essence(collect(again))).toEqual(essence(answer))
      }),
      { numRuns: 1000 },
    )
    expect(compared).toBeGreaterThan(200)
  })
})

/** What must not change: every word, every call, in their order. */
function essence(answer: IrResponse): unknown[] {
  return answer.parts.flatMap((part): unknown[] => {
    if (part.type === 'text') return part.text === '' ? [] : [[part.text, part.refusal]]
    if (part.type === 'tool-call') return [[part.id, part.kind, part.name, part.namespace]]
    // What an agent only sees as words of a picture or an unknown block is not compared.
    return part.type === 'reasoning' && part.text !== '' ? [part.text] : []
  })
}
