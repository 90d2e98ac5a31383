// Answers of Gemini: arguments in pieces, ends that are failures, blocked prompts, sources, and whole answers.
import { describe, expect, it } from 'vitest'
import { isObject, type JsonObject, objects } from '../../../src/base/json.js'
import { gemini } from '../../../src/protocol/gemini/codec.js'
import { collect } from '../../../src/protocol/ir/collect.js'
import type { IrEvent } from '../../../src/protocol/ir/event.js'
import { translateStream } from '../../../src/protocol/translate.js'
import { answering, crossed, pairs, question, spoken } from '../crossing.js'
import { decoding, encoding, told } from '../reading.js'

const part = (value: JsonObject, more: JsonObject = {}): JsonObject => ({
  candidates: [{ content: { parts: [value], role: 'model' }, ...more }],
})
function events(...chunks: JsonObject[]): IrEvent[] {
  const step = gemini.client.decodeStream(decoding())
  return [...chunks.flatMap((data) => step.push({ data: JSON.stringify(data) })), ...step.end()]
}

describe('arguments that come in pieces', () => {
  const piece = (jsonPath: string, value: JsonObject, goesOn = false): JsonObject =>
    part({
      functionCall: {
        partialArgs: [{ jsonPath, ...value, ...(goesOn ? { willContinue: true } : {}) }],
        willContinue: true,
      },
    })
  const begin = part({ functionCall: { name: 'cook', willContinue: true }, thoughtSignature: 'U0lH' })

  it('become the object that they name, whatever ends the call', () => {
    const pieces = [
      begin,
      piece('$.title', { stringValue: 'Soup' }, true),
      piece('$.title', { stringValue: ' “🍲”' }),
      piece('$.steps[1].minutes', { numberValue: 5 }),
      piece('$.steps[0]', { nullValue: null }),
      piece("$['hot \\'n sour']", { boolValue: true }),
      piece('$.__proto__', { stringValue: 'no' }),
      piece('odd', { stringValue: 'no path' }),
    ]
    const end = part({ text: '' }, { finishReason: 'STOP' })
    for (const last of [[part({ functionCall: {} }), end], [end]]) {
      const answer = collect(events(...pieces, ...last))
      const [reasoning, call] = answer.parts
      expect(reasoning).toMatchObject({ seal: { data: 'call:U0lH' } })
      expect(call).toMatchObject({
        name: 'cook',
        input: '{"title":"Soup “🍲”","steps":[null,{"minutes":5}],"hot \'n sour":true,"__proto__":"no"}',
      })
      expect(answer.finish.reason).toBe('tool-calls')
    }
  })

  it('leave the next call its own', () => {
    const answer = collect(
      events(
        begin,
        piece('$.a', { numberValue: 1 }),
        part({ functionCall: { name: 'cook', args: { b: 2 } } }, { finishReason: 'STOP' }),
      ),
    )
    expect(told(answer).slice(1)).toEqual(['function cook: {"a":1}', 'function cook: {"b":2}'])
  })
})

describe('an end', () => {
  it.each([
    ['MALFORMED_FUNCTION_CALL', 'Bad call: print(', 'upstream-failed'],
    ['UNEXPECTED_TOOL_CALL', undefined, 'upstream-failed'],
  ])('by %s is an error in the provider’s words', (finishReason, finishMessage, code) => {
    const more = finishMessage === undefined ? {} : { finishMessage }
    const last = events(part({ text: 'x' }, { finishReason, ...more })).at(-1)
    expect(last).toMatchObject({
      type: 'error',
      error: { code, message: expect.stringContaining(finishMessage ?? finishReason) },
    })
  })

  it('before it began, by a blocked prompt, is a filter’s', () => {
    const feedback = { promptFeedback: { blockReason: 'PROHIBITED_CONTENT' } }
    expect(events(feedback)).toMatchObject([{ type: 'error', error: { code: 'content-filter' } }])
    expect(() => gemini.client.decodeResponse(feedback, decoding())).toThrow('PROHIBITED_CONTENT')
    expect(() => gemini.client.decodeResponse({}, decoding())).toThrow('without any candidate')
  })

  it('of a whole answer needs no reason', () => {
    expect(gemini.client.decodeResponse(part({ text: 'Yes.' }), decoding())).toMatchObject({
      parts: [{ text: 'Yes.' }],
      finish: { reason: 'stop' },
    })
  })
})

