// Turns of the IR as `system` and `messages`. Law: roles alternate, results stand first in the user message behind
// their calls, the first message is the user's, no message is empty (providers §4 Anthropic).

import { type JsonObject, type JsonValue, text } from '../../base/json.js'
import type { Dialect } from '../dialect.js'
import type { Note } from '../ir/note.js'
import type { IrRequest, IrTurn } from '../ir/request.js'
import { type BlockContext, encodePart, plainContent } from './block-encode.js'
import { callIds } from './tool-id.js'
import { noteForeign, ownFields, PROTOCOL } from './wire.js'

export type Message = {
  readonly role: 'user' | 'assistant' | 'system'
  readonly blocks: JsonObject[]
  readonly fields: JsonObject
}

export type Conversation = { readonly system: JsonObject[]; readonly messages: Message[] }

/** Splits and puts together the turns of a request. */
export function encodeTurns(
  request: IrRequest,
  dialect: Dialect,
  footprint: string,
  notes: Note[],
): Conversation {
  const head = leading(request.turns)
  const context: BlockContext = { notes, footprint, ids: callIds(), media: 'words' }
  const system = request.turns.slice(0, head).flatMap((turn, index) => blocksOf(turn, index, context))
  const messages = request.turns
    .slice(head)
    .map((turn, index) => encodeTurn(turn, index + head, context))
    .filter((message) => message.blocks.length > 0 || Object.keys(message.fields).length > 0)
  const native = request.carry?.protocol === PROTOCOL
  const placed = merge(placeSystem(merge(messages), dialect, native, notes))
  const opened = withUserLast(withUserFirst(placed.map(resultsFirst), system, notes), request.turns, notes)
  return { system, messages: withoutTrailingSpace(opened) }
}

/** How many turns at the head are instructions. */
function leading(turns: readonly IrTurn[]): number {
  const first = turns.findIndex((turn) => turn.role !== 'system' && turn.role !== 'developer')
  return first === -1 ? turns.length : first
}

function blocksOf(turn: IrTurn, index: number, context: BlockContext): JsonObject[] {
  if (turn.carry !== undefined) noteForeign(turn.carry, `turns[${index}]`, context.notes)
  const allowed = turn.role === 'user' || turn.role === 'tool'
  const inside: BlockContext = allowed ? { ...context, media: 'allowed' } : context
  const blocks: JsonObject[] = []
  turn.parts.forEach((part, place) => {
    for (const block of encodePart(part, () => `turns[${index}].parts[${place}]`, inside)) blocks.push(block)
  })
  return blocks
}

function encodeTurn(turn: IrTurn, index: number, context: BlockContext): Message {
  return { role: roleOf(turn.role), blocks: blocksOf(turn, index, context), fields: ownFields(turn.carry) }
}

function roleOf(role: IrTurn['role']): Message['role'] {
  switch (role) {
    case 'user':
    case 'tool':
      return 'user'
    case 'assistant':
      return 'assistant'
    case 'system':
    case 'developer':
      return 'system'
  }
}

/** Neighbours with the same role become one message: added to, because thousands of neighbours would be copied each time. */
function merge(messages: readonly Message[]): Message[] {
  const merged: Message[] = []
  /** Whether the last message is ours, made of several. */
  let grows = false
  for (const message of messages) {
    const last = merged.at(-1)
    if (last?.role !== message.role) {
      merged.push(message)
      grows = false
      continue
    }
    const whole = grows ? last : { role: last.role, blocks: [...last.blocks], fields: { ...last.fields } }
    for (const block of message.blocks) whole.blocks.push(block)
    Object.assign(whole.fields, message.fields)
    merged[merged.length - 1] = whole
    grows = true
  }
  return merged
}

/**
 * System messages are taken only directly behind a user message and before an assistant's or the end; elsewhere,
 * and where the dialect knows none, they become reminders in a user message, as Claude Code itself does.
 */
