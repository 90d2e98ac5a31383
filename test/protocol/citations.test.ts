// The sources that an answer names, told to agents of every protocol in their own form.
import { Buffer } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import { isObject, type JsonObject, objects, parseJson } from '../../src/base/json.js'
import { stripEnvelopes } from '../../src/protocol/envelopes.js'
import type { IrEvent } from '../../src/protocol/ir/event.js'
import type { SseEvent } from '../../src/protocol/sse/event.js'
import { streamToResponse, translateStream } from '../../src/protocol/translate.js'
import { nextBody } from './agent-echo.js'
import { answering, crossed, type Pair, pairs, question, spoken } from './crossing.js'

const PAGE = { url: 'https://e.example/page', title: 'Page' }

/** What the provider of each protocol says of the words "It rains." behind "Weather: ". */
const CARRIES: Readonly<Record<string, JsonObject>> = {
  'openai-chat': {
    annotations: [{ type: 'url_citation', url_citation: { ...PAGE, start_index: 0, end_index: 9 } }],
  },
  'openai-responses': { annotations: [{ type: 'url_citation', ...PAGE, start_index: 0, end_index: 9 }] },
  'anthropic-messages': {
    citations: [
      { type: 'web_search_result_location', ...PAGE, cited_text: 'Rain all day', encrypted_index: 'QUJD' },
    ],
  },
}

function told(pair: Pair): IrEvent[] {
  const carry = { protocol: pair.to.id, fields: CARRIES[pair.to.id] ?? {} }
  return [
    { type: 'start' },
    { type: 'text-start', index: 0 },
    { type: 'text-delta', index: 0, text: 'Weather: ' },
    { type: 'text-end', index: 0 },
    { type: 'text-start', index: 1 },
    { type: 'text-delta', index: 1, text: 'It rains.' },
    { type: 'text-end', index: 1, carry },
    { type: 'finish', reason: 'stop' },
  ]
}

/** Gemini's own form is told in gemini/grounding.test.ts. */
const hasForm = ({ from, to }: Pair) => from !== to && from.id !== 'gemini' && to.id !== 'gemini'
const crossing = pairs.filter((pair) => hasForm(pair) && pair.to.id !== 'openai-chat')

function streamed(pair: Pair): SseEvent[] {
  const stream = translateStream(answering(crossed(pair, question(pair.from))))
  return [...stream.push(spoken(pair.to, told(pair))), ...stream.end()]
}

function whole(pair: Pair): JsonObject {
  const collector = streamToResponse(answering(crossed(pair, question(pair.from, false), { stream: true })))
  collector.push(spoken(pair.to, told(pair)))
  return collector.end().body
}

/** Every object in a value that names the page, in its order. */
function naming(value: unknown): JsonObject[] {
  if (Array.isArray(value)) return value.flatMap(naming)
  if (!isObject(value)) return []
  const here = value['url'] === PAGE.url ? [value] : []
  return [...here, ...Object.values(value).flatMap(naming)]
}

describe('a source that an answer names', () => {
  it.each(crossing)('$pair: is told in the stream and in the whole answer', (pair) => {
    const inStream = naming(streamed(pair).map((event) => parseJson(event.data)))
    const inWhole = naming(whole(pair))
    expect(inWhole).toHaveLength(1)
    expect(inStream[0]).toMatchObject(PAGE)
    expect(inWhole[0]).toEqual(inStream[0])
    const offset = pair.from.id === 'openai-chat' ? 'Weather: '.length : 0
    expect(inWhole[0]).toMatchObject(
      pair.from.id === 'anthropic-messages'
        ? { type: 'web_search_result_location', cited_text: 'It rains.' }
        : { start_index: offset, end_index: offset + 'It rains.'.length },
    )
  })

  it('is left out of a relay to the maker of the protocol, who could not read its index', () => {
    const pair = crossing.find(({ from }) => from.id === 'anthropic-messages')
    if (pair === undefined) throw new Error('there is such a pair')
    const body = nextBody(pair.from.id, question(pair.from), streamed(pair))
    const bytes = Buffer.from(JSON.stringify(body))
    expect(bytes.toString()).toContain('axonhub')
    const relayed = parseJson(Buffer.from(stripEnvelopes('anthropic-messages', bytes)).toString())
    expect(JSON.stringify(relayed)).not.toContain('axonhub')
    const blocks = isObject(relayed)
      ? objects(relayed, 'messages').flatMap((one) => objects(one, 'content'))
      : []
    expect(blocks).toContainEqual({ type: 'text', text: 'It rains.', citations: [] })
  })
})

describe('pages that an answer of Chat lists beside its choices', () => {
  const chunk = (delta: JsonObject, finish_reason: string | null): string => {
    const citations = [PAGE.url, 'https://e.example/other']
    const choices = [{ index: 0, delta, finish_reason }]
    const body = { id: 'c', choices, citations, search_results: [PAGE] }
    return `data: ${JSON.stringify(body)}\n\n`
  }
  const bytes = Buffer.from(
    `${chunk({ content: 'It rains [1].' }, null)}${chunk({}, 'stop')}data: [DONE]\n\n`,
  )

  it.each(pairs.filter((pair) => hasForm(pair) && pair.to.id === 'openai-chat'))(
    '$pair: are the sources of its text, once',
    (pair) => {
      const translated = crossed(pair, question(pair.from, false), { stream: true })
      const collector = streamToResponse(answering(translated))
      collector.push(bytes)
      const { body } = collector.end()
      expect(naming(body)).toMatchObject([PAGE])
      expect(JSON.stringify(body).match(/e\.example\/other/g)).toHaveLength(1)
    },
  )
})
