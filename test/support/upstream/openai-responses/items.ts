// What the OpenAI Responses API refuses about input items: their fields and ids, the pairing of calls and
// outputs, and reasoning that this server did not seal or that lost the item it belongs to.

import {
  flag,
  isObject,
  type JsonObject,
  type JsonValue,
  list,
  objects,
  text,
} from '../../../../src/base/json.js'
import { expectThat, type Findings, unknownKeys } from '../findings.js'
import type { Sealer } from '../seal.js'
import { contentFindings } from './content.js'
import { toolFindings } from './tools.js'

type ItemRule = { readonly fields: readonly string[]; readonly id: RegExp }

const ITEMS: Readonly<Record<string, ItemRule>> = {
  message: { fields: ['role', 'content', 'status', 'phase'], id: /^msg_/ },
  reasoning: { fields: ['summary', 'content', 'encrypted_content', 'status'], id: /^rs_/ },
  function_call: { fields: ['call_id', 'name', 'arguments', 'status', 'namespace'], id: /^fc/ },
  function_call_output: { fields: ['call_id', 'output', 'status'], id: /^fc/ },
  custom_tool_call: { fields: ['call_id', 'name', 'input', 'status', 'namespace'], id: /^ctc/ },
  custom_tool_call_output: { fields: ['call_id', 'output', 'status'], id: /^ctc/ },
  tool_search_call: { fields: ['call_id', 'execution', 'arguments', 'status'], id: /^ts/ },
  tool_search_output: { fields: ['call_id', 'execution', 'tools', 'status'], id: /^ts/ },
  web_search_call: { fields: ['status', 'action'], id: /^ws_/ },
  additional_tools: { fields: ['role', 'tools'], id: /^at_/ },
  compaction: { fields: ['encrypted_content'], id: /^cmp_/ },
  compaction_trigger: { fields: [], id: /./ },
  item_reference: { fields: [], id: /./ },
}

/** Which item answers which call. */
const OUTPUTS: Readonly<Record<string, string>> = {
  function_call: 'function_call_output',
  custom_tool_call: 'custom_tool_call_output',
  tool_search_call: 'tool_search_output',
}
const AFTER_REASONING = [
  'message',
  'reasoning',
  'function_call',
  'custom_tool_call',
  'tool_search_call',
  'web_search_call',
  'compaction',
]

export function itemFindings(body: JsonObject, sealer: Sealer): Findings {
  const input = body['input']
  if (typeof input === 'string') return expectThat(input !== '', "Missing required parameter: 'input'.")
  if (!Array.isArray(input) || input.length === 0) return ["Missing required parameter: 'input'."]
  const items = input.filter(isObject)
  const stored = flag(body, 'store') !== false
  return [
    ...expectThat(items.length === input.length, "Invalid type for 'input': expected an array of objects."),
    ...items.flatMap((item, at) => oneItemFindings(item, `input[${at}]`, sealer, stored)),
    ...items.flatMap((item, at) => partnerFindings(item, items[at + 1])),
    ...pairingFindings(items),
  ]
}

function typeOf(item: JsonObject): string {
  return text(item, 'type') ?? (text(item, 'role') === undefined ? '' : 'message')
}

function oneItemFindings(item: JsonObject, path: string, sealer: Sealer, stored: boolean): Findings {
  const type = typeOf(item)
  const rule = ITEMS[type]
  if (rule === undefined) return [`Invalid value: '${type}'. Supported values are: 'message', 'reasoning', …`]
  const id = text(item, 'id')
  const callId = text(item, 'call_id')
  return [
    ...unknownKeys(item, ['type', 'id', ...rule.fields], (key) => `Unknown parameter: '${path}.${key}'.`),
    ...expectThat(
      id === undefined || (rule.id.test(id) && id.length <= 64),
      `Invalid '${path}.id': '${id}'. Expected an ID that begins with '${rule.id.source.replace('^', '')}' of at most 64 characters.`,
    ),
    ...(rule.fields.includes('call_id') ? callIdFindings(callId, path) : []),
    ...ownFindings(item, type, path, sealer, stored),
  ]
}

function callIdFindings(callId: string | undefined, path: string): Findings {
  if (callId === undefined || callId === '') return [`Missing required parameter: '${path}.call_id'.`]
  return expectThat(
    callId.length <= 64,
    `Invalid '${path}.call_id': string too long. Expected a string with maximum length 64, but got a string with length ${callId.length} instead.`,
  )
}

