// What the Anthropic API refuses about the history: roles, blocks, and the pairing of tool uses and results.
// Neighbours of one role are one message; a system turn stands between others and may not part a use from its result.

import { isObject, type JsonObject, list, object, objects, text } from '../../../../src/base/json.js'
import { expectThat, type Findings, unknownKeys } from '../findings.js'
import type { Sealer } from '../seal.js'
import { blockFindings } from './blocks.js'
import type { ModelRules } from './models.js'
import { outputFindings } from './output-config.js'

export type MessageContext = { readonly betas: string; readonly rules: ModelRules; readonly sealer: Sealer }

const ID = /^[a-zA-Z0-9_-]+$/

export function validateMessages(body: JsonObject, context: MessageContext): Findings {
  const messages = objects(body, 'messages')
  if (messages.length === 0) return ['messages: at least one message is required']
  return [
    ...messages.flatMap((message, at) => messageFindings(message, at, context)),
    ...expectThat(messages[0]?.['role'] !== 'assistant', 'messages: first message must use the "user" role'),
    ...orderFindings(messages),
    ...pairingFindings(messages),
    ...thinkingStartFindings(body, messages),
  ]
}

function messageFindings(message: JsonObject, at: number, context: MessageContext): Findings {
  const path = `messages.${at}`
  const role = text(message, 'role') ?? ''
  const content = message['content']
  const system = role === 'system'
  const roles = context.rules.systemTurns ? ['user', 'assistant', 'system'] : ['user', 'assistant']
  const turnEffort = system && context.rules.turnEffort && context.betas.includes('per-turn-control-')
  return [
    ...expectThat(
      roles.includes(role),
      system
        ? "role 'system' is not supported on this model"
        : `${path}.role: Input should be 'user' or 'assistant'`,
    ),
    ...unknownKeys(
      message,
      ['role', 'content', ...(turnEffort ? ['output_config'] : [])],
      (key) => `${path}.${key}: Extra inputs are not permitted`,
    ),
    ...(turnEffort ? outputFindings(message['output_config'], context.rules, `${path}.output_config`) : []),
    ...expectThat(
      typeof content === 'string' || Array.isArray(content),
      `${path}.content: Input should be a valid string or list`,
    ),
    ...expectThat(
      !(content === '' || (Array.isArray(content) && content.length === 0)) ||
        (turnEffort && message['output_config'] !== undefined),
      `${path}: all messages must have non-empty content`,
    ),
    ...list(message, 'content').flatMap((block, index) =>
      blockFindings(block, role, `${path}.content.${index}`, context.sealer),
    ),
  ]
}

/** The first message is the user's, and the last one too: this API no longer goes on with an assistant's text. */
function orderFindings(messages: readonly JsonObject[]): Findings {
  const others = messages.filter((message) => message['role'] !== 'system')
  return [
    ...expectThat(messages[0]?.['role'] !== 'system', 'messages.0: a system message may not come first'),
    ...expectThat(
      others.at(-1)?.['role'] === 'user',
      'This model does not support assistant message prefill. The conversation must end with a user message.',
    ),
  ]
}

type Merged = { readonly role: string; readonly blocks: JsonObject[]; readonly at: number }

function merged(messages: readonly JsonObject[]): Merged[] {
  const result: Merged[] = []
  for (const [at, message] of messages.entries()) {
    const role = text(message, 'role') ?? ''
    const blocks: JsonObject[] =
      typeof message['content'] === 'string'
        ? [{ type: 'text', text: message['content'] }]
        : objects(message, 'content')
    const last = result.at(-1)
    if (last?.role === role) last.blocks.push(...blocks)
    else result.push({ role, blocks: [...blocks], at })
  }
  return result
}

function pairingFindings(messages: readonly JsonObject[]): Findings {
  const all = merged(messages)
  const uses = all.flatMap((message) => idsOf(message, 'tool_use', 'id'))
  return [
    ...expectThat(new Set(uses).size === uses.length, 'messages: `tool_use` ids must be unique'),
    ...[...uses, ...all.flatMap((message) => idsOf(message, 'tool_result', 'tool_use_id'))]
      .filter((id) => !ID.test(id))
      .map((id) => `messages: tool_use.id '${id}': String should match pattern '^[a-zA-Z0-9_-]+$'`),
    ...all.flatMap((message, index) => pairFindings(message, all[index - 1], all[index + 1])),
  ]
}

function idsOf(message: Merged, type: string, key: string): string[] {
  return message.blocks.filter((block) => block['type'] === type).map((block) => text(block, key) ?? '')
}

function pairFindings(message: Merged, before: Merged | undefined, after: Merged | undefined): Findings {
  const path = `messages.${message.at}`
  if (message.role === 'assistant') {
    const answered = after?.role === 'user' ? idsOf(after, 'tool_result', 'tool_use_id') : []
    const open = idsOf(message, 'tool_use', 'id').filter((id) => !answered.includes(id))
    return expectThat(
      open.length === 0,
      `${path}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${open.join(', ')}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`,
    )
  }
  const asked = before?.role === 'assistant' ? idsOf(before, 'tool_use', 'id') : []
  const results = idsOf(message, 'tool_result', 'tool_use_id')
  const stray = results.filter((id) => !asked.includes(id))
  const kinds = message.blocks.map((block) => block['type'] === 'tool_result')
  return [
    ...expectThat(
      stray.length === 0,
      `${path}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${stray.join(', ')}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`,
    ),
    ...expectThat(
      new Set(results).size === results.length,
      `${path}: each tool_use must have a single result. Found multiple \`tool_result\` blocks with one id.`,
    ),
    ...expectThat(
      kinds.lastIndexOf(true) < 0 || kinds.lastIndexOf(true) === results.length - 1,
      `${path}: \`tool_result\` blocks must come first in the content of a user message`,
    ),
  ]
}

/** With a thinking budget, the assistant's last turn in an open tool loop begins with its thinking. */
function thinkingStartFindings(body: JsonObject, messages: readonly JsonObject[]): Findings {
  if (text(object(body, 'thinking') ?? {}, 'type') !== 'enabled') return []
  const all = merged(messages).filter((message) => message.role !== 'system')
  const last = all.at(-1)
  const answer = all.at(-2)
  if (
    last === undefined ||
    answer?.role !== 'assistant' ||
    idsOf(last, 'tool_result', 'tool_use_id').length === 0
  ) {
    return []
  }
  const first = answer.blocks[0]
  const type = isObject(first) ? text(first, 'type') : undefined
  return expectThat(
    type === 'thinking' || type === 'redacted_thinking',
    `messages.${answer.at}.content.0.type: Expected \`thinking\` or \`redacted_thinking\`, but found \`${type}\`. When \`thinking\` is enabled, a final \`assistant\` message must start with a thinking block.`,
  )
}
