// Two answers to the same request, as far as a person compares them: what was said, what was called, what it took.
import type { IrPart } from '../protocol/ir/part.js'
import { answerOf, requestOf } from '../protocol/read-bodies.js'
import type { RecordedUsage } from '../store/record.js'
import type { Outcome, RequestView } from '../store/views.js'

export type CalledTool = {
  readonly name: string
  /** JSON text, or the free text of a tool that takes such. */
  readonly arguments: string
}

export type AnswerSide = {
  readonly request: string
  readonly trace: string
  /** Who answered; null when nobody did. */
  readonly channel: string | null
  readonly model: string | null
  readonly mode: 'relay' | 'convert' | null
  readonly outcome: Outcome
  readonly status: number | null
  readonly error: string | null
  readonly text: string
  /** What the model told of its thinking. */
  readonly reasoning: string
  readonly toolCalls: readonly CalledTool[]
  readonly stopReason: string | null
  readonly usage: RecordedUsage | null
  /** US dollars; null without a known price. */
  readonly cost: number | null
  readonly firstTokenMs: number | null
  readonly durationMs: number | null
  /** False when its body was not kept, so that text and calls are not known. */
  readonly known: boolean
}

/** `asked` and `answered`: the bodies as the agent sent and got them; '' when one is not kept. */
export function answerSide(view: RequestView, asked: string, answered: string): AnswerSide {
  const parts = answerOf(requestOf(view.protocol, asked), view.protocol, answered)
  return {
    request: view.id,
    trace: view.traceId,
    channel: view.channel,
    model: view.modelUsed,
    mode: view.mode,
    outcome: view.outcome,
    status: view.status,
    error: view.errorText,
    text: textOf(parts, 'text'),
    reasoning: textOf(parts, 'reasoning'),
    toolCalls: parts.flatMap(toolCall),
    stopReason: view.stopReason,
    usage: view.usage,
    cost: view.cost,
    firstTokenMs: view.firstTokenMs,
    durationMs: view.durationMs,
    known: answered !== '',
  }
}

function textOf(parts: readonly IrPart[], type: 'text' | 'reasoning'): string {
  return parts.flatMap((part) => (part.type === type ? [part.text] : [])).join('\n')
}

function toolCall(part: IrPart): CalledTool[] {
  if (part.type !== 'tool-call') return []
  const name = part.namespace === undefined ? part.name : `${part.namespace}.${part.name}`
  return [{ name, arguments: part.input }]
}
