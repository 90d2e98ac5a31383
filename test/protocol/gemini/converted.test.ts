// What only Gemini says, through a conversion: it comes out again at a provider of Gemini, and is a note elsewhere.
import { describe, expect, it } from 'vitest'
import { isObject, type JsonObject, objects } from '../../../src/base/json.js'
import { gemini } from '../../../src/protocol/gemini/codec.js'
import type { ProtocolId } from '../../../src/protocol/ids.js'
import type { IrEvent } from '../../../src/protocol/ir/event.js'
import type { IrTool } from '../../../src/protocol/ir/request.js'
import { type TranslatedRequest, translateStream } from '../../../src/protocol/translate.js'
import { answering, crossed, pairs, question, spoken } from '../crossing.js'
import { decoding } from '../reading.js'

function pair(from: ProtocolId, to: ProtocolId) {
  const found = pairs.find((one) => one.from.id === from && one.to.id === to)
  if (found === undefined) throw new Error('there is such a pair')
  return found
}

function asked(more: JsonObject, to: ProtocolId = 'gemini'): TranslatedRequest {
  return crossed(pair('gemini', to), { ...question(gemini), ...more }, { dialect: { thinking: 'budget' } })
}

const declared = (...names: string[]): JsonObject => ({
  tools: [{ functionDeclarations: names.map((name) => ({ name })) }],
})
const inner = (source: unknown, ...path: string[]): unknown =>
  path.reduce((value, key) => (isObject(value) ? value[key] : undefined), source)

describe('the functions that may be called', () => {
  it.each(['ANY', 'VALIDATED'])('are called by the names under which they are offered (%s)', (mode) => {
    const allowedFunctionNames = ['look up', 'plain']
    const body = asked({
      ...declared('look up', 'plain', 'other'),
      toolConfig: { functionCallingConfig: { mode, allowedFunctionNames }, retrievalConfig: { a: 1 } },
    }).wire.body
    const offered = objects(body, 'tools').flatMap((tool) => objects(tool, 'functionDeclarations'))
    expect(offered.map(({ name }) => name)).toEqual(['look_up', 'plain', 'other'])
    expect(body['toolConfig']).toEqual({
      functionCallingConfig: { mode, allowedFunctionNames: ['look_up', 'plain'] },
      retrievalConfig: { a: 1 },
    })
  })

  it('may be declared as null, which is none', () => {
    const body = asked({ tools: [{ functionDeclarations: null, googleSearch: {} }] }).wire.body
    expect(body['tools']).toEqual([{ googleSearch: {} }])
  })
})

describe('thoughts that the asker does not want to see', () => {
  it.each([
    [{ thinkingBudget: 512, includeThoughts: false }, { thinkingBudget: 512 }],
    [{ thinkingBudget: 512 }, { thinkingBudget: 512 }],
    [{ thinkingBudget: -1, includeThoughts: false }, { thinkingBudget: -1 }],
    [
      { thinkingBudget: 512, includeThoughts: true },
      { thinkingBudget: 512, includeThoughts: true },
    ],
  ])('%j is told as %j', (thinkingConfig, told) => {
    const body = asked({ generationConfig: { thinkingConfig } }).wire.body
    expect(inner(body, 'generationConfig', 'thinkingConfig')).toEqual(told)
  })

  it('are not asked for on Responses', () => {
    const generationConfig = (includeThoughts: boolean) => ({
      generationConfig: { thinkingConfig: { thinkingLevel: 'low', includeThoughts } },
    })
    const summary = (shown: boolean) =>
      inner(asked(generationConfig(shown), 'openai-responses').wire.body, 'reasoning', 'summary')
    expect([summary(true), summary(false)]).toEqual(['auto', undefined])
  })
})

describe('what a result says besides its words', () => {
  const call = { functionCall: { id: 'c', name: 'f', args: {} } }
  const result = {
    functionResponse: { id: 'c', name: 'f', response: { output: 'It rains.' }, scheduling: 'SILENT' },
  }
  const history = {
    ...declared('f'),
    contents: [
      { role: 'user', parts: [{ text: 'Hi' }] },
      { role: 'model', parts: [call] },
      { role: 'user', parts: [result] },
    ],
  }

  it('comes out again at a provider of Gemini', () => {
    expect(objects(asked(history).wire.body, 'contents')[2]).toEqual({ role: 'user', parts: [result] })
  })

  it.each(['openai-chat', 'openai-responses', 'anthropic-messages'] as const)('is a note on %s', (to) => {
    const { notes } = asked(history, to)
    expect(notes).toContainEqual({
      kind: 'dropped',
      path: expect.stringMatching(/functionResponse$/),
      reason: expect.any(String),
    })
  })
})

describe('the sources of an answer that ends with a call', () => {
  const groundingMetadata = { groundingChunks: [{ web: { uri: 'https://e.example/page', title: 'Page' } }] }
  const said = { candidates: [{ content: { parts: [{ text: 'It rains.' }] } }] }
  const called = {
    candidates: [{ content: { parts: [{ functionCall: { id: 'c', name: 'f', args: {} } }] } }],
  }
  const over = { candidates: [{ finishReason: 'STOP', groundingMetadata }] }
  const search: IrTool = {
    type: 'server',
    name: 'web_search',
    carry: { protocol: 'gemini', fields: { googleSearch: {} } },
  }

  function events(tools: readonly IrTool[]): IrEvent[] {
    const context = decoding()
    const step = gemini.client.decodeStream({ ...context, request: { ...context.request, tools } })
    const pushed = [said, called, over].flatMap((data) => step.push({ data: JSON.stringify(data) }))
    return [...pushed, ...step.end()]
  }

  it('stay with its text where the provider searches', () => {
    expect(events([search]).filter(({ type }) => type === 'text-end')).toEqual([
      { type: 'text-end', index: 0, carry: { protocol: 'gemini', fields: { groundingMetadata } } },
    ])
  })

  it('stay with the answer where nothing was searched for, and the text does not wait', () => {
    const told = events([])
    expect(told.findIndex(({ type }) => type === 'text-end')).toBeLessThan(
      told.findIndex(({ type }) => type === 'tool-call-start'),
    )
    expect(told.at(-1)).toMatchObject({ carry: { fields: { candidate: { groundingMetadata } } } })
  })

  it('are told to an agent of Gemini again, and to one of Chat', () => {
    const reaches = (agent: ProtocolId) => {
      const way = pair(agent, 'gemini')
      const search = agent === 'gemini' ? { tools: [{ googleSearch: {} }] } : { web_search_options: {} }
      const translated = crossed(way, { ...question(way.from), ...search })
      const stream = translateStream(answering(translated))
      const upstream = [said, called, over].map((data) => `data: ${JSON.stringify(data)}\n\n`).join('')
      return [...stream.push(Buffer.from(upstream)), ...stream.end()].map(({ data }) => data).join('')
    }
    expect(reaches('gemini')).toContain(JSON.stringify(groundingMetadata))
    expect(reaches('openai-chat')).toContain('"url":"https://e.example/page"')
    expect(spoken(gemini, events([])).toString()).toContain(JSON.stringify(groundingMetadata))
  })
})
