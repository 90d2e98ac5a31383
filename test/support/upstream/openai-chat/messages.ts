// What chat completion APIs refuse about messages: roles, content by role, and the pairing of calls and results.

import { isObject, type JsonObject, list, object, objects, text } from '../../../../src/base/json.js'
import { expectThat, type Findings, unknownKeys } from '../findings.js'
import type { ChatFlavour } from './flavour.js'

const FIELDS: Readonly<Record<string, readonly string[]>> = {
  system: ['name'],
  developer: ['name'],
  user: ['name'],
  assistant: ['name', 'tool_calls', 'refusal', 'audio', 'function_call'],
  tool: ['tool_call_id'],
}
const PARTS: Readonly<Record<string, readonly string[]>> = {
  system: ['text'],
  developer: ['text'],
  user: ['text', 'image_url', 'input_audio', 'file'],
  assistant: ['text', 'refusal'],
  tool: ['text'],
}
/** The longest id of a call that OpenAI's chat endpoint takes. */
const MAX_CALL_ID = 40

export function messageFindings(body: JsonObject, flavour: ChatFlavour): Findings {
  const messages = objects(body, 'messages')
  if (messages.length === 0) {
    return [
      "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.",
    ]
  }
  return [
    ...messages.flatMap((message, at) => oneFindings(message, `messages[${at}]`, flavour)),
    ...pairingFindings(messages),
    ...reasoningFindings(body, messages, flavour),
  ]
}

function oneFindings(message: JsonObject, path: string, flavour: ChatFlavour): Findings {
  const role = text(message, 'role') ?? ''
  const fields = FIELDS[role]
  if (fields === undefined || (role === 'developer' && !flavour.developerRole)) {
    return [
      `Invalid value: '${role}'. Supported values are: 'system', 'assistant', 'user', and 'tool'. (${path}.role)`,
    ]
  }
  const own = role === 'assistant' && flavour.reasoning !== 'hidden' ? ['reasoning_content'] : []
  return [
    ...unknownKeys(
      message,
      ['role', 'content', ...fields, ...own],
      (key) => `Additional properties are not allowed ('${key}' was unexpected) - '${path}'`,
    ),
    ...contentFindings(message, role, path),
    ...(role === 'assistant' ? callFindings(message, path, flavour) : []),
    ...(role === 'tool'
      ? expectThat(text(message, 'tool_call_id') !== undefined, `Missing parameter '${path}.tool_call_id'.`)
      : []),
  ]
}

function contentFindings(message: JsonObject, role: string, path: string): Findings {
  const content = message['content']
  if (typeof content === 'string') return []
  if (content === null || content === undefined) {
    return expectThat(
      role === 'assistant' &&
        (objects(message, 'tool_calls').length > 0 || text(message, 'refusal') !== undefined),
      `Invalid value for 'content': expected a string, got null. (${path}.content)`,
    )
  }
  if (!Array.isArray(content)) return [`Invalid type for '${path}.content': expected a string or an array.`]
  return [
    ...expectThat(content.length > 0, `Invalid '${path}.content': empty array. Expected at least one part.`),
    ...content.flatMap((part, at) => {
      const type = isObject(part) ? (text(part, 'type') ?? '') : ''
      const partPath = `${path}.content[${at}]`
      if (!isObject(part) || !PARTS[role]?.includes(type)) {
        return [`Invalid '${partPath}.type': '${type}'. Supported values are: ${PARTS[role]?.join(', ')}.`]
      }
      return [
        ...unknownKeys(part, ['type', type], (key) => `Unknown parameter: '${partPath}.${key}'.`),
        ...(type === 'image_url' ? imageFindings(part, partPath) : []),
      ]
    }),
  ]
}

function imageFindings(part: JsonObject, path: string): Findings {
  const url = text(object(part, 'image_url') ?? {}, 'url') ?? ''
  return expectThat(
    /^(data:image\/|https?:)/.test(url),
    `Invalid '${path}.image_url.url'. Expected a valid URL.`,
  )
}

function callFindings(message: JsonObject, path: string, flavour: ChatFlavour): Findings {
  if (message['tool_calls'] === undefined) return []
  return [
    ...expectThat(
      list(message, 'tool_calls').length > 0,
      `Invalid '${path}.tool_calls': empty array. Expected an array with minimum length 1.`,
    ),
    ...objects(message, 'tool_calls').flatMap((call, at) =>
      oneCallFindings(call, `${path}.tool_calls[${at}]`, flavour),
    ),
  ]
}

function oneCallFindings(call: JsonObject, path: string, flavour: ChatFlavour): Findings {
  const type = text(call, 'type') ?? ''
  const id = text(call, 'id') ?? ''
  const called = object(call, type) ?? {}
  const input = type === 'custom' ? called['input'] : called['arguments']
  return [
    ...unknownKeys(call, ['id', 'type', type], (key) => `Unknown parameter: '${path}.${key}'.`),
    ...expectThat(
      type === 'function' || (type === 'custom' && flavour.customTools),
      `Invalid value: '${type}'. Supported values are: 'function'. (${path}.type)`,
    ),
    ...expectThat(
      id !== '' && id.length <= MAX_CALL_ID,
      `Invalid '${path}.id': string too long. Expected a string with maximum length ${MAX_CALL_ID}, but got a string with length ${id.length} instead.`,
    ),
    ...expectThat(
      typeof input === 'string',
      `Invalid type for '${path}.${type}.arguments': expected a string.`,
    ),
    ...expectThat(
      /^[a-zA-Z0-9_-]{1,64}$/.test(text(called, 'name') ?? ''),
      `Invalid '${path}.${type}.name': string does not match pattern '^[a-zA-Z0-9_-]+$'.`,
    ),
  ]
}

/** Results stand directly behind the assistant message that asked for them, all of them, and nowhere else. */
function pairingFindings(messages: readonly JsonObject[]): Findings {
  const findings: Findings = []
  let open: string[] = []
  for (const [at, message] of messages.entries()) {
    const role = text(message, 'role')
    if (role === 'tool') {
      const id = text(message, 'tool_call_id') ?? ''
      if (open.includes(id)) open = open.filter((waiting) => waiting !== id)
      else {
        findings.push(
          `Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'. (messages[${at}])`,
        )
      }
      continue
    }
    if (open.length > 0) findings.push(unanswered(open))
    const ids = objects(message, 'tool_calls').map((call) => text(call, 'id') ?? '')
    findings.push(
      ...expectThat(new Set(ids).size === ids.length, `Duplicate tool call ids in messages[${at}].`),
    )
    open = ids
  }
  return open.length > 0 ? [...findings, unanswered(open)] : findings
}

function unanswered(ids: readonly string[]): string {
  return `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: ${ids.join(', ')}`
}

/** A thinking model in a tool loop wants its own reasoning back with each of its calls. */
function reasoningFindings(
  body: JsonObject,
  messages: readonly JsonObject[],
  flavour: ChatFlavour,
): Findings {
  const off = text(object(body, 'thinking') ?? {}, 'type') === 'disabled'
  if (flavour.reasoning !== 'must-return' || off || objects(body, 'tools').length === 0) return []
  return expectThat(
    messages
      .filter((message) => message['role'] === 'assistant')
      .every((message) => typeof message['reasoning_content'] === 'string'),
    'The `reasoning_content` in the thinking mode must be passed back to the API.',
  )
}
