// What the Anthropic API refuses about a request's headers and top-level fields, in its wording.
// Source: the provider's API reference and the error bodies it answers with (2026-11).

import type { IncomingHttpHeaders } from 'node:http'
import {
  flag,
  isObject,
  type JsonObject,
  type JsonValue,
  list,
  number,
  object,
  objects,
  text,
} from '../../../../src/base/json.js'
import { expectThat, type Findings, unknownKeys } from '../findings.js'
import type { Sealer } from '../seal.js'
import { type ModelRules, rulesOf } from './models.js'
import { outputFindings } from './output-config.js'
import { validateMessages } from './validate-messages.js'
import { validateTools } from './validate-tools.js'

const FIELDS = [
  'model',
  'messages',
  'system',
  'max_tokens',
  'metadata',
  'stop_sequences',
  'stream',
  'temperature',
  'top_k',
  'top_p',
  'tools',
  'tool_choice',
  'thinking',
  'service_tier',
  'container',
  'mcp_servers',
  'context_management',
  'output_config',
  'safeguards',
  'cache_control',
  'diagnostics',
  'inference_geo',
  'speed',
  'user_profile_id',
]
const NOT_PERMITTED = 'Extra inputs are not permitted'

/** The second one is what the maker's SDK sends since its version 1. */
const VERSIONS = ['2023-06-01', '2026-10-21']

/** Fields that need a beta of this name (any date) in `anthropic-beta`. */
const BETA_FIELDS = [
  ['context_management', 'context-management-'],
  ['safeguards', 'dangerous-tool-use-'],
] as const

/** All that the provider would refuse; the first one is what it would say. */
export function validateAnthropic(body: JsonObject, headers: IncomingHttpHeaders, sealer: Sealer): Findings {
  const betas = String(headers['anthropic-beta'] ?? '')
  const rules = rulesOf(text(body, 'model') ?? '')
  return [
    ...headerFindings(headers),
    ...unknownKeys(body, FIELDS, (key) => `${key}: ${NOT_PERMITTED}`),
    ...BETA_FIELDS.filter(([field, beta]) => body[field] !== undefined && !betas.includes(beta)).map(
      ([field]) => `${field}: ${NOT_PERMITTED}`,
    ),
    ...expectThat((text(body, 'model') ?? '') !== '', 'model: Field required'),
    ...tokenFindings(body, rules),
    ...systemFindings(body['system']),
    ...thinkingFindings(body, rules),
    ...samplingFindings(body, rules),
    ...outputFindings(body['output_config'], rules, 'output_config'),
    ...smallFieldFindings(body),
    ...validateTools(body, betas),
    ...cacheFindings(body),
    ...validateMessages(body, { betas, rules, sealer }),
  ]
}

function headerFindings(headers: IncomingHttpHeaders): Findings {
  const key = headers['x-api-key'] ?? headers.authorization
  return [
    ...expectThat(key !== undefined, 'x-api-key header is required'),
    ...expectThat(
      headers.authorization === undefined || /^Bearer \S+$/.test(headers.authorization),
      'invalid bearer token',
    ),
    ...expectThat(
      VERSIONS.includes(String(headers['anthropic-version'])),
      'anthropic-version: header is required and must be a known version',
    ),
    ...expectThat(
      (headers['content-type'] ?? '').startsWith('application/json'),
      'content-type: must be application/json',
    ),
    ...expectThat(
      String(headers['anthropic-beta'] ?? '')
        .split(',')
        .every((beta) => beta.trim() === '' || /^[a-z0-9-]+-\d{4}-?\d{2}-?\d{2}$/.test(beta.trim())),
      `Unexpected value(s) \`${headers['anthropic-beta']}\` for the \`anthropic-beta\` header.`,
    ),
  ]
}

function tokenFindings(body: JsonObject, rules: ModelRules): Findings {
  const most = number(body, 'max_tokens')
  if (most === undefined) return ['max_tokens: Field required']
  return [
    ...expectThat(
      Number.isInteger(most) && most > 0,
      'max_tokens: Input should be greater than or equal to 1',
    ),
    ...expectThat(
      most <= rules.maxTokens,
      `max_tokens: ${most} > ${rules.maxTokens}, which is the maximum allowed number of output tokens for ${text(body, 'model')}`,
    ),
  ]
}

function systemFindings(system: JsonValue | undefined): Findings {
  if (system === undefined || typeof system === 'string') return []
  if (!Array.isArray(system)) return ['system: Input should be a valid list']
  return system.flatMap((block, at) => {
    if (!isObject(block) || block['type'] !== 'text') return [`system.${at}.type: Input should be 'text'`]
    return [
      ...unknownKeys(
        block,
        ['type', 'text', 'cache_control', 'citations'],
        (key) => `system.${at}.${key}: ${NOT_PERMITTED}`,
      ),
      ...expectThat((text(block, 'text') ?? '') !== '', 'system: text content blocks must be non-empty'),
    ]
  })
}

