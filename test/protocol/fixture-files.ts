// The recorded and written messages that the protocol tests run on.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isObject, type JsonObject, parseJson } from '../../src/base/json.js'
import type { ProtocolId } from '../../src/protocol/ids.js'
import { codecs } from '../../src/protocol/registry.js'

export type StreamFixture = {
  readonly protocol: ProtocolId
  readonly name: string
  readonly bytes: Uint8Array
}
export type RequestFixture = {
  readonly protocol: ProtocolId
  readonly name: string
  readonly body: JsonObject
}

export const protocols: readonly ProtocolId[] = [
  'openai-chat',
  'openai-responses',
  'anthropic-messages',
  'gemini',
]
export const allCodecs = protocols.map((protocol) => codecs[protocol])

const written = join(import.meta.dirname, '..', 'fixtures')
/** Where recorded messages of real providers and agents lie; undefined when AXONHUB_CAPTURES is not set. */
export const captures = process.env['AXONHUB_CAPTURES']

/** The streams written for these tests, small and with every feature of the protocol. */
export function streams(protocol: ProtocolId): StreamFixture[] {
  return streamsOf(protocol, join(written, protocol))
}

/** The streams of real providers. */
export function recordedStreams(protocol: ProtocolId): StreamFixture[] {
  return captures === undefined ? [] : streamsOf(protocol, join(captures, 'recorded', protocol))
}

export function requests(protocol: ProtocolId): RequestFixture[] {
  return filesOf(join(written, protocol), '.request.json').map(({ name, bytes }) => ({
    protocol,
    name,
    body: objectOf(bytes),
  }))
}

/** The requests of the real agents: Codex speaks Responses, Claude Code speaks Messages. */
export function recordedRequests(): RequestFixture[] {
  if (captures === undefined) return []
  const folders = [
    ['codex', 'openai-responses'],
    ['claude-code', 'anthropic-messages'],
  ] as const
  return folders.flatMap(([folder, protocol]) =>
    filesOf(join(captures ?? '', folder), '.json').flatMap(({ name, bytes }) => {
      const { body } = objectOf(bytes)
      const isRequest = isObject(body) && ('input' in body || ('messages' in body && 'max_tokens' in body))
      return isRequest ? [{ protocol, name, body }] : []
    }),
  )
}

function streamsOf(protocol: ProtocolId, folder: string): StreamFixture[] {
  return filesOf(folder, '.sse').map((file) => ({ protocol, ...file }))
}

function filesOf(folder: string, ending: string): { readonly name: string; readonly bytes: Uint8Array }[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((file) => file.endsWith(ending))
    .sort()
    .map((file) => ({ name: file.slice(0, -ending.length), bytes: readFileSync(join(folder, file)) }))
}

function objectOf(bytes: Uint8Array): JsonObject {
  const value = parseJson(Buffer.from(bytes).toString('utf8'))
  return isObject(value) ? value : {}
}
