// The blocks that the Anthropic API knows, who may use them, and with which fields.

import { isObject, type JsonObject, type JsonValue, list, object, text } from '../../../../src/base/json.js'
import { expectThat, type Findings, unknownKeys } from '../findings.js'
import type { Sealer } from '../seal.js'

type BlockRule = { readonly roles: readonly string[]; readonly fields: readonly string[] }

const BLOCKS: Readonly<Record<string, BlockRule>> = {
  text: { roles: ['user', 'assistant', 'system'], fields: ['text', 'cache_control', 'citations'] },
  image: { roles: ['user'], fields: ['source', 'cache_control'] },
  document: { roles: ['user'], fields: ['source', 'title', 'context', 'citations', 'cache_control'] },
  search_result: { roles: ['user'], fields: ['source', 'title', 'content', 'citations', 'cache_control'] },
  tool_result: { roles: ['user'], fields: ['tool_use_id', 'content', 'is_error', 'cache_control'] },
  tool_use: { roles: ['assistant'], fields: ['id', 'name', 'input', 'cache_control', 'caller'] },
  thinking: { roles: ['assistant'], fields: ['thinking', 'signature'] },
  redacted_thinking: { roles: ['assistant'], fields: ['data'] },
  server_tool_use: { roles: ['assistant'], fields: ['id', 'name', 'input', 'cache_control', 'caller'] },
  web_search_tool_result: {
    roles: ['assistant'],
    fields: ['tool_use_id', 'content', 'cache_control', 'caller'],
  },
  web_fetch_tool_result: {
    roles: ['assistant'],
    fields: ['tool_use_id', 'content', 'cache_control', 'caller'],
  },
  tool_addition: { roles: ['system'], fields: ['tool', 'cache_control'] },
  tool_removal: { roles: ['system'], fields: ['tool', 'cache_control'] },
}

const RESULT_PARTS = ['text', 'image', 'document', 'search_result', 'tool_reference']

export function blockFindings(block: JsonValue, role: string, path: string, sealer: Sealer): Findings {
  if (!isObject(block)) return [`${path}: Input should be an object`]
  const type = text(block, 'type') ?? ''
  const rule = BLOCKS[type]
  if (rule === undefined) {
    return [`${path}: Input tag '${type}' found using 'type' does not match any of the expected tags`]
  }
  return [
    ...expectThat(
      rule.roles.includes(role),
      `${path}: \`${type}\` blocks are not permitted in \`${role}\` messages`,
    ),
    ...unknownKeys(
      block,
      ['type', ...rule.fields],
      (key) => `${path}.${type}.${key}: Extra inputs are not permitted`,
    ),
    ...ownFindings(block, type, path, sealer),
  ]
}

function ownFindings(block: JsonObject, type: string, path: string, sealer: Sealer): Findings {
  switch (type) {
    case 'text':
      return textFindings(block, path)
    case 'thinking':
      return thinkingFindings(block, path, sealer)
    case 'redacted_thinking':
      return expectThat(
        sealer.open(text(block, 'data') ?? '', 'base64') !== undefined,
        `${path}: Invalid \`data\` in \`redacted_thinking\` block`,
      )
    case 'tool_use':
      return [
        ...expectThat(isObject(block['input']), `${path}.tool_use.input: Input should be a valid dictionary`),
        ...expectThat(
          /^[a-zA-Z0-9_-]{1,200}$/.test(text(block, 'name') ?? ''),
          `${path}.tool_use.name: String should match pattern`,
        ),
      ]
    case 'tool_result':
      return resultFindings(block, path)
    case 'image':
    case 'document':
      return expectThat(object(block, 'source') !== undefined, `${path}.${type}.source: Field required`)
    default:
      return []
  }
}

function textFindings(block: JsonObject, path: string): Findings {
  const value = text(block, 'text')
  if (value === undefined) return [`${path}.text.text: Field required`]
  return [
    ...expectThat(value !== '', 'messages: text content blocks must be non-empty'),
    ...expectThat(
      value === '' || value.trim() !== '',
      'messages: text content blocks must contain non-whitespace text',
    ),
  ]
}

/** A signature belongs to the text it was made for; an omitted text comes back empty with its signature. */
function thinkingFindings(block: JsonObject, path: string, sealer: Sealer): Findings {
  const signature = text(block, 'signature')
  const said = text(block, 'thinking')
  const sealed = sealer.open(signature ?? '', 'base64')
  return [
    ...expectThat(signature !== undefined, `${path}.thinking.signature: Field required`),
    ...expectThat(said !== undefined, `${path}.thinking.thinking: Field required`),
    ...expectThat(
      signature === undefined || (sealed !== undefined && (said === '' || said === sealed)),
      `${path}: Invalid \`signature\` in \`thinking\` block`,
    ),
  ]
}

function resultFindings(block: JsonObject, path: string): Findings {
  const content = block['content']
  return [
    ...expectThat(
      content === undefined || typeof content === 'string' || Array.isArray(content),
      `${path}.tool_result.content: Input should be a valid string or list`,
    ),
    ...expectThat(
      block['is_error'] === undefined || typeof block['is_error'] === 'boolean',
      `${path}.tool_result.is_error: Input should be a valid boolean`,
    ),
    ...list(block, 'content').flatMap((part, at) => partFindings(part, `${path}.tool_result.content.${at}`)),
  ]
}

function partFindings(part: JsonValue, path: string): Findings {
  if (!isObject(part)) return [`${path}: Input should be an object`]
  const type = text(part, 'type') ?? ''
  return [
    ...expectThat(
      RESULT_PARTS.includes(type),
      `${path}: Input tag '${type}' found using 'type' does not match any of the expected tags`,
    ),
    ...(type === 'text' ? textFindings(part, path) : []),
    ...unknownKeys(
      part,
      ['type', ...(BLOCKS[type]?.fields ?? ['tool_name', 'cache_control'])],
      (key) => `${path}.${type}.${key}: Extra inputs are not permitted`,
    ),
  ]
}