function placeSystem(
  messages: readonly Message[],
  dialect: Dialect,
  native: boolean,
  notes: Note[],
): Message[] {
  return messages.flatMap((message, index) => {
    if (message.role !== 'system') return [message]
    const fits = messages[index - 1]?.role === 'user' && messages[index + 1]?.role !== 'user'
    if (dialect.systemMessages !== false && (fits || native)) return [message]
    notes.push({
      kind: 'approximated',
      path: 'messages',
      reason: 'a system message in the conversation is sent as a reminder in a user message',
    })
    return message.blocks.length === 0
      ? []
      : [{ role: 'user' as const, blocks: message.blocks.map(reminder), fields: {} }]
  })
}

function reminder(block: JsonObject): JsonObject {
  const words = text(block, 'text')
  if (words === undefined) return block
  return { ...block, text: `<system-reminder>\n${words}\n</system-reminder>` }
}

/** Results before everything else, in their own order. */
function resultsFirst(message: Message): Message {
  if (message.role !== 'user') return message
  const results = message.blocks.filter((block) => block['type'] === 'tool_result')
  const others = message.blocks.filter((block) => block['type'] !== 'tool_result')
  return { ...message, blocks: [...results, ...others] }
}

/** A conversation must begin with a user's words: the last instruction stands in when there are no others. */
function withUserFirst(messages: Message[], system: JsonObject[], notes: Note[]): Message[] {
  if (messages[0]?.role === 'user') return messages
  const only = messages.length === 0 ? system.pop() : undefined
  if (messages.length === 0 && only === undefined) return messages
  notes.push({
    kind: 'approximated',
    path: 'messages',
    reason:
      only === undefined
        ? 'the conversation does not begin with a user message; one was put in'
        : 'there is no user message; the last instruction is sent as one',
  })
  const first = only ?? { type: 'text', text: 'Continue.' }
  return [{ role: 'user', blocks: [first], fields: {} }, ...messages]
}

/** Blank words of a user are no block, but they ask for an answer all the same; the model would go on with its own text. */
function withUserLast(messages: Message[], turns: readonly IrTurn[], notes: Note[]): Message[] {
  const others = turns.filter((turn) => turn.role !== 'system' && turn.role !== 'developer')
  const last = messages.findLast((message) => message.role !== 'system')
  if (others.at(-1)?.role !== 'user' || last?.role !== 'assistant') return messages
  notes.push({
    kind: 'approximated',
    path: 'messages',
    reason: 'the last user message is blank; one with words was put in',
  })
  return [...messages, { role: 'user', blocks: [{ type: 'text', text: 'Continue.' }], fields: {} }]
}

/** A last assistant message is the beginning of the answer, and must not end in white space. */
function withoutTrailingSpace(messages: Message[]): Message[] {
  const last = messages.at(-1)
  const block = last?.blocks.at(-1)
  if (last?.role !== 'assistant' || block === undefined || block['type'] !== 'text') return messages
  const trimmed = { ...block, text: (text(block, 'text') ?? '').trimEnd() }
  return [...messages.slice(0, -1), { ...last, blocks: [...last.blocks.slice(0, -1), trimmed] }]
}

/** The wire form of a message: a system message of plain texts is one string, as Claude Code sends it. */
export function wireMessage(message: Message): JsonObject {
  const { role, blocks, fields } = message
  if (blocks.length === 0) return { role, content: [], ...fields }
  return { role, content: role === 'system' ? systemContent(blocks) : blocks, ...fields }
}

function systemContent(blocks: readonly JsonObject[]): JsonValue {
  const content = plainContent(blocks)
  return typeof content === 'string' ? content : [...blocks]
}

/**
 * Whether the last tool loop is still running and its assistant message does not begin with thinking: models with
 * the `enabled` form refuse to think then.
 */
export function isOpenLoopWithoutThinking(messages: readonly Message[]): boolean {
  const last = messages.findLast((message) => message.role !== 'system')
  const running =
    last?.role === 'user' &&
    last.blocks.length > 0 &&
    last.blocks.every((block) => block['type'] === 'tool_result')
  if (!running) return false
  const assistant = messages.findLast((message) => message.role === 'assistant')
  const first = assistant?.blocks[0]?.['type']
  return first !== 'thinking' && first !== 'redacted_thinking'
}
