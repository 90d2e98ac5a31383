// A prompt as a list of hashes: each tool, the system text, the settings, each message, in the order in which providers read
// and cache them. Law: the earlier prompt is the beginning of the later one just when its outline is.
import { hash } from 'node:crypto'
import type { CacheBreakCause } from '../base/cache-break-cause.js'
import { PART_HASH, type PromptPart } from './prompt-parts.js'

/** Before the hashes: how many of them are tools. */
const HEAD_BYTES = 4

/** Some bytes for each part of the prompt. */
export function outlineOf(parts: readonly PromptPart[]): Buffer {
  const tools: string[] = []
  const system: string[] = []
  const settings: string[] = []
  const messages: string[] = []
  for (const part of parts) {
    if (part.kind === 'message') messages.push(part.hash)
    else if (part.kind === 'tool') tools.push(part.hash)
    else if (part.kind === 'system') system.push(part.hash)
    else settings.push(`${part.key} ${part.hash}`)
  }
  const one = (hashes: readonly string[]) => hash('sha256', hashes.join(), 'binary').slice(0, PART_HASH)
  const hashes = [...tools, one(system), one(settings.sort()), ...messages].join('')
  const outline = Buffer.allocUnsafe(HEAD_BYTES + hashes.length)
  outline.writeUInt32LE(tools.length)
  outline.write(hashes, HEAD_BYTES, 'latin1')
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
  for (let at = HEAD_BYTES; at < bytes.length; at += PART_HASH)
    hashes.push(bytes.toString('latin1', at, at + PART_HASH))
  const [system, settings, ...messages] = hashes.slice(tools)
  return { tools: hashes.slice(0, tools), system, settings, messages }
}

/** Which part of the prompt is the first that is not what it was; undefined when it goes on. */
export function firstDifference(before: Uint8Array, after: Uint8Array): CacheBreakCause | undefined {
  if (isBeginning(before, after)) return undefined
  const old = partsOf(before)
  const now = partsOf(after)
  if (!isSame(old.tools, now.tools))
    return isSame([...old.tools].sort(), [...now.tools].sort()) ? 'tool-order' : 'tools'
  if (old.system !== now.system) return 'system'
  if (old.settings !== now.settings) return 'settings'
  return isSame(old.messages, now.messages.slice(0, old.messages.length)) ? undefined : 'history'
}

function isBeginning(before: Uint8Array, after: Uint8Array): boolean {
  return before.length <= after.length && Buffer.compare(before, after.subarray(0, before.length)) === 0
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((part, index) => part === other[index])
}
