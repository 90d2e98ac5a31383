// What agents send and providers answer, prebuilt: requests of a chosen size and answers of a chosen number of events, in
// each of the three protocols. The same words in all of them, so that a converted answer can be checked by its text.

import { createHash } from 'node:crypto'

export const PROTOCOLS = ['anthropic-messages', 'openai-responses', 'openai-chat']

export const PATHS = {
  'anthropic-messages': '/v1/messages',
  'openai-responses': '/v1/responses',
  'openai-chat': '/v1/chat/completions',
}

/** A number of fixed width at the end of each request, so that no two are the same. */
export const SERIAL = '000000000000'
const SERIAL_MARK = 'Request number '

const WORDS =
  'the parser reads a line and keeps its place when the file ends early so the caller can go on without a second pass'.split(
    ' ',
  )

/** About `bytes` of words, different for each seed. */
function prose(bytes, seed) {
  const words = []
  for (let size = 0, at = seed * 7; size < bytes; at += 1 + (seed % 5)) {
    const word = WORDS[at % WORDS.length]
    words.push(word)
    size += word.length + 1
  }
  return words.join(' ')
}

const TOOLS = 18

function schema(index) {
  return {
    type: 'object',
    properties: {
      path: { type: 'string', description: prose(180, index) },
      pattern: { type: 'string', description: prose(160, index + 1) },
      limit: { type: 'integer', minimum: 1, description: prose(80, index + 2) },
      mode: { type: 'string', enum: ['content', 'files', 'count'] },
    },
    required: ['path'],
    additionalProperties: false,
  }
}

const toolName = (index) => `tool_${index}`
const toolWords = (index) => prose(420, index + 3)
const newest = (filler) => `${prose(300, 1)} ${'x'.repeat(filler)} ${SERIAL_MARK}${SERIAL}`

/** A conversation of rounds (question, call, result, words); as many as fill `bytes`. */
function rounds(bytes) {
  const count = Math.max(0, Math.round(bytes / 3300))
  return Array.from({ length: count }, (_, index) => ({
    id: `call_${String(index).padStart(6, '0')}`,
    ask: prose(500, index),
    name: toolName(index % TOOLS),
    argument: { path: `src/part-${index}.ts`, pattern: prose(60, index) },
    result: `${prose(900, index + 1)}\n${prose(900, index + 2)}`,
    words: prose(420, index + 4),
  }))
}

const BUILD = {
  'anthropic-messages': ({ model, stream, turns, tools, system, filler }) => ({
    model,
    max_tokens: 32000,
    stream,
    system: [
      { type: 'text', text: 'You are a coding agent.' },
      { type: 'text', text: system, cache_control: { type: 'ephemeral' } },
    ],
    ...(tools
      ? {
          tools: list(TOOLS, (at) => ({
            name: toolName(at),
            description: toolWords(at),
            input_schema: schema(at),
          })),
        }
      : {}),
    messages: [
      ...turns.flatMap((turn) => [
        { role: 'user', content: [{ type: 'text', text: turn.ask }] },
        {
          role: 'assistant',
          content: [
            { type: 'text', text: turn.words },
            { type: 'tool_use', id: turn.id, name: turn.name, input: turn.argument },
          ],
        },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: turn.id, content: turn.result }] },
        { role: 'assistant', content: [{ type: 'text', text: turn.words }] },
      ]),
      { role: 'user', content: [{ type: 'text', text: newest(filler) }] },
    ],
  }),
  'openai-responses': ({ model, stream, turns, tools, system, filler }) => ({
    model,
    stream,
    store: false,
    instructions: system,
    ...(tools
      ? {
          tools: list(TOOLS, (at) => ({
            type: 'function',
            name: toolName(at),
            description: toolWords(at),
            strict: false,
            parameters: schema(at),
          })),
        }
      : {}),
    input: [
      ...turns.flatMap((turn) => [
        { type: 'message', role: 'user', content: [{ type: 'input_text', text: turn.ask }] },
        { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: turn.words }] },
        {
          type: 'function_call',
          call_id: turn.id,
          name: turn.name,
          arguments: JSON.stringify(turn.argument),
        },
        { type: 'function_call_output', call_id: turn.id, output: turn.result },
        { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: turn.words }] },
      ]),
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: newest(filler) }] },
    ],
  }),
  'openai-chat': ({ model, stream, turns, tools, system, filler }) => ({
    model,
    stream,
    ...(stream ? { stream_options: { include_usage: true } } : {}),
    ...(tools
      ? {
          tools: list(TOOLS, (at) => ({
            type: 'function',
            function: { name: toolName(at), description: toolWords(at), parameters: schema(at) },
          })),
        }
      : {}),
    messages: [
      { role: 'system', content: system },
      ...turns.flatMap((turn) => [
        { role: 'user', content: turn.ask },
        {
          role: 'assistant',
          content: turn.words,
          tool_calls: [
            {
              id: turn.id,
              type: 'function',
              function: { name: turn.name, arguments: JSON.stringify(turn.argument) },
            },
          ],
        },
        { role: 'tool', tool_call_id: turn.id, content: turn.result },
        { role: 'assistant', content: turn.words },
      ]),
      { role: 'user', content: newest(filler) },
    ],
  }),
}