function ownFindings(
  item: JsonObject,
  type: string,
  path: string,
  sealer: Sealer,
  stored: boolean,
): Findings {
  switch (type) {
    case 'message':
      return contentFindings(item, path)
    case 'reasoning':
      return reasoningFindings(item, path, sealer, stored)
    case 'function_call':
      return [
        ...expectThat(
          typeof item['arguments'] === 'string',
          `Invalid type for '${path}.arguments': expected a string.`,
        ),
        ...callNameFindings(item, path),
      ]
    case 'custom_tool_call':
      return [
        ...expectThat(
          typeof item['input'] === 'string',
          `Invalid type for '${path}.input': expected a string.`,
        ),
        ...callNameFindings(item, path),
      ]
    case 'function_call_output':
    case 'custom_tool_call_output':
      return outputFindings(item['output'], path)
    case 'tool_search_call':
      return expectThat(
        isObject(item['arguments']),
        `Invalid type for '${path}.arguments': expected an object.`,
      )
    case 'tool_search_output':
    case 'additional_tools':
      return objects(item, 'tools').flatMap((tool, at) => toolFindings(tool, `${path}.tools[${at}]`))
    default:
      return []
  }
}

function callNameFindings(item: JsonObject, path: string): Findings {
  const name = text(item, 'name') ?? ''
  return expectThat(
    /^[a-zA-Z0-9_-]{1,64}$/.test(name),
    `Invalid '${path}.name': '${name}' does not match pattern '^[a-zA-Z0-9_-]+$'.`,
  )
}

function outputFindings(output: JsonValue | undefined, path: string): Findings {
  if (typeof output === 'string') return []
  if (!Array.isArray(output)) return [`Missing required parameter: '${path}.output'.`]
  return output.flatMap((part, at) =>
    expectThat(
      isObject(part) && ['input_text', 'input_image', 'input_file'].includes(text(part, 'type') ?? ''),
      `Invalid value for '${path}.output[${at}].type'. Supported values are: 'input_text', 'input_image', and 'input_file'.`,
    ),
  )
}

/** Unstored reasoning lives only in its sealed content, which names the item it belongs to. */
function reasoningFindings(item: JsonObject, path: string, sealer: Sealer, stored: boolean): Findings {
  const id = text(item, 'id')
  const sealed = text(item, 'encrypted_content')
  const opened = sealed === undefined ? undefined : sealer.open(sealed, 'base64url')
  const owner = opened?.split('\n', 1)[0]
  return [
    ...expectThat(Array.isArray(item['summary']), `Missing required parameter: '${path}.summary'.`),
    ...list(item, 'summary').flatMap((part, at) =>
      expectThat(
        isObject(part) && part['type'] === 'summary_text' && typeof part['text'] === 'string',
        `Invalid value for '${path}.summary[${at}]'.`,
      ),
    ),
    ...expectThat(
      sealed !== undefined || stored,
      `Item with id '${id}' not found. Items are not persisted when \`store\` is set to false. Try again with \`store\` set to true, or remove this item from your input.`,
    ),
    ...expectThat(
      sealed === undefined || opened !== undefined,
      `The encrypted content for item ${id} could not be verified. Reason: Encrypted content could not be decrypted or parsed.`,
    ),
    ...expectThat(
      opened === undefined || id === undefined || owner === id,
      `The encrypted content for item ${id} could not be verified. Reason: Encrypted content item_id did not match the target item id.`,
    ),
  ]
}

function partnerFindings(item: JsonObject, next: JsonObject | undefined): Findings {
  if (typeOf(item) !== 'reasoning') return []
  const follows =
    next !== undefined &&
    AFTER_REASONING.includes(typeOf(next)) &&
    (typeOf(next) !== 'message' || next['role'] === 'assistant')
  return expectThat(
    follows,
    `Item '${text(item, 'id')}' of type 'reasoning' was provided without its required following item.`,
  )
}

function pairingFindings(items: readonly JsonObject[]): Findings {
  return Object.entries(OUTPUTS).flatMap(([callType, outputType]) => {
    const calls = callIdsOf(items, callType)
    const outputs = callIdsOf(items, outputType)
    return [
      ...calls
        .filter((id) => !outputs.includes(id))
        .map((id) => `No tool output found for function call ${id}.`),
      ...outputs
        .filter((id) => !calls.includes(id))
        .map((id) => `No tool call found for function call output with call_id ${id}.`),
      ...expectThat(
        new Set(calls).size === calls.length,
        `Duplicate item found with call_id in ${callType}.`,
      ),
      ...outputs
        .filter((id) => firstIndex(items, outputType, id) < firstIndex(items, callType, id))
        .map((id) => `The output of ${id} stands before its call.`),
    ]
  })
}

function callIdsOf(items: readonly JsonObject[], type: string): string[] {
  return items.filter((item) => typeOf(item) === type).map((item) => text(item, 'call_id') ?? '')
}

function firstIndex(items: readonly JsonObject[], type: string, callId: string): number {
  return items.findIndex((item) => typeOf(item) === type && item['call_id'] === callId)
}
