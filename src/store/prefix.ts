// What changed first between two requests of a conversation, in the order in which providers read a prompt: tools,
// system text, settings, messages. Cache marks are no part of a prompt.
import { isObject, type JsonObject, type JsonValue, list, text } from '../base/json.js'
import type { CacheBreak } from './views.js'

export type Change = Pick<CacheBreak, 'cause' | 'detail'>

/** Undefined when the earlier prompt is the beginning of the later one. */
export function firstChange(before: JsonObject, after: JsonObject): Change | undefined {
  return (
    changedTools(toolsOf(before), toolsOf(after)) ??
    changedSystem(systemOf(before), systemOf(after)) ??
    changedSettings(before, after) ??
    changedMessages(messagesOf(before), messagesOf(after))
  )
}

/** The value as text, without cache marks. */
function canonical(value: JsonValue | undefined): string {
  const plain = JSON.stringify(value) ?? ''
  return plain.includes('"cache_control"')
    ? (JSON.stringify(value, (key, inner: unknown) => (key === 'cache_control' ? undefined : inner)) ?? '')
    : plain
}

/** Gemini puts the declarations of all functions into one tool. */
function toolsOf(body: JsonObject): readonly JsonValue[] {
  return list(body, 'tools').flatMap((tool) => {
    const declared = isObject(tool)
      ? [...list(tool, 'functionDeclarations'), ...list(tool, 'function_declarations')]
      : []
    return declared.length === 0 ? [tool] : declared
  })
}

function toolName(tool: JsonValue): string {
  if (!isObject(tool)) return '?'
  const inner = tool['function']
  return (
    text(tool, 'name') ?? (isObject(inner) ? text(inner, 'name') : undefined) ?? text(tool, 'type') ?? '?'
  )
}

function changedTools(before: readonly JsonValue[], after: readonly JsonValue[]): Change | undefined {
  const old = before.map(canonical)
  const now = after.map(canonical)
  const at = firstDifference(old, now)
  if (at === undefined && old.length === now.length) return undefined
  const names = { old: before.map(toolName), now: after.map(toolName) }
  if (old.length === now.length && [...old].sort().join() === [...now].sort().join())
    return {
      cause: 'tool-order',
      detail: `the tools are in another order from ${names.now[at ?? 0] ?? '?'} on`,
    }
  const added = names.now.find((name) => !names.old.includes(name))
  if (added !== undefined) return { cause: 'tools', detail: `the tool ${added} was added` }
  const removed = names.old.find((name) => !names.now.includes(name))
  if (removed !== undefined) return { cause: 'tools', detail: `the tool ${removed} was removed` }
  return { cause: 'tools', detail: `the tool ${names.now[at ?? 0] ?? '?'} is described differently` }
}

/** Undefined when one is the beginning of the other. */
function firstDifference(before: readonly string[], after: readonly string[]): number | undefined {
  const length = Math.min(before.length, after.length)
  for (let index = 0; index < length; index++) if (before[index] !== after[index]) return index
  return undefined
}

function systemOf(body: JsonObject): string {
  const { system, instructions } = body
  const google = body['systemInstruction'] ?? body['system_instruction']
  const first = [
    ...(google === undefined ? [] : [google]),
    ...[...list(body, 'messages'), ...list(body, 'input')].filter(isSystem),
  ]
  const own = typeof system === 'string' ? [system] : list(body, 'system').map(wordsOf)
  return [...(typeof instructions === 'string' ? [instructions] : []), ...own, ...first.map(wordsOf)].join(
    '\n',
  )
}

function isSystem(message: JsonValue): boolean {
  const role = isObject(message) ? text(message, 'role') : undefined
  return role === 'system' || role === 'developer'
}

/** The text of a part, or of all parts of a message. */
function wordsOf(value: JsonValue): string {
  if (!isObject(value)) return canonical(value)
  const content = value['content']
  if (typeof content === 'string') return content
  return text(value, 'text') ?? [...list(value, 'content'), ...list(value, 'parts')].map(wordsOf).join('\n')
}

const DATE =
  /\d{4}-\d\d-\d\d|\d{1,2}:\d\d|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]* \d{1,2}\b/i
const AROUND = 24

function changedSystem(before: string, after: string): Change | undefined {
  if (before === after) return undefined
  let at = 0
  while (before[at] === after[at]) at++
  const piece = (words: string) =>
    words
      .slice(Math.max(0, at - AROUND), at + AROUND)
      .replace(/\s+/g, ' ')
      .trim()
  const isDate = DATE.test(piece(before)) && DATE.test(piece(after))
  return {
    cause: isDate ? 'date' : 'system',
    detail: `the system text differs from character ${at} on: “${piece(before)}” became “${piece(after)}”`,
  }
}

/** Settings that providers make part of what they cache. */
export const SETTINGS = ['prompt_cache_key', 'tool_choice', 'thinking'] as const
/** Those that say how hard to think. */
export const EFFORTS = ['reasoning', 'reasoning_effort', 'output_config'] as const

function changedSettings(before: JsonObject, after: JsonObject): Change | undefined {
  const isChanged = (setting: string) => canonical(before[setting]) !== canonical(after[setting])
  const effort = EFFORTS.find(isChanged)
  if (effort !== undefined) {
    const words = (body: JsonObject) => canonical(body[effort]) || 'nothing'
    return { cause: 'effort', detail: `${effort} was ${words(before)} and is ${words(after)}` }
  }
  const name = SETTINGS.find(isChanged)
  return name === undefined ? undefined : { cause: 'settings', detail: `${name} changed` }
}

function messagesOf(body: JsonObject): readonly JsonValue[] {
  return [...list(body, 'messages'), ...list(body, 'input'), ...list(body, 'contents')].filter(
    (message) => !isSystem(message),
  )
}

function changedMessages(before: readonly JsonValue[], after: readonly JsonValue[]): Change | undefined {
  const at = firstDifference(before.map(canonical), after.map(canonical))
  if (at !== undefined)
    return { cause: 'history', detail: `message ${at + 1} of ${before.length} is not what it was` }
  if (after.length >= before.length) return undefined
  return {
    cause: 'history',
    detail: `the history is shorter: ${after.length} messages after ${before.length}`,
  }
}
