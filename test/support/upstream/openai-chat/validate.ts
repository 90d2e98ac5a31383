// What chat completion APIs refuse about top-level fields, settings and tools, in OpenAI's wording.

import type { IncomingHttpHeaders } from 'node:http'
import {
  flag,
  isObject,
  type JsonObject,
  type JsonValue,
  list,
  object,
  objects,
  text,
} from '../../../../src/base/json.js'
import { expectThat, type Findings, isObjectSchema, strictSchemaFindings, unknownKeys } from '../findings.js'
import type { ChatFlavour } from './flavour.js'
import { messageFindings } from './messages.js'

const FIELDS = [
  'model',
  'messages',
  'stream',
  'stream_options',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'max_tokens',
  'max_completion_tokens',
  'temperature',
  'top_p',
  'frequency_penalty',
  'presence_penalty',
  'n',
  'stop',
  'seed',
  'user',
  'logprobs',
  'top_logprobs',
  'logit_bias',
  'response_format',
  'reasoning_effort',
  'service_tier',
]
const NAME = /^[a-zA-Z0-9_-]{1,64}$/

/** All that the provider would refuse; the first one is what it would say. */
export function validateChat(body: JsonObject, headers: IncomingHttpHeaders, flavour: ChatFlavour): Findings {
  return [
    ...expectThat(
      /^Bearer \S+$/.test(headers.authorization ?? ''),
      "You didn't provide an API key in an Authorization header using Bearer auth.",
    ),
    ...unknownKeys(body, [...FIELDS, ...flavour.extraFields], (key) => `Unknown parameter: '${key}'.`),
    ...expectThat((text(body, 'model') ?? '') !== '', "Missing required parameter: 'model'."),
    ...streamFindings(body),
    ...limitFindings(body, flavour),
    ...samplingFindings(body, flavour),
    ...formatFindings(body, flavour),
    ...toolsFindings(body, flavour),
    ...messageFindings(body, flavour),
  ]
}

function streamFindings(body: JsonObject): Findings {
  const options = object(body, 'stream_options')
  return [
    ...expectThat(
      body['stream'] === undefined || flag(body, 'stream') !== undefined,
      "Invalid type for 'stream': expected a boolean.",
    ),
    ...(options === undefined
      ? []
      : [
          ...expectThat(
            flag(body, 'stream') === true,
            "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
          ),
          ...unknownKeys(
            options,
            ['include_usage', 'include_obfuscation'],
            (key) => `Unknown parameter: 'stream_options.${key}'.`,
          ),
        ]),
  ]
}

function limitFindings(body: JsonObject, flavour: ChatFlavour): Findings {
  const { maxTokensField } = flavour
  const other = maxTokensField === 'max_tokens' ? 'max_completion_tokens' : 'max_tokens'
  return [
    ...expectThat(
      maxTokensField === 'either' || body[other] === undefined,
      `Unsupported parameter: '${other}' is not supported with this model. Use '${maxTokensField}' instead.`,
    ),
    ...expectThat(
      body['max_tokens'] === undefined || body['max_completion_tokens'] === undefined,
      "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
    ),
    ...expectThat(list(body, 'stop').length <= 4, "Invalid 'stop': array too long. Expected at most 4."),
  ]
}

function samplingFindings(body: JsonObject, flavour: ChatFlavour): Findings {
  const effort = body['reasoning_effort']
  return [
    ...['temperature', 'top_p', 'presence_penalty', 'frequency_penalty', 'logprobs', 'stop']
      .filter((key) => !flavour.sampling && body[key] !== undefined && body[key] !== 1)
      .map((key) => `Unsupported parameter: '${key}' is not supported with this model.`),
    ...expectThat(
      effort === undefined || (typeof effort === 'string' && flavour.efforts.includes(effort)),
      `Invalid value: ${JSON.stringify(effort)}. Supported values are: ${flavour.efforts.join(', ')}.`,
    ),
  ]
}