function list(length, make) {
  return Array.from({ length }, (_, index) => make(index))
}

/**
 * The bytes of a request, about `bytes` long, and where its number stands. `bytes` under 4000: no tools, no history.
 * `filler`: so many more letters in the newest message, for what shall never be the same twice.
 */
export function requestBody({ protocol, model, stream, bytes, filler = 0 }) {
  const small = bytes < 4000
  const system = prose(small ? 40 : 9000, 2)
  const base = small ? 0 : 38_000
  const build = { model, stream, tools: !small, system, turns: small ? [] : rounds(bytes - base), filler }
  const body = Buffer.from(JSON.stringify(BUILD[protocol](build)), 'utf8')
  const mark = body.lastIndexOf(SERIAL_MARK)
  return { body, serialAt: mark + SERIAL_MARK.length, fillerAt: mark - 1 - filler }
}

/** The headers by which the hub knows the agent of a protocol. */
export function agentHeaders(protocol, session) {
  switch (protocol) {
    case 'anthropic-messages':
      return {
        'user-agent': 'claude-cli/2.1.328 (external, cli)',
        'anthropic-version': '2023-06-01',
        'anthropic-beta': 'claude-code-20250219,interleaved-thinking-2025-05-14',
        'x-claude-code-session-id': session,
        'x-app': 'cli',
        'x-stainless-lang': 'js',
        'x-stainless-runtime': 'node',
        accept: 'application/json',
      }
    case 'openai-responses':
      return {
        'user-agent': 'codex_exec/0.169.0 (Linux; x86_64)',
        originator: 'codex_exec',
        'session-id': session,
        accept: 'text/event-stream',
      }
    default:
      return { 'user-agent': 'bench/1', 'ah-trace-id': session, accept: '*/*' }
  }
}

const USAGE = { input: 12_000, cached: 9000 }

function words(count) {
  return list(count, (index) => `${WORDS[(index * 3) % WORDS.length]} `)
}

const named = (type, data) => `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`
const bare = (data) => `data: ${JSON.stringify(data)}\n\n`

