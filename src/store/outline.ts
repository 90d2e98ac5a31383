// A prompt as a list of hashes: each tool, the system text, the settings, each message, in the order in which providers read
// and cache them. Law: the earlier prompt is the beginning of the later one just when its outline is.
import { hash } from 'node:crypto'
import { type JsonObject, list } from '../base/json.js'
import { canonical, messagesOf, settingsOf, systemOf } from './prefix.js'
import type { CacheBreakCause } from './views.js'

const HASH_BYTES = 8
/** Before the hashes: how many of them are tools. */
const HEAD_BYTES = 4

/** Some bytes for each part of the prompt. */
export function outlineOf(body: JsonObject): Buffer {
  const tools = list(body, 'tools').map(canonical)
  const parts = [...tools, systemOf(body), settingsOf(body), ...messagesOf(body).map(canonical)]
  const outline = Buffer.alloc(HEAD_BYTES + parts.length * HASH_BYTES)
  outline.writeUInt32LE(tools.length)
  for (const [index, part] of parts.entries())
    hash('sha256', part, 'buffer').copy(outline, HEAD_BYTES + index * HASH_BYTES, 0, HASH_BYTES)
  return outline
}

type Parts = {
  readonly tools: readonly string[]
  readonly system: string | undefined
  readonly settings: string | undefined
  readonly messages: readonly string[]
}

function partsOf(outline: Uint8Array): Parts {
  const bytes = Buffer.from(outline.buffer, outline.byteOffset, outline.byteLength)
  const tools = bytes.length < HEAD_BYTES ? 0 : bytes.readUInt32LE()
  const hashes: string[] = []
  for (let at = HEAD_BYTES; at < bytes.length; at += HASH_BYTES)
    hashes.push(bytes.toString('latin1', at, at + HASH_BYTES))
  const [system, settings, ...messages] = hashes.slice(tools)
  return { tools: hashes.slice(0, tools), system, settings, messages }
}

/** Which part of the prompt is the first that is not what it was; undefined when it goes on. */
export function firstDifference(before: Uint8Array, after: Uint8Array): CacheBreakCause | undefined {
  const old = partsOf(before)
  const now = partsOf(after)
  if (!isSame(old.tools, now.tools))
    return isSame([...old.tools].sort(), [...now.tools].sort()) ? 'tool-order' : 'tools'
  if (old.system !== now.system) return 'system'
  if (old.settings !== now.settings) return 'settings'
  return isSame(old.messages, now.messages.slice(0, old.messages.length)) ? undefined : 'history'
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((part, index) => part === other[index])
}