function thinkingFindings(body: JsonObject, rules: ModelRules): Findings {
  const thinking = object(body, 'thinking')
  if (thinking === undefined)
    return expectThat(body['thinking'] === undefined, 'thinking: Input should be an object')
  const type = text(thinking, 'type')
  const choice = text(object(body, 'tool_choice') ?? {}, 'type')
  const budget = number(thinking, 'budget_tokens')
  return [
    ...unknownKeys(
      thinking,
      type === 'enabled' ? ['type', 'budget_tokens', 'display'] : ['type', 'display'],
      (key) => `thinking.${type}.${key}: ${NOT_PERMITTED}`,
    ),
    ...expectThat(
      ['adaptive', 'enabled', 'disabled', 'between_tools'].includes(type ?? ''),
      `thinking: Input tag '${type}' found using 'type' does not match any of the expected tags: 'disabled', 'enabled', 'adaptive', 'between_tools'`,
    ),
    ...expectThat(
      type !== 'adaptive' || rules.adaptiveThinking,
      'adaptive thinking is not supported on this model',
    ),
    ...expectThat(
      type !== 'enabled' || rules.thinkingBudget,
      '"thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive" and "output_config.effort".',
    ),
    ...expectThat(
      type !== 'enabled' || (budget !== undefined && budget >= 1024),
      'thinking.enabled.budget_tokens: Input should be greater than or equal to 1024',
    ),
    ...expectThat(
      budget === undefined || budget < (number(body, 'max_tokens') ?? 0),
      '`max_tokens` must be greater than `thinking.budget_tokens`.',
    ),
    ...expectThat(
      type === 'disabled' || choice === undefined || choice === 'auto' || choice === 'none',
      'Thinking may not be enabled when tool_choice forces tool use.',
    ),
  ]
}

function samplingFindings(body: JsonObject, rules: ModelRules): Findings {
  const temperature = number(body, 'temperature')
  const top = number(body, 'top_p')
  const type = text(object(body, 'thinking') ?? {}, 'type')
  const thinks = type === 'enabled' || type === 'adaptive'
  return [
    ...expectThat(
      temperature === undefined || (temperature >= 0 && temperature <= 1),
      'temperature: range: 0..1',
    ),
    ...expectThat(
      rules.sampling || temperature === undefined || temperature === 1,
      '`temperature` is deprecated for this model.',
    ),
    ...expectThat(
      rules.sampling || top === undefined || top >= 0.99,
      '`top_p` is deprecated for this model.',
    ),
    ...expectThat(rules.sampling || body['top_k'] === undefined, '`top_k` is deprecated for this model.'),
    ...expectThat(
      !thinks || temperature === undefined || temperature === 1,
      '`temperature` may only be set to 1 when thinking is enabled.',
    ),
    ...expectThat(!thinks || body['top_k'] === undefined, '`top_k` must be unset when thinking is enabled.'),
    ...expectThat(
      !thinks || top === undefined || top >= 0.95,
      '`top_p` must be greater than or equal to 0.95 or unset when thinking is enabled.',
    ),
  ]
}

function smallFieldFindings(body: JsonObject): Findings {
  const metadata = object(body, 'metadata')
  const stops = list(body, 'stop_sequences')
  return [
    ...expectThat(
      body['stream'] === undefined || flag(body, 'stream') !== undefined,
      'stream: Input should be a valid boolean',
    ),
    ...(metadata === undefined
      ? []
      : unknownKeys(metadata, ['user_id'], (key) => `metadata.${key}: ${NOT_PERMITTED}`)),
    ...expectThat(
      stops.every((stop) => typeof stop === 'string' && stop.trim() !== ''),
      'stop_sequences: each stop sequence must contain non-whitespace',
    ),
  ]
}

/** At most four breakpoints, each of a known form, anywhere in the request. */
function cacheFindings(body: JsonObject): Findings {
  const marks = marksIn([body['system'] ?? null, body['tools'] ?? null, ...objects(body, 'messages')])
  return [
    ...expectThat(
      marks.length <= 4,
      `A maximum of 4 blocks with cache_control may be provided. Found ${marks.length}.`,
    ),
    ...marks.flatMap((mark) =>
      expectThat(
        isObject(mark) && mark['type'] === 'ephemeral' && ['5m', '1h', undefined].includes(text(mark, 'ttl')),
        "cache_control: Input should be {type: 'ephemeral', ttl: '5m' | '1h'}",
      ),
    ),
  ]
}

function marksIn(value: JsonValue): JsonValue[] {
  if (Array.isArray(value)) return value.flatMap(marksIn)
  if (!isObject(value)) return []
  return Object.entries(value).flatMap(([key, member]) =>
    key === 'cache_control' ? [member] : key === 'input' || key === 'input_schema' ? [] : marksIn(member),
  )
}
