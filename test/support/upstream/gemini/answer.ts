// Answers as Gemini streams them: thoughts and words in pieces, calls whole and without ids, a signature on the first call
// or behind the words, counters in every chunk.

import { type JsonObject, text } from '../../../../src/base/json.js'
import type { SseEvent } from '../../../../src/protocol/sse/event.js'
import { piecesOf } from '../pieces.js'
import type { Answer, AnswerContext } from '../provider.js'

export function streamGemini(answer: Answer, context: AnswerContext): SseEvent[] {
  const id = context.sealer.id('', 22)
  const parts = partsOf(answer, context, 7)
  return parts.map((part, at) => ({
    data: JSON.stringify(response([part], at === parts.length - 1, context, id)),
  }))
}

export function wholeGemini(answer: Answer, context: AnswerContext): JsonObject {
  const parts = partsOf(answer, context, Number.POSITIVE_INFINITY)
  return response(parts, true, context, context.sealer.id('', 22))
}

function partsOf(answer: Answer, { sealer }: AnswerContext, size: number): JsonObject[] {
  const signature = sealer.seal(answer.thinking ?? '', 'base64')
  const calls = answer.calls.map((call, at): JsonObject => {
    const args = call.kind === 'custom' ? { input: call.input } : call.input
    const signed = at === 0 ? { thoughtSignature: signature } : {}
    return { functionCall: { name: call.name, args }, ...signed }
  })
  return [
    ...piecesOf(answer.thinking ?? '', size).map((words) => ({ text: words, thought: true })),
    ...piecesOf(answer.text ?? '', size).map((words) => ({ text: words })),
    ...calls,
    ...(calls.length === 0 ? [{ text: '', thoughtSignature: signature }] : []),
  ]
}

function response(parts: JsonObject[], isLast: boolean, context: AnswerContext, id: string): JsonObject {
  const { input, cached, output, thinking } = context.tokens
  const said = output - thinking
  return {
    candidates: [
      { content: { parts, role: 'model' }, ...(isLast ? { finishReason: 'STOP' } : {}), index: 0 },
    ],
    usageMetadata: {
      promptTokenCount: input,
      cachedContentTokenCount: cached,
      candidatesTokenCount: said,
      thoughtsTokenCount: thinking,
      totalTokenCount: input + output,
    },
    modelVersion: text(context.body, 'model') ?? '',
    responseId: id,
  }
}
