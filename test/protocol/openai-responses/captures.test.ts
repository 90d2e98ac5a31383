// Real requests of Codex and real answers of providers.
import { describe, expect, it } from 'vitest'
import {
  isObject,
  type JsonObject,
  object,
  objects,
  parseJson,
  text,
  without,
} from '../../../src/base/json.js'
import { collect } from '../../../src/protocol/ir/collect.js'
import { replay } from '../../../src/protocol/ir/replay.js'
import type { IrResponse } from '../../../src/protocol/ir/response.js'
import { totalInput } from '../../../src/protocol/ir/usage.js'
import { openaiResponses } from '../../../src/protocol/openai-responses/codec.js'
import {
  captures,
  checked,
  decode,
  decodeContext,
  decodeEvents,
  encode,
  encodeEvents,
  items,
  lastResponse,
  sseData,
  throughIr,
  WITHOUT_CAPTURES,
} from './support.js'

const why = WITHOUT_CAPTURES ? ' (skipped: AXONHUB_CAPTURES is not set)' : ''

describe.skipIf(WITHOUT_CAPTURES)(`captured requests of Codex${why}`, () => {
  const requests = captures('codex', /^req-.*(first|output|title)\.json$/).map(({ name, source }) => {
    const whole = parseJson(source)
    return { name, body: (isObject(whole) ? object(whole, 'body') : undefined) ?? {} }
  })

  it.each(requests)('$name goes out as it came, for a vendor that speaks the whole dialect', ({ body }) => {
    expect(throughIr(body)).toEqual(normal(body))
  })

  it.each(requests)('$name loses no text and gives no note on the way to a plain vendor', ({ body }) => {
    const { body: sent, notes } = encode(decode(body))
    for (const item of objects(body, 'input'))
      for (const part of objects(item, 'content'))
        expect(JSON.stringify(sent)).toContain(JSON.stringify(part['text']))
    expect(notes).toEqual([])
    expect(sent).not.toHaveProperty('client_metadata')
    expect(items(sent['input']).filter((item) => item['type'] !== 'reasoning')).not.toContainEqual(
      expect.objectContaining({ id: expect.anything() }),
    )
  })

  it.each(requests)('$name gives the same bytes each time', ({ body }) => {
    expect(JSON.stringify(throughIr(body))).toBe(JSON.stringify(throughIr(structuredClone(body))))
  })
})

/** The forms that do not come back as they were: see the head of `request-encode.ts`. */
function normal(body: JsonObject): JsonObject {
  const toolless = objects(body, 'tools').length === 0
  const input = objects(body, 'input').map((item) =>
    Object.fromEntries(Object.entries(item).filter(([, value]) => value !== null)),
  )
  const rest = toolless ? without(body, ['tools', 'tool_choice', 'parallel_tool_calls']) : body
  return { ...rest, input }
}

describe.skipIf(WITHOUT_CAPTURES)(`recorded answers of providers${why}`, () => {
  const streams = captures('recorded/openai-responses', /\.sse$/)
  const wholes = captures('recorded/openai-responses', /\.json$/)

  it.each(streams)('$name streams the same answer that its final response tells', ({ source }) => {
    const data = sseData(source)
    const final = object(data.at(-1) ?? {}, 'response') ?? {}
    const streamed = collect(decodeEvents(data))
    const whole = openaiResponses.client.decodeResponse(final, decodeContext())
    expect(comparable(streamed, data)).toEqual(comparable(whole, data))
    expect(textOf(streamed.parts)).toBe(toldText(data, final))
    const usage = object(final, 'usage') ?? {}
    expect(streamed.usage === undefined ? undefined : totalInput(streamed.usage)).toBe(usage['input_tokens'])
  })

  it.each(streams)('$name is an error when it is cut before its last event', ({ source }) => {
    const events = decodeEvents(sseData(source).slice(0, -1))
    expect(events.at(-1)).toMatchObject({ type: 'error', error: { code: 'upstream-truncated' } })
  })

  it.each(wholes)('$name tells the same answer as a stream and as a whole', ({ source }) => {
    const body = parseJson(source)
    if (!isObject(body)) throw new Error('not an object')
    const response = openaiResponses.client.decodeResponse(body, decodeContext())
    expect(collect(checked(replay(response)))).toEqual(response)
    expect(textOf(response.parts)).toBe(wireText(body))
  })

  it.each(streams)('$name keeps every item on its way to an agent of this protocol', ({ source }) => {
    const data = sseData(source)
    const final = object(data.at(-1) ?? {}, 'response') ?? {}
    const told = lastResponse(encodeEvents(decodeEvents(data)).data)
    // Empty reasoning without a proof says nothing and is left out.
    const expected = objects(final, 'output').filter(
      (item) =>
        item['type'] !== 'reasoning' ||
        item['encrypted_content'] !== undefined ||
        items(item['content']).length,
    )
    expect(objects(told, 'output').map((item) => item['type'])).toEqual(expected.map((item) => item['type']))
    expect(wireText(told)).toBe(toldText(data, final))
    expect(told['usage']).toMatchObject({ total_tokens: object(final, 'usage')?.['total_tokens'] })
  })

  it.each(captures('codex', /^sse-.*\.txt$/))('$name, which Codex accepts, is understood', ({ source }) => {
    for (const part of source.split(/^### .*$/m).slice(1)) {
      const response = collect(decodeEvents(sseData(part)))
      expect(response.parts.length).toBeGreaterThan(0)
      expect(response.usage).toMatchObject({ cacheRead: 40, inputFresh: 60, output: 20, reasoning: 5 })
    }
  })
})

function textOf(parts: readonly { readonly type: string; readonly text?: string }[]): string {
  return parts.map((part) => (part.type === 'text' ? part.text : '')).join('')
}

/** Proofs are made anew for the final response. One recording was cut by hand: its deltas are not its final text. */
function comparable(response: IrResponse, data: readonly JsonObject[]): unknown {
  const hidden = JSON.stringify(response).replaceAll(/"gAAAA[^"]*"/g, '"proof"')
  const final = wireText(object(data.at(-1) ?? {}, 'response') ?? {})
  return hidden
    .replaceAll(JSON.stringify(final), '"text"')
    .replaceAll(JSON.stringify(deltaText(data)), '"text"')
}

/** What a reader of the deltas saw; the final text where it only goes on from there. */
function toldText(data: readonly JsonObject[], final: JsonObject): string {
  const told = deltaText(data)
  return wireText(final).startsWith(told) ? wireText(final) : told
}

function deltaText(data: readonly JsonObject[]): string {
  return data
    .map((one) => (one['type'] === 'response.output_text.delta' ? (text(one, 'delta') ?? '') : ''))
    .join('')
}

function wireText(response: JsonObject): string {
  return objects(response, 'output')
    .filter((item) => item['type'] === 'message')
    .flatMap((item) => objects(item, 'content'))
    .map((part) => text(part, 'text') ?? text(part, 'refusal') ?? '')
    .join('')
}
