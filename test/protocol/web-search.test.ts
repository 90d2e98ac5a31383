// Searches of the web that the provider makes, through agents of other protocols and back.
import { Buffer } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import { isObject, type JsonObject, list, objects, parseJson } from '../../src/base/json.js'
import { stripEnvelopes } from '../../src/protocol/envelopes.js'
import type { IrEvent } from '../../src/protocol/ir/event.js'
import { formatSse } from '../../src/protocol/sse/format.js'
import { translateStream } from '../../src/protocol/translate.js'
import { nextBody } from './agent-echo.js'
import { answering, crossed, type Pair, pairs, question, spoken } from './crossing.js'

const pairOf = (from: string, to: string): Pair => {
  const found = pairs.find((pair) => pair.from.id === from && pair.to.id === to)
  if (found === undefined) throw new Error(`no pair ${from} ${to}`)
  return found
}
const claude = pairOf('anthropic-messages', 'openai-responses')
const codex = pairOf('openai-responses', 'anthropic-messages')
const place = { city: 'Köln', country: 'DE' }

/** The question of an agent that lets the provider search, and says where its user is. */
const asking: Readonly<Record<string, JsonObject>> = {
  'anthropic-messages': {
    tools: [
      { type: 'web_search_20250305', name: 'web_search', user_location: { type: 'approximate', ...place } },
    ],
  },
  'openai-responses': { tools: [{ type: 'web_search', user_location: { type: 'approximate', ...place } }] },
  'openai-chat': { web_search_options: { user_location: { type: 'approximate', approximate: place } } },
}
const asks = ({ from }: Pair): JsonObject => ({ ...question(from), ...asking[from.id] })

const call: JsonObject = {
  type: 'web_search_call',
  id: 'ws_1',
  status: 'completed',
  action: { type: 'search', query: 'rain', sources: [{ type: 'url', url: 'https://e.example/' }] },
}
const use: JsonObject = {
  type: 'server_tool_use',
  id: 'srvtoolu_1',
  name: 'web_search',
  input: { query: 'rain' },
}
const result: JsonObject = {
  type: 'web_search_tool_result',
  tool_use_id: 'srvtoolu_1',
  content: [
    { type: 'web_search_result', title: 'Rain', url: 'https://e.example/', encrypted_content: 'QUJD' },
  ],
}

function upstream(pair: Pair, blocks: readonly JsonObject[]): Uint8Array {
  const events = blocks.map(
    (value, index): IrEvent => ({
      type: 'opaque',
      index,
      part: { type: 'opaque', protocol: pair.to.id, value },
    }),
  )
  const index = blocks.length
  return spoken(pair.to, [
    { type: 'start' },
    ...events,
    { type: 'text-start', index },
    { type: 'text-delta', index, text: 'It rains.' },
    { type: 'text-end', index },
    { type: 'finish', reason: 'stop' },
  ])
}

function answered(pair: Pair, body: JsonObject, blocks: readonly JsonObject[]) {
  const stream = translateStream(answering(crossed(pair, body)))
  return [...stream.push(upstream(pair, blocks)), ...stream.end()]
}

describe('a web search', () => {
  const placing = pairs.filter(({ from, to }) => from !== to && from.id !== 'gemini' && to.id !== 'gemini')
  it.each(pairs.filter(({ from, to }) => from.id !== 'gemini' && to.id === 'gemini'))(
    '$pair: is asked for, and the place that Google is not told is noted',
    (pair) => {
      const { wire, notes } = crossed(pair, asks(pair))
      expect(wire.body['tools']).toEqual([{ googleSearch: {} }])
      expect(notes.map(({ path }) => path)).toContain('tools[0].user_location')
    },
  )

  it.each(placing)('$pair: is asked for where the user is', (pair) => {
    const { wire } = crossed(pair, asks(pair), { dialect: { webSearchOptions: true } })
    const sent = JSON.stringify(wire.body)
    expect(sent).toContain('"city":"Köln"')
    expect(sent).toContain('"country":"DE"')
  })

  it('of Responses is one of Messages for an agent that has asked for it', () => {
    const events = answered(claude, asks(claude), [call])
    const starts = events.map((event) => parseJson(event.data)).filter(isObject)
    const blocks = starts.flatMap((event) =>
      isObject(event['content_block']) ? [event['content_block']] : [],
    )
    expect(blocks).toMatchObject([
      { type: 'server_tool_use', name: 'web_search' },
      { type: 'web_search_tool_result', content: [{ type: 'web_search_result', url: 'https://e.example/' }] },
      { type: 'text' },
    ])
    expect(blocks[0]?.['id']).toBe(blocks[1]?.['tool_use_id'])
    expect(events.map(formatSse).join('')).toContain('\\"query\\":\\"rain\\"')
  })

  it('of Responses tells Anthropic nothing that it could not read, when its agent is relayed later', () => {
    const body = nextBody(claude.from.id, asks(claude), answered(claude, asks(claude), [call]))
    const bytes = stripEnvelopes('anthropic-messages', Buffer.from(JSON.stringify(body)))
    const relayed = parseJson(Buffer.from(bytes).toString())
    expect(JSON.stringify(relayed)).not.toContain('axonhub')
    const blocks = isObject(relayed)
      ? objects(relayed, 'messages').flatMap((one) => objects(one, 'content'))
      : []
    expect(blocks).toMatchObject([
      { type: 'server_tool_use' },
      { type: 'web_search_tool_result', content: [] },
      { type: 'text' },
    ])
  })

  it('of Messages is one of Responses, and goes back to its maker once and as it was', () => {
    const events = answered(codex, asks(codex), [use, result])
    const next = nextBody(codex.from.id, asks(codex), events)
    const items = objects(next, 'input').map((item) => item['type'])
    expect(items).toEqual(['message', 'reasoning', 'web_search_call', 'reasoning', 'message'])
    const body = { ...next, input: [...list(next, 'input'), { role: 'user', content: 'Go on.' }] }
    const assistant = objects(crossed(codex, body).wire.body, 'messages')[1]
    expect(assistant?.['content']).toEqual([use, result, { type: 'text', text: 'It rains.' }])
    const chat = JSON.stringify(crossed(pairOf('openai-responses', 'openai-chat'), body).wire.body)
    expect(chat.match(/\brain\b/g)).toHaveLength(1)
    expect(chat).toContain('https://e.example/')
  })
})
