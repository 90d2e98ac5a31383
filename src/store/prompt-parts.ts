// The parts of a prompt as they stand in a body: tools, system texts, settings, messages; each read once, however often it
// is sent again. Cache marks are no part of a prompt.
import { hash } from 'node:crypto'
import { isObject, parseJson, text } from '../base/json.js'
import { EFFORTS, SETTINGS } from './prefix.js'
import { saidIn, shortened } from './prompt.js'

export type PromptPart = {
  /** The member of the body that it is, or is an element of. */
  readonly key: string
  readonly kind: 'tool' | 'system' | 'setting' | 'message'
  /** `PART_HASH` bytes of its sha256, as latin1. */
  readonly hash: string
  /** What a user said in it. */
  readonly said: string | undefined
}

export const PART_HASH = 8

const MESSAGES = ['messages', 'input', 'contents']
const OTHERS = new Map<string, PromptPart['kind']>([
  ['tools', 'tool'],
  ['system', 'system'],
  ['instructions', 'system'],
  ['systemInstruction', 'system'],
  ['system_instruction', 'system'],
  ...[...SETTINGS, ...EFFORTS].map((name) => [name, 'setting'] as const),
])

/** `bytes`: the JSON of a member of a body, or of an element of one. Undefined for what is no part of a prompt. */
export function readPart(key: string, isElement: boolean, bytes: Buffer): PromptPart | undefined {
  const kind = OTHERS.get(key)
  if (kind !== undefined) return { key, kind, hash: hashOf(bytes), said: undefined }
  if (!MESSAGES.includes(key)) return undefined
  const value = parseJson(bytes.toString())
  if (typeof value === 'string' && !isElement)
    return { key, kind: 'message', hash: hashOf(bytes), said: key === 'input' ? shortened(value) : undefined }
  const message = isObject(value) ? value : {}
  const role = text(message, 'role')
  return {
    key,
    kind: role === 'system' || role === 'developer' ? 'system' : 'message',
    hash: hashOf(bytes),
    said: saidIn(message),
  }
}

/** What the user of a turn, or the caller of a subagent, said last. */
export function newestPrompt(parts: readonly PromptPart[]): string | undefined {
  return parts.findLast(({ said }) => said !== undefined)?.said
}

const MARK = '"cache_control"'
/** With the comma that belongs to it. Quotes inside of texts are escaped. */
const MARKS = /,\s*"cache_control"\s*:\s*(?:null|\{[^{}]*\})|"cache_control"\s*:\s*(?:null|\{[^{}]*\})\s*,?/g

function hashOf(bytes: Buffer): string {
  const plain = bytes.includes(MARK)
    ? Buffer.from(bytes.toString('latin1').replace(MARKS, ''), 'latin1')
    : bytes
  return hash('sha256', plain, 'binary').slice(0, PART_HASH)
}
