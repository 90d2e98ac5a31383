// messages[] → turns. Adjacent tool messages become one turn of results; the older `function` messages and
// `function_call`s become tool results and calls with ids made from their place.

import { HubError } from '../../base/errors.js'
import { isObject, type JsonObject, type JsonValue, text } from '../../base/json.js'
import { appendTurn, type GrowingTurn } from '../ir/growing-turns.js'
import type { IrPart, ToolCallPart, ToolKind, ToolResultPart } from '../ir/part.js'
import type { IrTurn } from '../ir/request.js'
import { cacheMark, decodeContent, isToolContent } from './content-decode.js'
import { decodeReasoning, REASONING_FIELDS } from './reasoning.js'
import { isList, isText, refuse, refuseValue, wantObject, wantOptional, wantText } from './refuse.js'
import { carried } from './wire.js'

const ROLES = ['system', 'developer', 'user', 'assistant', 'tool', 'function'] as const

/** What earlier messages said about the calls that later results answer. */
type Calls = {
  readonly kinds: Map<string, ToolKind>
  /** Ids made for calls of the older form that have no result yet, oldest first. */
  readonly unanswered: { readonly name: string; readonly id: string }[]
}

/** Throws HubError `invalid-request` with the place of the first message that has a wrong shape. */
export function decodeMessages(messages: JsonValue | undefined): IrTurn[] {
  if (messages === undefined || !isList(messages)) throw refuse('messages', 'a list of messages', messages)
  if (messages.length === 0)
    throw new HubError('invalid-request', "Invalid 'messages': the list is empty.", {
      param: 'messages',
      hint: 'Send at least one message.',
    })
  const calls: Calls = { kinds: new Map(), unanswered: [] }
  const turns: GrowingTurn[] = []
  messages.forEach((value, index) => {
    const param = `messages[${index}]`
    const turn = decodeMessage(wantObject(value, param), param, calls)
    appendTurn(turns, turn, turn.role === 'tool')
  })
  return turns
}

function decodeMessage(message: JsonObject, param: string, calls: Calls): IrTurn {
  const role = wantText(message, 'role', `${param}.role`)
  switch (role) {
    case 'system':
    case 'developer':
    case 'user':
      return {
        role,
        parts: decodeContent(message['content'], `${param}.content`),
        ...carried(message, ['role', 'content']),
      }
    case 'assistant':
      return decodeAssistant(message, param, calls)
    case 'tool':
      return { role: 'tool', parts: [decodeResult(message, param, calls)] }
    case 'function':
      return { role: 'tool', parts: [decodeFunctionResult(message, param, calls)] }
    default:
      throw refuseValue(`${param}.role`, role, ROLES)
  }
}

const ASSISTANT_FIELDS = [
  'role',
  'content',
  'refusal',
  'tool_calls',
  'function_call',
  'reasoning_details',
  ...REASONING_FIELDS,
]

function decodeAssistant(message: JsonObject, param: string, calls: Calls): IrTurn {
  const content = decodeContent(message['content'], `${param}.content`)
  const refusal = wantOptional(message, 'refusal', isText, 'a string', `${param}.refusal`)
  const toolCalls =
    wantOptional(message, 'tool_calls', isList, 'a list of calls', `${param}.tool_calls`) ?? []
  const parts: IrPart[] = [
    ...decodeReasoning(message),
    ...content.filter((part) => part.type !== 'text' || part.text !== ''),
    ...(refusal === undefined || refusal === ''
      ? []
      : [{ type: 'text', text: refusal, refusal: true } as const]),
    ...toolCalls.map((call, index) => decodeCall(call, `${param}.tool_calls[${index}]`, calls)),
    ...decodeFunctionCall(message, param, calls),
  ]
  return { role: 'assistant', parts, ...carried(message, ASSISTANT_FIELDS) }
}

function decodeCall(value: JsonValue, param: string, calls: Calls): ToolCallPart {
  const call = wantObject(value, param)
  const id = wantText(call, 'id', `${param}.id`)
  const custom = call['custom']
  if (call['type'] === 'custom' || (call['function'] === undefined && isObject(custom))) {
    const body = wantObject(custom, `${param}.custom`)
    calls.kinds.set(id, 'custom')
    return {
      type: 'tool-call',
      id,
      kind: 'custom',
      name: wantText(body, 'name', `${param}.custom.name`),
      input: text(body, 'input') ?? '',
      ...carried(call, ['id', 'type', 'custom', 'index']),
    }
  }
  const body = wantObject(call['function'], `${param}.function`)
  calls.kinds.set(id, 'function')
  return {
    type: 'tool-call',
    id,
    kind: 'function',
    name: wantText(body, 'name', `${param}.function.name`),
    input: decodeArguments(body['arguments']),
    ...carried(call, ['id', 'type', 'function', 'index']),
  }
}

/** Arguments as JSON text: vendors and agents also send objects, nothing, or an empty string. */
export function decodeArguments(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return '{}'
  if (typeof value === 'string') return value.trim() === '' ? '{}' : value
  return JSON.stringify(value)
}

function decodeFunctionCall(message: JsonObject, param: string, calls: Calls): ToolCallPart[] {
  const call = message['function_call']
  if (call === undefined || call === null) return []
  const body = wantObject(call, `${param}.function_call`)
  const name = wantText(body, 'name', `${param}.function_call.name`)
  const id = `call_${calls.kinds.size}_${name}`
  calls.kinds.set(id, 'function')
  calls.unanswered.push({ name, id })
  return [{ type: 'tool-call', id, kind: 'function', name, input: decodeArguments(body['arguments']) }]
}

function decodeResult(message: JsonObject, param: string, calls: Calls): ToolResultPart {
  const callId = wantText(message, 'tool_call_id', `${param}.tool_call_id`)
  return {
    type: 'tool-result',
    callId,
    kind: calls.kinds.get(callId) ?? 'function',
    content: decodeContent(message['content'], `${param}.content`).filter(isToolContent),
    ...cacheMark(message),
    ...carried(message, ['role', 'content', 'tool_call_id', 'cache_control']),
  }
}

function decodeFunctionResult(message: JsonObject, param: string, calls: Calls): ToolResultPart {
  const name = wantText(message, 'name', `${param}.name`)
  const at = calls.unanswered.findIndex((call) => call.name === name)
  const [call] = at < 0 ? [] : calls.unanswered.splice(at, 1)
  return {
    type: 'tool-result',
    callId: call?.id ?? `call_${name}`,
    kind: 'function',
    content: decodeContent(message['content'], `${param}.content`).filter(isToolContent),
  }
}