function formatFindings(body: JsonObject, flavour: ChatFlavour): Findings {
  const format = object(body, 'response_format')
  if (format === undefined) return []
  const type = text(format, 'type') ?? ''
  if (type === 'text') return []
  if (type === 'json_object') {
    return expectThat(
      JSON.stringify(body['messages']).toLowerCase().includes('json'),
      "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
    )
  }
  const named = object(format, 'json_schema') ?? {}
  if (!flavour.jsonSchema || type !== 'json_schema') return ['This response_format type is unavailable now']
  return [
    ...unknownKeys(
      named,
      ['name', 'schema', 'strict', 'description'],
      (key) => `Unknown parameter: 'response_format.json_schema.${key}'.`,
    ),
    ...expectThat(
      NAME.test(text(named, 'name') ?? ''),
      "Missing required parameter: 'response_format.json_schema.name'.",
    ),
    ...(flag(named, 'strict') === true ? strictSchemaFindings(named['schema'], '') : []),
  ]
}

function toolsFindings(body: JsonObject, flavour: ChatFlavour): Findings {
  const tools = objects(body, 'tools')
  const names = tools.map((tool) => text(object(tool, text(tool, 'type') ?? '') ?? {}, 'name') ?? '')
  return [
    ...expectThat(
      body['tools'] === undefined || tools.length > 0,
      "Invalid 'tools': empty array. Expected an array with minimum length 1.",
    ),
    ...expectThat(tools.length <= 128, "Invalid 'tools': array too long. Expected at most 128."),
    ...expectThat(new Set(names).size === names.length, "Invalid 'tools': duplicate function names."),
    ...tools.flatMap((tool, at) => toolFindings(tool, `tools[${at}]`, flavour)),
    ...expectThat(
      body['parallel_tool_calls'] === undefined || tools.length > 0,
      "'parallel_tool_calls' is only allowed when 'tools' are specified.",
    ),
    ...choiceFindings(body['tool_choice'], names),
    ...expectThat(
      flavour.name !== 'deepseek' || ['auto', 'none', undefined].includes(text(body, 'tool_choice')),
      'Thinking mode does not support this tool_choice',
    ),
    ...expectThat(
      flavour.name !== 'deepseek' || !isObject(body['tool_choice']),
      'Thinking mode does not support this tool_choice',
    ),
  ]
}

function toolFindings(tool: JsonObject, path: string, flavour: ChatFlavour): Findings {
  const type = text(tool, 'type') ?? ''
  const definition = object(tool, type) ?? {}
  const name = text(definition, 'name') ?? ''
  if (type === 'custom' && flavour.customTools)
    return expectThat(NAME.test(name), `Invalid '${path}.custom.name'.`)
  if (type !== 'function') return [`Invalid value: '${type}'. Supported values are: 'function'.`]
  const parameters = definition['parameters']
  return [
    ...unknownKeys(tool, ['type', 'function'], (key) => `Unknown parameter: '${path}.${key}'.`),
    ...unknownKeys(
      definition,
      ['name', 'description', 'parameters', ...(flavour.strictTools ? ['strict'] : [])],
      (key) => `Unknown parameter: '${path}.function.${key}'.`,
    ),
    ...expectThat(
      NAME.test(name),
      `Invalid '${path}.function.name': '${name}' does not match pattern '^[a-zA-Z0-9_-]+$' or is longer than 64.`,
    ),
    ...expectThat(
      parameters === undefined || isObjectSchema(parameters),
      `Invalid schema for function '${name}': In context=(), object schema missing properties.`,
    ),
    ...(flag(definition, 'strict') === true
      ? strictSchemaFindings(parameters, '').map(
          (finding) => `Invalid schema for function '${name}': ${finding}`,
        )
      : []),
  ]
}

function choiceFindings(choice: JsonValue | undefined, names: readonly string[]): Findings {
  if (choice === undefined) return []
  const alone = expectThat(names.length > 0, "'tool_choice' is only allowed when 'tools' are specified.")
  if (typeof choice === 'string') {
    return [
      ...alone,
      ...expectThat(
        ['auto', 'none', 'required'].includes(choice),
        `Invalid value: '${choice}'. Supported values are: 'none', 'auto', and 'required'.`,
      ),
    ]
  }
  if (!isObject(choice)) return ["Invalid type for 'tool_choice'."]
  const type = text(choice, 'type') ?? ''
  if (type === 'allowed_tools') return alone
  const name = text(object(choice, type) ?? {}, 'name') ?? ''
  return [
    ...alone,
    ...expectThat(names.includes(name), `Tool choice '${name}' not found in 'tools' parameter.`),
  ]
}
