// What the OpenAI Responses API refuses about top-level fields and settings, in its wording.
// Source: the provider's API reference and the error bodies it answers with (2026-11).

import type { IncomingHttpHeaders } from 'node:http'
import { flag, isObject, type JsonObject, list, number, object, text } from '../../../../src/base/json.js'
import { expectThat, type Findings, isObjectSchema, strictSchemaFindings, unknownKeys } from '../findings.js'
import type { Sealer } from '../seal.js'
import { itemFindings } from './items.js'
import { validateTools } from './tools.js'

const FIELDS = [
  'background',
  'client_metadata',
  'context_management',
  'conversation',
  'include',
  'input',
  'instructions',
  'max_output_tokens',
  'max_tool_calls',
  'metadata',
  'model',
  'parallel_tool_calls',
  'previous_response_id',
  'prompt',
  'prompt_cache_key',
  'prompt_cache_retention',
  'reasoning',
  'safety_identifier',
  'service_tier',
  'store',
  'stream',
  'stream_options',
  'temperature',
  'text',
  'tool_choice',
  'tools',
  'top_logprobs',
  'top_p',
  'truncation',
  'user',
]
const INCLUDES = [
  'reasoning.encrypted_content',
  'web_search_call.action.sources',
  'web_search_call.results',
  'file_search_call.results',
  'code_interpreter_call.outputs',
  'computer_call_output.output.image_url',
  'message.input_image.image_url',
  'message.output_text.logprobs',
]
const EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']

/** All that the provider would refuse; the first one is what it would say. */
export function validateResponses(body: JsonObject, headers: IncomingHttpHeaders, sealer: Sealer): Findings {
  return [
    ...expectThat(
      /^Bearer \S+$/.test(headers.authorization ?? ''),
      "You didn't provide an API key in an Authorization header using Bearer auth.",
    ),
    ...unknownKeys(body, FIELDS, (key) => `Unknown parameter: '${key}'.`),
    ...expectThat((text(body, 'model') ?? '') !== '', "Missing required parameter: 'model'."),
    ...storeFindings(body),
    ...samplingFindings(body),
    ...reasoningFindings(body),
    ...textFindings(body),
    ...metadataFindings(body),
    ...validateTools(body),
    ...itemFindings(body, sealer),
  ]
}

function storeFindings(body: JsonObject): Findings {
  const options = object(body, 'stream_options')
  return [
    ...list(body, 'include')
      .filter((value) => typeof value !== 'string' || !INCLUDES.includes(value))
      .map(
        (value) => `Invalid value: ${JSON.stringify(value)}. Supported values are: ${INCLUDES.join(', ')}.`,
      ),
    ...expectThat(
      body['store'] === undefined || flag(body, 'store') !== undefined,
      "Invalid type for 'store': expected a boolean.",
    ),
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
            ['include_obfuscation'],
            (key) => `Unknown parameter: 'stream_options.${key}'.`,
          ),
        ]),
    ...expectThat(
      body['previous_response_id'] === undefined || flag(body, 'store') !== false,
      'Previous response cannot be used for this request: it was not stored.',
    ),
  ]
}

/** The models behind this server reason, so sampling is fixed. */
function samplingFindings(body: JsonObject): Findings {
  const most = number(body, 'max_output_tokens')
  return [
    ...['temperature', 'top_p']
      .filter((key) => body[key] !== undefined && number(body, key) !== 1)
      .map((key) => `Unsupported parameter: '${key}' is not supported with this model.`),
    ...expectThat(
      most === undefined || (Number.isInteger(most) && most >= 16),
      "Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16.",
    ),
  ]
}

function reasoningFindings(body: JsonObject): Findings {
  const reasoning = object(body, 'reasoning')
  if (reasoning === undefined) return []
  const effort = reasoning['effort']
  const summary = reasoning['summary']
  return [
    ...unknownKeys(
      reasoning,
      ['effort', 'summary', 'generate_summary', 'context'],
      (key) => `Unknown parameter: 'reasoning.${key}'.`,
    ),
    ...expectThat(
      effort === undefined || effort === null || (typeof effort === 'string' && EFFORTS.includes(effort)),
      `Invalid value: ${JSON.stringify(effort)}. Supported values are: ${EFFORTS.join(', ')}.`,
    ),
    ...expectThat(
      summary === undefined ||
        summary === null ||
        (typeof summary === 'string' && ['auto', 'concise', 'detailed'].includes(summary)),
      `Invalid value: ${JSON.stringify(summary)}. Supported values are: 'auto', 'concise', and 'detailed'.`,
    ),
  ]
}

function textFindings(body: JsonObject): Findings {
  const settings = object(body, 'text')
  if (settings === undefined) return []
  const format = object(settings, 'format')
  const verbosity = settings['verbosity']
  return [
    ...unknownKeys(settings, ['format', 'verbosity'], (key) => `Unknown parameter: 'text.${key}'.`),
    ...expectThat(
      verbosity === undefined ||
        (typeof verbosity === 'string' && ['low', 'medium', 'high'].includes(verbosity)),
      `Invalid value: ${JSON.stringify(verbosity)}. Supported values are: 'low', 'medium', and 'high'.`,
    ),
    ...(format === undefined ? [] : formatFindings(format)),
  ]
}

function formatFindings(format: JsonObject): Findings {
  const type = text(format, 'type') ?? ''
  if (type === 'text' || type === 'json_object') return []
  if (type !== 'json_schema')
    return [`Invalid value: '${type}'. Supported values are: 'text', 'json_object', and 'json_schema'.`]
  return [
    ...unknownKeys(
      format,
      ['type', 'name', 'schema', 'strict', 'description'],
      (key) => `Unknown parameter: 'text.format.${key}'.`,
    ),
    ...expectThat(
      /^[a-zA-Z0-9_-]{1,64}$/.test(text(format, 'name') ?? ''),
      "Missing required parameter: 'text.format.name'.",
    ),
    ...expectThat(
      isObjectSchema(format['schema']),
      'Invalid schema for response_format: schema must be a JSON Schema of \'type: "object"\'.',
    ),
    ...(flag(format, 'strict') === true ? strictSchemaFindings(format['schema'], '') : []),
  ]
}

function metadataFindings(body: JsonObject): Findings {
  const metadata = body['metadata']
  if (metadata === undefined || metadata === null) return []
  if (!isObject(metadata)) return ["Invalid type for 'metadata': expected an object."]
  return Object.entries(metadata).flatMap(([key, value]) =>
    expectThat(
      key.length <= 64 && typeof value === 'string' && value.length <= 512,
      `Invalid 'metadata.${key}': string too long or not a string.`,
    ),
  )
}
