// Answers as the OpenAI Responses API streams them: every item with added, delta and done events, numbered.

import { compact, type JsonObject, list, object, text } from '../../../../src/base/json.js'
import type { SseEvent } from '../../../../src/protocol/sse/event.js'
import { piecesOf } from '../pieces.js'
import type { Answer, AnswerContext } from '../provider.js'

type Emit = (type: string, members: JsonObject) => SseEvent

export function streamResponses(answer: Answer, context: AnswerContext): SseEvent[] {
  const response = wholeResponses(answer, context)
  let sequence = 0
  const emit: Emit = (type, members) => {
    const event = { event: type, data: JSON.stringify({ type, sequence_number: sequence, ...members }) }
    sequence += 1
    return event
  }
  const begun: JsonObject = { ...response, status: 'in_progress', output: [], usage: null }
  const items = list(response, 'output').flatMap((item) =>
    typeof item === 'object' && item !== null && !Array.isArray(item) ? [item] : [],
  )
  return [
    emit('response.created', { response: begun }),
    emit('response.in_progress', { response: begun }),
    ...items.flatMap((item, index) => itemEvents(item, index, emit)),
    emit('response.completed', { response }),
  ]
}

function itemEvents(item: JsonObject, index: number, emit: Emit): SseEvent[] {
  const at = { item_id: item['id'] ?? '', output_index: index }
  const added = (empty: JsonObject) =>
    emit('response.output_item.added', { output_index: index, item: { ...item, ...empty } })
  const done = () => emit('response.output_item.done', { output_index: index, item })
  switch (text(item, 'type')) {
    case 'reasoning':
      return [added({ summary: [], encrypted_content: '' }), ...summaryEvents(item, at, emit), done()]
    case 'message':
      return [added({ status: 'in_progress', content: [] }), ...textEvents(item, at, emit), done()]
    case 'custom_tool_call': {
      const input = text(item, 'input') ?? ''
      return [
        added({ status: 'in_progress', input: '' }),
        ...piecesOf(input).map((delta) => emit('response.custom_tool_call_input.delta', { ...at, delta })),
        emit('response.custom_tool_call_input.done', { ...at, input }),
        done(),
      ]
    }
    default: {
      const input = text(item, 'arguments') ?? ''
      return [
        added({ status: 'in_progress', arguments: '' }),
        ...piecesOf(input).map((delta) => emit('response.function_call_arguments.delta', { ...at, delta })),
        emit('response.function_call_arguments.done', { ...at, arguments: input }),
        done(),
      ]
    }
  }
}

function summaryEvents(item: JsonObject, at: JsonObject, emit: Emit): SseEvent[] {
  return list(item, 'summary').flatMap((_, index) => {
    const part = object({ part: list(item, 'summary')[index] ?? null }, 'part') ?? {}
    const said = text(part, 'text') ?? ''
    const place = { ...at, summary_index: index }
    return [
      emit('response.reasoning_summary_part.added', { ...place, part: { type: 'summary_text', text: '' } }),
      ...piecesOf(said).map((delta) => emit('response.reasoning_summary_text.delta', { ...place, delta })),
      emit('response.reasoning_summary_text.done', { ...place, text: said }),
      emit('response.reasoning_summary_part.done', { ...place, part }),
    ]
  })
}

function textEvents(item: JsonObject, at: JsonObject, emit: Emit): SseEvent[] {
  const part = object({ part: list(item, 'content')[0] ?? null }, 'part') ?? {}
  const said = text(part, 'text') ?? ''
  const place = { ...at, content_index: 0 }
  return [
    emit('response.content_part.added', { ...place, part: { ...part, text: '' } }),
    ...piecesOf(said).map((delta) => emit('response.output_text.delta', { ...place, delta, logprobs: [] })),
    emit('response.output_text.done', { ...place, text: said, logprobs: [] }),
    emit('response.content_part.done', { ...place, part }),
  ]
}

export function wholeResponses(answer: Answer, context: AnswerContext): JsonObject {
  const { body, sealer, tokens } = context
  return compact({
    id: sealer.id('resp_', 48),
    object: 'response',
    created_at: context.now,
    status: 'completed',
    background: false,
    error: null,
    incomplete_details: null,
    instructions: body['instructions'] ?? null,
    model: text(body, 'model') ?? '',
    output: outputOf(answer, context),
    parallel_tool_calls: true,
    previous_response_id: null,
    reasoning: body['reasoning'] ?? { effort: 'medium', summary: null },
    store: body['store'] ?? true,
    temperature: 1,
    text: body['text'] ?? { format: { type: 'text' }, verbosity: 'medium' },
    tool_choice: body['tool_choice'] ?? 'auto',
    tools: body['tools'] ?? [],
    top_p: 1,
    truncation: 'disabled',
    usage: {
      input_tokens: tokens.input,
      input_tokens_details: { cached_tokens: tokens.cached },
      output_tokens: tokens.output,
      output_tokens_details: { reasoning_tokens: tokens.thinking },
      total_tokens: tokens.input + tokens.output,
    },
  })
}

function outputOf(answer: Answer, context: AnswerContext): JsonObject[] {
  const { sealer } = context
  return [
    ...(answer.thinking === undefined ? [] : [reasoningItem(answer.thinking, context)]),
    ...(answer.text === undefined
      ? []
      : [
          {
            type: 'message',
            id: sealer.id('msg_', 48),
            status: 'completed',
            role: 'assistant',
            content: [{ type: 'output_text', text: answer.text, annotations: [], logprobs: [] }],
          },
        ]),
    ...answer.calls.map((call) =>
      call.kind === 'custom'
        ? {
            type: 'custom_tool_call',
            id: sealer.id('ctc_', 48),
            status: 'completed',
            call_id: sealer.id('call_', 24),
            name: call.name,
            input: call.input,
          }
        : {
            type: 'function_call',
            id: sealer.id('fc_', 48),
            status: 'completed',
            call_id: sealer.id('call_', 24),
            name: call.name,
            arguments: JSON.stringify(call.input),
          },
    ),
  ]
}

/** The summary is told only when it is asked for; the sealed content only when `include` asks for it. */
function reasoningItem(thinking: string, context: AnswerContext): JsonObject {
  const id = context.sealer.id('rs_', 48)
  const summary = text(object(context.body, 'reasoning') ?? {}, 'summary')
  const sealed = list(context.body, 'include').includes('reasoning.encrypted_content')
  return compact({
    type: 'reasoning',
    id,
    summary: summary === undefined ? [] : [{ type: 'summary_text', text: thinking }],
    encrypted_content: sealed ? context.sealer.seal(`${id}\n${thinking}`, 'base64url') : undefined,
  })
}
