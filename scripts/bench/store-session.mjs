// Sessions as agents have them: a captured request (AXONHUB_CAPTURES) or one of the same shape, which grows by a tool call and
// its result with each request. Tool results are lines of this program's own sources in an order of their own.

import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const SOURCES = join(import.meta.dirname, '..', '..', 'src')

function sourceLines() {
  const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  )
  return files.sort().flatMap((name) => readFileSync(join(SOURCES, name), 'utf8').split('\n'))
}

const LINES = sourceLines().filter((line) => line.length > 20)

/** Numbers that are the same each time for the same seed. */
export function dice(seed) {
  let state = (seed * 2_654_435_761 + 1) >>> 0
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state = (state ^ (state << 5)) >>> 0
    return state
  }
}

/** Lines of code, as a tool would print them. */
export function printed(next, bytes) {
  let text = ''
  while (text.length < bytes) text += `${text.length}\t${LINES[next() % LINES.length]}\n`
  return text.slice(0, bytes)
}

function captured() {
  const folder = process.env.AXONHUB_CAPTURES
  if (folder === undefined) return undefined
  const capture = JSON.parse(readFileSync(join(folder, 'claude-code', 'first-request-print.json'), 'utf8'))
  return capture.body ?? capture
}

function madeUp() {
  const next = dice(9)
  const tools = Array.from({ length: 24 }, (_, index) => ({
    name: `Tool${index}`,
    description: printed(next, 1_800),
    input_schema: { type: 'object', properties: { path: { type: 'string' }, limit: { type: 'number' } } },
  }))
  const system = [{ type: 'text', text: printed(next, 12_000), cache_control: { type: 'ephemeral' } }]
  return { model: 'claude-opus-4-8', messages: [], system, tools, max_tokens: 64_000, stream: true }
}

const FIRST = captured() ?? madeUp()

export const source = process.env.AXONHUB_CAPTURES === undefined ? 'a made-up request' : 'a captured request'

function withMark(message) {
  const content = message.content.map((part, index) =>
    index === message.content.length - 1 ? { ...part, cache_control: { type: 'ephemeral' } } : part,
  )
  return { ...message, content }
}

/** A screenshot, which is not the same twice and cannot be made smaller. */
function picture(bytes) {
  const data = randomBytes(bytes).toString('base64')
  return [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data } }]
}

/**
 * The requests of a session of `count` that ends with about `bytes` of context, each with the answer that it got. `turn`: after so
 * many requests the user says something new; `pictureEvery`: so often a tool gives a picture of `pictureBytes` instead of lines.
 */
export function* session(count, bytes, seed, { turn = count, pictureEvery = count, pictureBytes = 0 } = {}) {
  const next = dice(seed)
  const base = JSON.stringify(FIRST).length
  const share = Math.max(400, Math.floor((bytes - base) / count) - 700)
  const messages = [
    { role: 'user', content: [{ type: 'text', text: `Task ${seed}: ${printed(next, 400)}` }] },
  ]
  for (let number = 0; number < count; number += 1) {
    const marked = [...messages.slice(0, -1), withMark(messages.at(-1))]
    const id = `toolu_${seed}_${number}`
    const words = printed(next, 300)
    const input = { path: `/src/file-${next() % 500}.ts`, offset: number, limit: 200 }
    yield {
      body: Buffer.from(JSON.stringify({ ...FIRST, messages: marked })),
      answer: streamed(words, id, input),
    }
    messages.push({
      role: 'assistant',
      content: [
        { type: 'text', text: words },
        { type: 'tool_use', id, name: 'Read', input },
      ],
    })
    const isPicture = (number + 1) % pictureEvery === 0 && pictureBytes > 0
    const result = isPicture ? picture(pictureBytes) : printed(next, share)
    const asked = { type: 'text', text: `Now ${seed} ${number}: ${printed(next, 400)}` }
    messages.push({
      role: 'user',
      content: [
        { tool_use_id: id, type: 'tool_result', content: result },
        ...((number + 1) % turn === 0 ? [asked] : []),
      ],
    })
  }
}

/** The event stream of an answer: words, then a tool call. */
function streamed(words, id, input) {
  const event = (type, fields) => `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`
  const delta = (index, fields) => event('content_block_delta', { index, delta: fields })
  const texts = words.match(/[\s\S]{1,12}/g) ?? []
  return Buffer.from(
    [
      event('message_start', { message: { id: `msg_${id}`, role: 'assistant', content: [], usage: {} } }),
      event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
      ...texts.map((text) => delta(0, { type: 'text_delta', text })),
      event('content_block_stop', { index: 0 }),
      event('content_block_start', {
        index: 1,
        content_block: { type: 'tool_use', id, name: 'Read', input: {} },
      }),
      delta(1, { type: 'input_json_delta', partial_json: JSON.stringify(input) }),
      event('content_block_stop', { index: 1 }),
      event('message_stop', {}),
    ].join(''),
  )
}

/** What the recorder is told of a request. */
export function records({ id, trace, body, answer, startedAt, number = 0 }) {
  return [
    {
      type: 'request-started',
      requestId: id,
      traceId: trace,
      traceSource: 'claude-code',
      agent: 'claude-code',
      agentVersion: '2.1.197',
      purpose: 'turn',
      keyName: 'default',
      method: 'POST',
      path: '/anthropic/v1/messages',
      protocol: 'anthropic-messages',
      modelAsked: 'claude-opus-4-8',
      stream: true,
      startedAt,
      headers: { 'user-agent': 'claude-cli/2.1.197', 'anthropic-version': '2023-06-01' },
      ...(body === undefined ? { prompt: `Question ${trace}` } : { body }),
    },
    {
      type: 'attempt-finished',
      requestId: id,
      number: 1,
      channel: number % 3 === 0 ? 'deepseek' : 'claude',
      protocol: 'anthropic-messages',
      mode: 'relay',
      url: 'https://api.example.com/v1/messages',
      modelUsed: number % 3 === 0 ? 'deepseek-chat' : 'claude-opus-4-8',
      startedAt: startedAt + 2,
      durationMs: 900,
      firstByteMs: 200,
      outcome: 'completed',
      status: 200,
      upstreamRequestId: `req_${id}`,
      headers: { 'x-ratelimit-remaining-tokens': '90000' },
    },
    {
      type: 'request-finished',
      requestId: id,
      finishedAt: startedAt + 905,
      outcome: number % 50 === 49 ? 'failed' : 'completed',
      status: 200,
      channel: number % 3 === 0 ? 'deepseek' : 'claude',
      modelUsed: number % 3 === 0 ? 'deepseek-chat' : 'claude-opus-4-8',
      mode: 'relay',
      firstByteMs: 202,
      firstTokenMs: 230,
      durationMs: 905,
      usage: {
        inputFresh: 100,
        cacheRead: 9_000,
        cacheWrite5m: 2_000,
        cacheWrite1h: 0,
        output: 50,
        reasoning: 10,
      },
      stopReason: 'end_turn',
      notes: [],
      decision: ['rule 1 matches claude-*', 'channel claude'],
      ...(answer === undefined ? {} : { responseBody: answer }),
    },
  ]
}
