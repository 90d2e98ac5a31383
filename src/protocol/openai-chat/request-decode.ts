// A Chat Completions request → IR. What the IR has no place for is carried; a wrong type is refused with the
// name of the parameter; null means "not set", as everywhere on this wire.

import { isObject, type JsonObject, type JsonValue, text } from '../../base/json.js'
import type { Note, Noted } from '../ir/note.js'
import type { Effort, IrFormat, IrReasoning, IrRequest, IrSampling } from '../ir/request.js'
import { decodeMessages } from './messages-decode.js'
import {
  isFlag,
  isNumber,
  isText,
  refuse,
  refuseValue,
  wantObject,
  wantOptional,
  wantText,
} from './refuse.js'
import { decodeToolChoice, decodeTools } from './tools-decode.js'
import { carried, carryOf } from './wire.js'

const KNOWN = [
  'model',
  'messages',
  'stream',
  'stream_options',
  'tools',
  'functions',
  'tool_choice',
  'function_call',
  'parallel_tool_calls',
  'web_search_options',
  'response_format',
  'max_tokens',
  'max_completion_tokens',
  'temperature',
  'top_p',
  'stop',
  'seed',
  'presence_penalty',
  'frequency_penalty',
  'verbosity',
  'prompt_cache_key',
  'service_tier',
  'n',
]

/** Throws HubError `invalid-request` with `detail.param` when a type is wrong. */
export function decodeRequest(body: JsonObject): Noted<IrRequest> {
  const notes: Note[] = []
  const model = wantText(body, 'model', 'model')
  const turns = decodeMessages(body['messages'])
  const { choice, exact } = decodeToolChoice(body)
  const streamOptions = wantOptional(body, 'stream_options', isObject, 'an object') ?? {}
  const parallel = wantOptional(body, 'parallel_tool_calls', isFlag, 'a boolean')
  const verbosity = wantOptional(body, 'verbosity', isText, 'a string')
  const cacheKey = wantOptional(body, 'prompt_cache_key', isText, 'a string')
  const serviceTier = wantOptional(body, 'service_tier', isText, 'a string')
  const reasoning = decodeEffort(body)
  const format = decodeFormat(body)
  const value: IrRequest = {
    model,
    stream: wantOptional(body, 'stream', isFlag, 'a boolean') ?? false,
    turns,
    tools: decodeTools(body),
    ...(choice === undefined ? {} : { toolChoice: choice }),
    ...(parallel === undefined ? {} : { parallelToolCalls: parallel }),
    sampling: decodeSampling(body),
    ...(reasoning === undefined ? {} : { reasoning }),
    ...(format === undefined ? {} : { format }),
    ...(verbosity === undefined ? {} : { verbosity }),
    ...(cacheKey === undefined ? {} : { cacheKey }),
    ...(serviceTier === undefined ? {} : { serviceTier }),
    ...(streamOptions['include_usage'] === true ? { streamUsage: true } : {}),
    ...carryOf({
      ...carried(body, reasoning === undefined ? KNOWN : [...KNOWN, 'reasoning_effort']).carry?.fields,
      ...exact,
      ...carriedOptions(streamOptions),
    }),
  }
  if ((wantOptional(body, 'n', isNumber, 'a number') ?? 1) > 1)
    notes.push({ kind: 'dropped', path: 'n', reason: 'one choice is answered' })
  return { value, notes }
}

function carriedOptions(streamOptions: JsonObject): JsonObject {
  const rest = carried(streamOptions, ['include_usage']).carry?.fields
  return rest === undefined ? {} : { stream_options: rest }
}

function decodeSampling(body: JsonObject): IrSampling {
  const numbers = {
    maxOutputTokens:
      wantOptional(body, 'max_completion_tokens', isNumber, 'an integer') ??
      wantOptional(body, 'max_tokens', isNumber, 'an integer'),
    temperature: wantOptional(body, 'temperature', isNumber, 'a number'),
    topP: wantOptional(body, 'top_p', isNumber, 'a number'),
    seed: wantOptional(body, 'seed', isNumber, 'an integer'),
    presencePenalty: wantOptional(body, 'presence_penalty', isNumber, 'a number'),
    frequencyPenalty: wantOptional(body, 'frequency_penalty', isNumber, 'a number'),
  }
  const stop = decodeStop(body['stop'])
  return {
    ...(numbers.maxOutputTokens === undefined ? {} : { maxOutputTokens: numbers.maxOutputTokens }),
    ...(numbers.temperature === undefined ? {} : { temperature: numbers.temperature }),
    ...(numbers.topP === undefined ? {} : { topP: numbers.topP }),
    ...(stop.length === 0 ? {} : { stop }),
    ...(numbers.seed === undefined ? {} : { seed: numbers.seed }),
    ...(numbers.presencePenalty === undefined ? {} : { presencePenalty: numbers.presencePenalty }),
    ...(numbers.frequencyPenalty === undefined ? {} : { frequencyPenalty: numbers.frequencyPenalty }),
  }
}

function decodeStop(value: JsonValue | undefined): string[] {
  if (value === undefined || value === null) return []
  if (typeof value === 'string') return [value]
  if (!Array.isArray(value)) throw refuse('stop', 'a string or a list of strings', value)
  return value.map((item, index) => {
    if (typeof item !== 'string') throw refuse(`stop[${index}]`, 'a string', item)
    return item
  })
}

const EFFORTS: readonly Effort[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']

/** A level that the IR does not know is carried as it is. */
function decodeEffort(body: JsonObject): IrReasoning | undefined {
  const word = wantOptional(body, 'reasoning_effort', isText, 'a string')
  const effort = EFFORTS.find((level) => level === word)
  if (effort === undefined) return undefined
  return effort === 'none' ? { mode: 'off', effort } : { mode: 'on', effort }
}

function decodeFormat(body: JsonObject): IrFormat | undefined {
  const format = wantOptional(body, 'response_format', isObject, 'an object')
  if (format === undefined) return undefined
  const type = wantText(format, 'type', 'response_format.type')
  switch (type) {
    case 'text':
      return { type: 'text' }
    case 'json_object':
      return { type: 'json' }
    case 'json_schema':
      return decodeSchemaFormat(wantObject(format['json_schema'], 'response_format.json_schema'))
    default:
      throw refuseValue('response_format.type', type, ['text', 'json_object', 'json_schema'])
  }
}

function decodeSchemaFormat(definition: JsonObject): IrFormat {
  const param = 'response_format.json_schema'
  const strict = wantOptional(definition, 'strict', isFlag, 'a boolean', `${param}.strict`)
  const description = text(definition, 'description')
  return {
    type: 'json-schema',
    name: wantText(definition, 'name', `${param}.name`),
    schema: wantOptional(definition, 'schema', isObject, 'a JSON schema', `${param}.schema`) ?? {},
    ...(strict === undefined ? {} : { strict }),
    ...(description === undefined ? {} : { description }),
  }
}
