// The system prompt and one message as turns of the IR. Law: a user message that mixes tool results and other
// blocks becomes runs of tool and user turns in the order of its blocks, so that it can be put together again.

import { isObject, type JsonObject, type JsonValue, text } from '../../base/json.js'
import type { IrPart } from '../ir/part.js'
import type { IrTurn } from '../ir/request.js'
import { decodeBlock } from './block-decode.js'
import { carrying, objectAt, stringAt, wrongType } from './wire.js'

/** `system`: a string or a list of blocks; one turn, or none when absent or empty. */
export function decodeSystem(system: JsonValue | undefined): IrTurn[] {
  if (system === undefined || system === null) return []
  const parts = decodeContent(system, 'system')
  return parts.length === 0 ? [] : [{ role: 'system', parts }]
}

/** One entry of `messages`. Throws `invalid-request` for wrong types. */
export function decodeMessage(message: JsonObject, path: string): IrTurn[] {
  const role = stringAt(message, 'role', path)
  if (role !== 'user' && role !== 'assistant' && role !== 'system') {
    throw wrongType(`${path}.role`, 'user, assistant or system')
  }
  const content = message['content']
  const carry = carrying(message, ['role', 'content'])
  // A system message may carry settings only (`output_config`, `clear_at`) and no words.
  const silent = role === 'system' && (content === undefined || content === null)
  const parts = silent ? [] : decodeContent(content, `${path}.content`)
  return role === 'user' ? splitUser(parts, carry) : [{ role, parts, ...carry }]
}

function splitUser(parts: readonly IrPart[], carry: Pick<IrTurn, 'carry'>): IrTurn[] {
  const runs: { role: 'user' | 'tool'; parts: IrPart[] }[] = []
  for (const part of parts) {
    const role = part.type === 'tool-result' ? 'tool' : 'user'
    const last = runs.at(-1)
    if (last?.role === role) last.parts.push(part)
    else runs.push({ role, parts: [part] })
  }
  if (runs.length === 0) return [{ role: 'user', parts: [], ...carry }]
  return runs.map((run, index) => (index === 0 ? { ...run, ...carry } : run))
}

function decodeContent(content: JsonValue | undefined, path: string): IrPart[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }]
  if (!Array.isArray(content)) throw wrongType(path, 'a string or a list of blocks')
  return content.map((block, index) => checkedBlock(block, `${path}[${index}]`))
}

function checkedBlock(value: JsonValue, path: string): IrPart {
  const block = objectAt(value, path)
  switch (stringAt(block, 'type', path)) {
    case 'text':
      stringAt(block, 'text', path)
      break
    case 'tool_use':
      stringAt(block, 'id', path)
      stringAt(block, 'name', path)
      break
    case 'tool_result':
      stringAt(block, 'tool_use_id', path)
      checkResultContent(block['content'], `${path}.content`)
      break
    case 'image':
      objectAt(block['source'], `${path}.source`)
      break
  }
  if (block['thinking'] !== undefined && text(block, 'type') === 'thinking') stringAt(block, 'thinking', path)
  return decodeBlock(block, '')
}

function checkResultContent(content: JsonValue | undefined, path: string): void {
  if (content === undefined || content === null || typeof content === 'string') return
  if (!Array.isArray(content) || !content.every(isObject))
    throw wrongType(path, 'a string or a list of blocks')
}
