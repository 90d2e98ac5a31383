// Text and tools: does an answer stream, are tools called with arguments that can be read, and several at once?

import { isObject, parseJson, text } from '../../base/json.js'
import type { ToolCallPart } from '../../protocol/ir/part.js'
import type { IrResponse } from '../../protocol/ir/response.js'
import { ask } from './ask.js'
import { type Finding, finding } from './finding.js'
import { PARALLEL_COMMANDS, parallelQuestion, textQuestion, toolQuestion } from './questions.js'
import type { Session } from './session.js'

export function textOf(response: IrResponse): string {
  return response.parts
    .map((part) => (part.type === 'text' ? part.text : ''))
    .join('')
    .trim()
}

export function callsOf(response: IrResponse): ToolCallPart[] {
  return response.parts.filter((part): part is ToolCallPart => part.type === 'tool-call')
}

/** What was said instead of a call. */
export function instead(response: IrResponse): string {
  const words = textOf(response)
  if (response.finish.reason === 'length') return 'it ran out of room first'
  return words === '' ? 'it said nothing' : `it said “${words.slice(0, 40)}${words.length > 40 ? '…' : ''}”`
}

function seconds(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`
}

/** `firstMs` is how long the first word took: what later answers are measured against. */
export async function checkText(
  session: Session,
): Promise<{ readonly finding: Finding; readonly firstMs: number }> {
  const { response, textPieces, firstMs, tookMs } = await ask(session, textQuestion(session.way))
  const words = textOf(response)
  if (words === '') {
    return { finding: finding('text', 'no', `no text came: ${instead(response)}`), firstMs }
  }
  if (textPieces < 2) {
    return { finding: finding('text', 'no', `text came in one piece after ${seconds(tookMs)}`), firstMs }
  }
  const detail = `streamed in ${textPieces} pieces, the first after ${seconds(firstMs)}`
  return { finding: finding('text', 'yes', detail), firstMs }
}

type Judged = { readonly ok: boolean; readonly detail: string }

function judgeCall(call: ToolCallPart, key: string): Judged {
  const value = parseJson(call.input)
  if (value === undefined) return { ok: false, detail: 'the arguments are no valid JSON' }
  if (!isObject(value)) return { ok: false, detail: 'the arguments are no JSON object' }
  const command = text(value, key)
  if (command === undefined) return { ok: false, detail: `the argument "${key}" is missing` }
  return { ok: true, detail: 'called with valid JSON arguments' }
}

export async function checkTools(session: Session): Promise<Finding[]> {
  const { shell } = session.way.agent
  const { response, inputPieces } = await ask(session, toolQuestion(session.way))
  const [call] = callsOf(response)
  if (call === undefined) {
    return [
      finding('tools', 'no', `the tool was not called: ${instead(response)}`),
      finding('tool-streaming', 'unknown', 'no tool was called'),
    ]
  }
  const { ok, detail } = judgeCall(call, shell.key)
  const named = call.name === shell.tool.name
  return [
    finding('tools', ok && named ? 'yes' : 'no', named ? detail : `it called a tool that was not offered`),
    inputPieces > 1
      ? finding('tool-streaming', 'yes', `the arguments streamed in ${inputPieces} pieces`)
      : finding('tool-streaming', 'no', 'the arguments come whole, not in pieces'),
  ]
}

export async function checkParallel(session: Session): Promise<Finding> {
  const { key } = session.way.agent.shell
  const { response } = await ask(session, parallelQuestion(session.way))
  const calls = callsOf(response)
  if (calls.length === 0) return finding('parallel-tools', 'no', `no tool was called: ${instead(response)}`)
  if (calls.length === 1) return finding('parallel-tools', 'no', 'one call at a time')
  const wrong = calls.map((call) => judgeCall(call, key)).find((judged) => !judged.ok)
  if (wrong !== undefined) return finding('parallel-tools', 'no', wrong.detail)
  if (new Set(calls.map((call) => call.id)).size < calls.length)
    return finding('parallel-tools', 'no', 'the calls of one answer have the same id')
  const mixed = PARALLEL_COMMANDS.filter((command) => !calls.some((call) => call.input.includes(command)))
  return mixed.length > 0
    ? finding('parallel-tools', 'no', `${calls.length} calls, but the arguments are mixed up`)
    : finding('parallel-tools', 'yes', `${calls.length} calls in one answer`)
}
