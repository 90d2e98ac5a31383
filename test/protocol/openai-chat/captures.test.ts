// Recorded answers of real vendors: read without loss, legal at every step, an error when cut anywhere.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isObject, type JsonObject, objects, parseJson, text } from '../../../src/base/json.js'
import { collect } from '../../../src/protocol/ir/collect.js'
import { replay } from '../../../src/protocol/ir/replay.js'
import { totalInput } from '../../../src/protocol/ir/usage.js'
import { openaiChat } from '../../../src/protocol/openai-chat/codec.js'
import { findUsage } from '../../../src/protocol/openai-chat/usage.js'
import { complaints, decodeChunks, decodeContext, encodeContext, encodeEvents } from './support.js'

const captures = process.env['AXONHUB_CAPTURES']
const folder = captures === undefined ? '' : join(captures, 'recorded', 'openai-chat')
const files = captures === undefined ? ['any.sse', 'any.json'] : readdirSync(folder)
const read = (name: string) => readFileSync(join(folder, name), 'utf8')

/** The data of each event; the recordings have one data line per event. */
function dataOf(source: string): string[] {
  return source
    .split(/\r?\n/)
    .filter((line) => line.startsWith('data:'))
    .map((line) => line.slice(5).trim())
}

/** All the vendor said under these keys of the first choice's deltas. */
function said(chunks: readonly JsonObject[], keys: readonly string[]): string {
  const deltas = chunks.flatMap((chunk) => objects(chunk, 'choices')).map((choice) => choice['delta'])
  return deltas
    .filter(isObject)
    .map((delta) => keys.map((key) => text(delta, key) ?? '').find((value) => value !== '') ?? '')
    .join('')
}

const title = captures === undefined ? ' (skipped because AXONHUB_CAPTURES is not set)' : ''

describe.skipIf(captures === undefined)(`recorded streams${title}`, () => {
  it.each(files.filter((name) => name.endsWith('.sse')))('%s is read without loss', (name) => {
    const data = dataOf(read(name))
    const chunks = data.map(parseJson).filter(isObject)
    const events = decodeChunks(data)
    expect(complaints(events)).toEqual([])
    const answer = collect(events)
    const joined = (type: 'text' | 'reasoning') =>
      answer.parts.flatMap((part) => (part.type === type ? [part.text] : [])).join('')
    expect(joined('text')).toBe(said(chunks, ['content']))
    expect(joined('reasoning')).toBe(said(chunks, ['reasoning_content', 'reasoning']))
    const told = chunks.map((chunk) => findUsage(chunk, objects(chunk, 'choices')[0])).findLast(isObject)
    expect(answer.usage === undefined ? undefined : totalInput(answer.usage)).toBe(told?.['prompt_tokens'])
    expect(answer.usage?.output).toBe(Number(told?.['total_tokens']) - Number(told?.['prompt_tokens']))
    for (const call of answer.parts.filter((part) => part.type === 'tool-call'))
      expect(parseJson(call.input)).toBeTypeOf('object')
  })

  it.each(files.filter((name) => name.endsWith('.sse')))('%s is an error when it is cut', (name) => {
    const data = dataOf(read(name))
    const ends = data.findIndex((item) => /"finish_reason": ?"/.test(item))
    for (const at of [0, 1, 2, Math.floor(ends / 2), ends]) {
      const last = decodeChunks(data.slice(0, at)).at(-1)
      expect(last?.type === 'error' && last.error.code).toBe('upstream-truncated')
    }
  })

  it.each(files.filter((name) => name.endsWith('.sse')))('%s is told on as it came', (name) => {
    const answer = collect(decodeChunks(dataOf(read(name))))
    const context = encodeContext({ streamUsage: true })
    const again = collect(decodeChunks(encodeEvents(replay(answer), context)))
    expect({ ...again, id: 0, model: 0 }).toEqual({ ...answer, id: 0, model: 0 })
  })
})

describe.skipIf(captures === undefined)(`recorded whole answers${title}`, () => {
  it.each(files.filter((name) => name.endsWith('.json')))('%s is read and told on without loss', (name) => {
    const body = parseJson(read(name))
    if (!isObject(body)) throw new Error(`${name} is no object`)
    const answer = openaiChat.client.decodeResponse(body, decodeContext())
    const message = objects(body, 'choices')[0]?.['message']
    const told = openaiChat.server.encodeResponse(answer, encodeContext()).value
    const again = objects(told, 'choices')[0]?.['message']
    if (!isObject(message) || !isObject(again)) throw new Error(`${name} has no message`)
    expect(again['content'] ?? '').toBe(message['content'] ?? '')
    expect(again['reasoning_content']).toBe(message['reasoning_content'])
    expect(objects(again, 'tool_calls').map((call) => call['function'])).toEqual(
      objects(message, 'tool_calls').map((call) => call['function']),
    )
    expect(told['usage']).toMatchObject({
      total_tokens: isObject(body['usage']) ? body['usage']['total_tokens'] : 0,
    })
  })
})
