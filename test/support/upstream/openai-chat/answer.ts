// Answers as chat completion APIs stream them: a role chunk, deltas, a finish chunk, usage when asked, [DONE].

import { compact, flag, type JsonObject, object, text } from '../../../../src/base/json.js'
import type { SseEvent } from '../../../../src/protocol/sse/event.js'
import { piecesOf } from '../pieces.js'
import type { Answer, AnswerContext } from '../provider.js'
import type { ToolCall } from '../script.js'
import type { ChatFlavour } from './flavour.js'

export function streamChat(answer: Answer, context: AnswerContext, flavour: ChatFlavour): SseEvent[] {
  const head: JsonObject = {
    id: context.sealer.id('chatcmpl-', 29),
    object: 'chat.completion.chunk',
    created: context.now,
    model: text(context.body, 'model') ?? '',
    service_tier: 'default',
    system_fingerprint: 'fp_scripted',
  }
  const withUsage = flag(object(context.body, 'stream_options') ?? {}, 'include_usage') === true
  const chunk = (delta: JsonObject, finish: string | null = null): SseEvent => ({
    data: JSON.stringify(
      compact({
        ...head,
        choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
        usage: withUsage ? null : undefined,
      }),
    ),
  })
  return [
    chunk({ role: 'assistant', content: flavour.name === 'deepseek' ? null : '', refusal: null }),
    ...reasoningDeltas(answer, context, flavour).map((delta) => chunk(delta)),
    ...piecesOf(answer.text ?? '').map((content) => chunk({ content })),
    ...answer.calls.flatMap((call, index) => callDeltas(call, index, context)).map((delta) => chunk(delta)),
    chunk({}, answer.calls.length > 0 ? 'tool_calls' : 'stop'),
    ...(withUsage
      ? [{ data: JSON.stringify({ ...head, choices: [], usage: usageOf(context, flavour) }) }]
      : []),
    { data: '[DONE]' },
  ]
}

function reasoningDeltas(answer: Answer, context: AnswerContext, flavour: ChatFlavour): JsonObject[] {
  return piecesOf(reasoningOf(answer, context, flavour)).map((piece) => ({ reasoning_content: piece }))
}

function reasoningOf(answer: Answer, context: AnswerContext, flavour: ChatFlavour): string {
  const off = text(object(context.body, 'thinking') ?? {}, 'type') === 'disabled'
  return flavour.reasoning === 'hidden' || off ? '' : (answer.thinking ?? '')
}

/** The id and the name come once, with the first piece; the arguments follow in pieces. */
function callDeltas(call: ToolCall, index: number, context: AnswerContext): JsonObject[] {
  const whole = callOf(call, context)
  const kind = call.kind
  const key = kind === 'custom' ? 'input' : 'arguments'
  const called = object(whole, kind) ?? {}
  return [
    { tool_calls: [{ ...whole, index, [kind]: { ...called, [key]: '' } }] },
    ...piecesOf(text(called, key) ?? '').map((piece) => ({
      tool_calls: [{ index, [kind]: { [key]: piece } }],
    })),
  ]
}

function callOf(call: ToolCall, context: AnswerContext): JsonObject {
  const id = context.sealer.id('call_', 24)
  return call.kind === 'custom'
    ? { id, type: 'custom', custom: { name: call.name, input: call.input } }
    : { id, type: 'function', function: { name: call.name, arguments: JSON.stringify(call.input) } }
}

export function wholeChat(answer: Answer, context: AnswerContext, flavour: ChatFlavour): JsonObject {
  const reasoning = reasoningOf(answer, context, flavour)
  return {
    id: context.sealer.id('chatcmpl-', 29),
    object: 'chat.completion',
    created: context.now,
    model: text(context.body, 'model') ?? '',
    choices: [
      {
        index: 0,
        message: compact({
          role: 'assistant',
          content: answer.text ?? null,
          reasoning_content: reasoning === '' ? undefined : reasoning,
          tool_calls:
            answer.calls.length === 0 ? undefined : answer.calls.map((call) => callOf(call, context)),
        }),
        logprobs: null,
        finish_reason: answer.calls.length > 0 ? 'tool_calls' : 'stop',
      },
    ],
    usage: usageOf(context, flavour),
    system_fingerprint: 'fp_scripted',
  }
}

function usageOf({ tokens }: AnswerContext, flavour: ChatFlavour): JsonObject {
  return compact({
    prompt_tokens: tokens.input,
    completion_tokens: tokens.output,
    total_tokens: tokens.input + tokens.output,
    prompt_tokens_details: { cached_tokens: tokens.cached },
    completion_tokens_details: { reasoning_tokens: tokens.thinking },
    prompt_cache_hit_tokens: flavour.name === 'deepseek' ? tokens.cached : undefined,
    prompt_cache_miss_tokens: flavour.name === 'deepseek' ? tokens.input - tokens.cached : undefined,
  })
}