/** The wire events of an answer: opening ones, one for each piece of text, closing ones. `text` writes a piece's event. */
export const EVENTS = {
  'anthropic-messages': {
    open: (model) => [
      named('message_start', {
        message: {
          id: 'msg_01bench',
          type: 'message',
          role: 'assistant',
          model,
          content: [],
          stop_reason: null,
          stop_sequence: null,
          usage: {
            input_tokens: USAGE.input - USAGE.cached,
            cache_read_input_tokens: USAGE.cached,
            output_tokens: 1,
          },
        },
      }),
      named('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
    ],
    text: (piece) => named('content_block_delta', { index: 0, delta: { type: 'text_delta', text: piece } }),
    close: (_model, _text, count) => [
      named('content_block_stop', { index: 0 }),
      named('message_delta', {
        delta: { stop_reason: 'end_turn', stop_sequence: null },
        usage: { output_tokens: count },
      }),
      named('message_stop', {}),
    ],
  },
  'openai-responses': {
    open: (model) => [
      named('response.created', { sequence_number: 0, response: responsesObject(model, 'in_progress') }),
      named('response.output_item.added', {
        sequence_number: 1,
        output_index: 0,
        item: { id: 'msg_1', type: 'message', status: 'in_progress', role: 'assistant', content: [] },
      }),
      named('response.content_part.added', {
        sequence_number: 2,
        item_id: 'msg_1',
        output_index: 0,
        content_index: 0,
        part: { type: 'output_text', text: '', annotations: [] },
      }),
    ],
    text: (piece) =>
      named('response.output_text.delta', {
        sequence_number: 3,
        item_id: 'msg_1',
        output_index: 0,
        content_index: 0,
        delta: piece,
      }),
    close: (model, text, count) => {
      const part = { type: 'output_text', text, annotations: [] }
      const item = { id: 'msg_1', type: 'message', status: 'completed', role: 'assistant', content: [part] }
      const place = { item_id: 'msg_1', output_index: 0, content_index: 0 }
      return [
        named('response.output_text.done', { sequence_number: 4, ...place, text }),
        named('response.content_part.done', { sequence_number: 5, ...place, part }),
        named('response.output_item.done', { sequence_number: 6, output_index: 0, item }),
        named('response.completed', {
          sequence_number: 7,
          response: { ...responsesObject(model, 'completed'), output: [item], usage: responsesUsage(count) },
        }),
      ]
    },
  },
  'openai-chat': {
    open: (model) => [bare(chatChunk(model, { role: 'assistant', content: '' }))],
    text: (piece, model) => bare(chatChunk(model, { content: piece })),
    close: (model, _text, count) => [
      bare(chatChunk(model, {}, 'stop')),
      bare({ ...chatChunk(model, {}), choices: [], usage: chatUsage(count) }),
      'data: [DONE]\n\n',
    ],
  },
}

function chatUsage(count) {
  return {
    prompt_tokens: USAGE.input,
    completion_tokens: count,
    total_tokens: USAGE.input + count,
    prompt_tokens_details: { cached_tokens: USAGE.cached },
  }
}

function chatChunk(model, delta, reason = null) {
  const choices = [{ index: 0, delta, finish_reason: reason }]
  return { id: 'chatcmpl-bench', object: 'chat.completion.chunk', created: 1_760_000_000, model, choices }
}

function responsesUsage(count) {
  return {
    input_tokens: USAGE.input,
    input_tokens_details: { cached_tokens: USAGE.cached },
    output_tokens: count,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: USAGE.input + count,
  }
}

function responsesObject(model, status) {
  return { id: 'resp_bench', object: 'response', created_at: 1_760_000_000, status, model, output: [] }
}

/** A streamed answer: its events as they go out, one string each. */
export function streamEvents(protocol, model, count) {
  const { open, text, close } = EVENTS[protocol]
  const pieces = words(count)
  return [
    ...open(model),
    ...pieces.map((piece) => text(piece, model)),
    ...close(model, pieces.join(''), count),
  ]
}

/** A whole answer with the same words. */
export function jsonAnswer(protocol, model, count) {
  const text = answerText(count)
  switch (protocol) {
    case 'anthropic-messages':
      return {
        id: 'msg_01bench',
        type: 'message',
        role: 'assistant',
        model,
        content: [{ type: 'text', text }],
        stop_reason: 'end_turn',
        stop_sequence: null,
        usage: { input_tokens: USAGE.input, output_tokens: count },
      }
    case 'openai-responses': {
      const content = [{ type: 'output_text', text, annotations: [] }]
      const item = { id: 'msg_1', type: 'message', status: 'completed', role: 'assistant', content }
      return { ...responsesObject(model, 'completed'), output: [item], usage: responsesUsage(count) }
    }
    default: {
      const message = { role: 'assistant', content: text }
      const choices = [{ index: 0, message, finish_reason: 'stop' }]
      return { ...chatChunk(model, {}), object: 'chat.completion', choices, usage: chatUsage(count) }
    }
  }
}

/** All words of an answer of so many pieces. */
export function answerText(count) {
  return words(count).join('')
}

export function digest(bytes) {
  return createHash('sha1').update(bytes).digest('hex')
}