describe('an answer for an agent of Gemini', () => {
  const encoded = (...list: IrEvent[]) => {
    const { value, notes } = gemini.server.encodeResponse(
      collect([{ type: 'start' }, ...list, { type: 'finish', reason: 'tool-calls' }]),
      encoding(),
    )
    const content = objects(value, 'candidates')[0]?.['content']
    return { parts: isObject(content) ? objects(content, 'parts') : [], notes }
  }

  it('puts arguments that are no object under a name, and says so', () => {
    const { parts, notes } = encoded(
      { type: 'tool-call-start', index: 0, id: 'c', kind: 'function', name: 'f' },
      { type: 'tool-call-delta', index: 0, input: '[1' },
      { type: 'tool-call-end', index: 0 },
    )
    expect(parts).toEqual([{ functionCall: { id: 'c', name: 'f', args: { input: '[1' } } }])
    expect(notes).toMatchObject([{ kind: 'approximated' }])
  })

  it('lets foreign proof ride on what follows the thought, because clients drop thoughts', () => {
    const seal = { maker: 'anthropic-messages', footprint: 'a', data: 'QUJD' } as const
    const { parts } = encoded(
      { type: 'reasoning-start', index: 0, visibility: 'summary' },
      { type: 'reasoning-delta', index: 0, text: 'Hm.' },
      { type: 'reasoning-end', index: 0, seal },
      { type: 'text-start', index: 1 },
      { type: 'text-delta', index: 1, text: 'Yes.' },
      { type: 'text-end', index: 1 },
    )
    expect(parts).toEqual([
      { text: 'Hm.', thought: true },
      { text: 'Yes.', thoughtSignature: expect.stringMatching(/^axonhub\.1\./) },
    ])
  })
})

describe('the sources of an answer', () => {
  it.each([
    [
      'in the piece that tells them',
      [part({ text: 'It rains.', thoughtSignature: 'U0lH' }, { grounds: true })],
    ],
    [
      'in an empty piece behind the text',
      [part({ text: 'It rains.' }), part({ text: '', thoughtSignature: 'U0lH' }, { grounds: true })],
    ],
    [
      'before they are told',
      [part({ text: 'It rains.', thoughtSignature: 'U0lH' }), { candidates: [{ grounds: true }] }],
    ],
  ])('stay with a text that is signed %s', (_, chunks) => {
    const groundingMetadata = { groundingChunks: [{ web: { uri: 'https://e.example/page', title: 'Page' } }] }
    const grounded = chunks.map((chunk) => ({
      candidates: objects(chunk, 'candidates').map(({ grounds, ...candidate }) =>
        grounds === true ? { ...candidate, finishReason: 'STOP', groundingMetadata } : candidate,
      ),
    }))
    expect(events(...grounded)).toContainEqual({
      type: 'text-end',
      index: 0,
      carry: { protocol: 'gemini', fields: { thoughtSignature: 'U0lH', groundingMetadata } },
    })
  })

  const page = { url: 'https://e.example/page', title: 'Page' }
  const chatToGemini = pairs.find(({ from, to }) => from.id === 'gemini' && to.id === 'openai-chat')
  const geminiToChat = pairs.find(({ from, to }) => from.id === 'openai-chat' && to.id === 'gemini')

  it('of another protocol are grounds, at their place in bytes', () => {
    if (chatToGemini === undefined) throw new Error('there is such a pair')
    const annotations = [{ type: 'url_citation', url_citation: { ...page, start_index: 0, end_index: 4 } }]
    const upstream: IrEvent[] = [
      { type: 'start' },
      { type: 'text-start', index: 0 },
      { type: 'text-delta', index: 0, text: 'Déšť je.' },
      { type: 'text-end', index: 0, carry: { protocol: 'openai-chat', fields: { annotations } } },
      { type: 'finish', reason: 'stop' },
    ]
    const stream = translateStream(answering(crossed(chatToGemini, question(chatToGemini.from))))
    const out = [...stream.push(spoken(chatToGemini.to, upstream)), ...stream.end()]
    const last: unknown = JSON.parse(out.at(-1)?.data ?? '')
    expect(last).toMatchObject({
      candidates: [
        {
          groundingMetadata: {
            groundingChunks: [{ web: { uri: page.url, title: page.title } }],
            groundingSupports: [
              { segment: { startIndex: 0, endIndex: 7, text: 'Déšť' }, groundingChunkIndices: [0] },
            ],
          },
        },
      ],
    })
  })

  it('of Gemini are those of the whole text for others', () => {
    if (geminiToChat === undefined) throw new Error('there is such a pair')
    const groundingMetadata = { groundingChunks: [{ web: { uri: page.url, title: page.title } }] }
    const stream = translateStream(answering(crossed(geminiToChat, question(geminiToChat.from))))
    const data = JSON.stringify(part({ text: 'It rains.' }, { finishReason: 'STOP', groundingMetadata }))
    const out = [...stream.push(Buffer.from(`data: ${data}\n\n`)), ...stream.end()]
    expect(out.map((event) => event.data).join('')).toContain(
      JSON.stringify({ ...page, start_index: 0, end_index: 9 }),
    )
  })
})
