// The order of messages that chat templates of open models insist on. Law: no word is lost, and what stood before a
// message stays as it was when the conversation grows, so that prompt caches stay warm.

import { isObject, type JsonObject, type JsonValue, list } from '../../base/json.js'
import type { Dialect } from '../dialect.js'
import type { Note } from '../ir/note.js'
import { PARAGRAPH } from './content-encode.js'

/** Messages in an order that the vendor takes. */
export function arrangeMessages(messages: JsonObject[], dialect: Dialect, notes: Note[]): JsonObject[] {
  const folded = dialect.systemMessages === false ? withoutLateSystem(messages, notes) : messages
  return dialect.strictTurns === true ? strictly(folded) : folded
}

/** A later word of the system is told as Claude Code tells its reminders; neighbours of the user become one message. */
function withoutLateSystem(messages: readonly JsonObject[], notes: Note[]): JsonObject[] {
  const result: JsonObject[] = []
  // The parts of the message in front: added to, because copying them once for each of many messages takes minutes.
  let parts: JsonValue[] | undefined
  messages.forEach((message, index) => {
    const late = index > 0 && (message['role'] === 'system' || message['role'] === 'developer')
    if (late)
      notes.push({
        kind: 'approximated',
        path: `messages[${index}]`,
        reason: 'a system message in the conversation is sent as a reminder in a user message',
      })
    const told = late ? { ...message, role: 'user', content: reminder(message['content']) } : message
    const last = result.at(-1)
    if (last?.['role'] === 'user' && told['role'] === 'user' && last['name'] === told['name']) {
      const words = parts === undefined ? joinedWords(last['content'], told['content']) : undefined
      if (words === undefined) {
        parts ??= partsOf(last['content'])
        for (const part of partsOf(told['content'])) parts.push(part)
      }
      result[result.length - 1] = { ...last, ...told, content: words ?? parts ?? [] }
    } else {
      parts = undefined
      result.push(told)
    }
  })
  return result
}

function reminder(content: JsonValue | undefined): JsonValue {
  if (typeof content === 'string') return wrapped(content)
  return (Array.isArray(content) ? content : []).map((part) =>
    isObject(part) && typeof part['text'] === 'string' ? { ...part, text: wrapped(part['text']) } : part,
  )
}

function wrapped(words: string): string {
  return `<system-reminder>\n${words}\n</system-reminder>`
}

/** Two texts as one; undefined when one of them has parts. */
function joinedWords(first: JsonValue | undefined, second: JsonValue | undefined): string | undefined {
  if (typeof first !== 'string' || typeof second !== 'string') return undefined
  // Added, not joined: a join copies all that came before, once for each of many messages.
  return first === '' || second === '' ? first + second : first + PARAGRAPH + second
}

/** A new list. */
function partsOf(content: JsonValue | undefined): JsonValue[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }]
  return content === undefined ? [] : [...list({ content }, 'content')]
}

/** What the assistant is made to say between a result and the user's next words. */
const BETWEEN: JsonObject = { role: 'assistant', content: 'Noted.' }

function strictly(messages: readonly JsonObject[]): JsonObject[] {
  const result = messages.flatMap((message, index) => {
    const follows = message['role'] === 'user' && messages[index - 1]?.['role'] === 'tool'
    return follows ? [BETWEEN, message] : [message]
  })
  const last = result.at(-1)
  if (last?.['role'] === 'assistant' && last['tool_calls'] === undefined)
    result[result.length - 1] = { ...last, prefix: true }
  return result
}
