// Answers as the Anthropic API streams them: thinking with its signature, text, tool input in pieces of JSON,
// usage at the start and at the end.

import { compact, type JsonObject, object, text } from '../../../../src/base/json.js'
import type { SseEvent } from '../../../../src/protocol/sse/event.js'
import { piecesOf } from '../pieces.js'
import type { Answer, AnswerContext } from '../provider.js'

function event(type: string, members: JsonObject): SseEvent {
  return { event: type, data: JSON.stringify({ type, ...members }) }
}

export function streamAnthropic(answer: Answer, context: AnswerContext): SseEvent[] {
  const message = wholeAnthropic(answer, context)
  const blocks = blocksOf(answer, context)
  const usage = object(message, 'usage') ?? {}
  return [
    event('message_start', {
      message: {
        ...message,
        content: [],
        stop_reason: null,
        usage: { ...usage, output_tokens: 1 },
      },
    }),
    event('ping', {}),
    ...blocks.flatMap(blockEvents),
    event('message_delta', {
      delta: { stop_reason: message['stop_reason'] ?? null, stop_sequence: null },
      usage,
    }),
    event('message_stop', {}),
  ]
}

function blockEvents(block: JsonObject, index: number): SseEvent[] {
  const delta = (members: JsonObject) => event('content_block_delta', { index, delta: members })
  switch (text(block, 'type')) {
    case 'thinking':
      return [
        event('content_block_start', {
          index,
          content_block: { type: 'thinking', thinking: '', signature: '' },
        }),
        ...piecesOf(text(block, 'thinking') ?? '').map((piece) =>
          delta({ type: 'thinking_delta', thinking: piece }),
        ),
        delta({ type: 'signature_delta', signature: block['signature'] ?? '' }),
        event('content_block_stop', { index }),
      ]
    case 'tool_use':
      return [
        event('content_block_start', { index, content_block: { ...block, input: {} } }),
        delta({ type: 'input_json_delta', partial_json: '' }),
        ...piecesOf(JSON.stringify(block['input'])).map((piece) =>
          delta({ type: 'input_json_delta', partial_json: piece }),
        ),
        event('content_block_stop', { index }),
      ]
    default:
      return [
        event('content_block_start', { index, content_block: { type: 'text', text: '' } }),
        ...piecesOf(text(block, 'text') ?? '').map((piece) => delta({ type: 'text_delta', text: piece })),
        event('content_block_stop', { index }),
      ]
  }
}

export function wholeAnthropic(answer: Answer, context: AnswerContext): JsonObject {
  const { tokens } = context
  return {
    id: context.sealer.id('msg_01', 22),
    type: 'message',
    role: 'assistant',
    model: text(context.body, 'model') ?? '',
    content: blocksOf(answer, context),
    stop_reason: answer.calls.length > 0 ? 'tool_use' : 'end_turn',
    stop_sequence: null,
    usage: {
      input_tokens: tokens.input - tokens.cached,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: tokens.cached,
      cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
      output_tokens: tokens.output,
      service_tier: 'standard',
    },
  }
}

/** Thinking is told only when it is asked for; with display `omitted` its text stays sealed in the signature. */
function blocksOf(answer: Answer, context: AnswerContext): JsonObject[] {
  const thinking = object(context.body, 'thinking') ?? {}
  const type = text(thinking, 'type')
  const thinks = type === 'adaptive' || type === 'enabled'
  const said = answer.thinking ?? ''
  return [
    ...(thinks && said !== ''
      ? [
          {
            type: 'thinking',
            thinking: text(thinking, 'display') === 'omitted' ? '' : said,
            signature: context.sealer.seal(said, 'base64'),
          },
        ]
      : []),
    ...(answer.text === undefined ? [] : [{ type: 'text', text: answer.text }]),
    ...answer.calls.map((call) =>
      compact({
        type: 'tool_use',
        id: context.sealer.id('toolu_01', 22),
        name: call.name,
        input: call.kind === 'function' ? call.input : { input: call.input },
      }),
    ),
  ]
}
