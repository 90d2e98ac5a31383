// The TCP surface as a table: method and path to what is asked. Nothing that is not here is served.

import type { ProtocolId } from '../protocol/ids.js'
import { geminiEndpoint, isGeminiPath } from './gemini-path.js'

/** What the path says in the place of the body. */
export type Named = { readonly model: string; readonly stream: boolean }

export type Endpoint =
  /** One model request, in the protocol of the path. */
  | { readonly type: 'generate'; readonly protocol: ProtocolId; readonly named?: Named }
  | {
      readonly type: 'count-tokens'
      readonly protocol: 'anthropic-messages' | 'gemini'
      readonly named?: Named
    }
  | {
      readonly type: 'models'
      readonly shape: 'openai' | 'anthropic' | 'gemini'
      readonly id?: string
    }
  | { readonly type: 'health' }
  | { readonly type: 'probe' }
  /** Another path of the OpenAI API; relayed to a channel that speaks it. `path` is below the base URL. */
  | { readonly type: 'openai-path'; readonly path: string }
  | { readonly type: 'wrong-method'; readonly allow: string }
  | { readonly type: 'unknown' }

const GENERATE: Record<string, ProtocolId> = {
  '/v1/chat/completions': 'openai-chat',
  '/v1/responses': 'openai-responses',
  '/v1/messages': 'anthropic-messages',
  '/anthropic/v1/messages': 'anthropic-messages',
}

const COUNT_TOKENS = ['/v1/messages/count_tokens', '/anthropic/v1/messages/count_tokens']

/** Claude Code looks whether somebody is there: HEAD on its base URL (2.1.197), or on /api/hello below it (2.1.328). */
const PROBES = ['', '/v1', '/anthropic', '/api/hello', '/anthropic/api/hello']

const OPENAI_PATHS = [
  '/v1/embeddings',
  '/v1/completions',
  '/v1/moderations',
  '/v1/rerank',
  '/v1/images/generations',
  '/v1/audio/speech',
]

function modelsEndpoint(path: string): Endpoint | undefined {
  for (const [prefix, shape] of [
    ['/v1/models', 'openai'],
    ['/anthropic/v1/models', 'anthropic'],
  ] as const) {
    if (path === prefix) return { type: 'models', shape }
    if (path.startsWith(`${prefix}/`)) {
      return { type: 'models', shape, id: safeDecode(path.slice(prefix.length + 1)) }
    }
  }
  return undefined
}

function safeDecode(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}

/** `path` is the pathname without query and without a trailing slash. */
export function endpointOf(method: string, path: string): Endpoint {
  const protocol = GENERATE[path]
  if (protocol !== undefined) {
    return method === 'POST' ? { type: 'generate', protocol } : { type: 'wrong-method', allow: 'POST' }
  }
  if (COUNT_TOKENS.includes(path)) {
    return method === 'POST'
      ? { type: 'count-tokens', protocol: 'anthropic-messages' }
      : { type: 'wrong-method', allow: 'POST' }
  }
  if (path === '/health') {
    return method === 'GET' || method === 'HEAD'
      ? { type: 'health' }
      : { type: 'wrong-method', allow: 'GET, HEAD' }
  }
  if (PROBES.includes(path) && (method === 'HEAD' || path.endsWith('/api/hello'))) return { type: 'probe' }
  const gemini = geminiEndpoint(method, path)
  if (gemini !== undefined) return gemini
  const models = modelsEndpoint(path)
  if (models !== undefined) {
    return method === 'GET' || method === 'HEAD' ? models : { type: 'wrong-method', allow: 'GET, HEAD' }
  }
  if (OPENAI_PATHS.includes(path)) {
    return method === 'POST'
      ? { type: 'openai-path', path: path.slice('/v1'.length) }
      : { type: 'wrong-method', allow: 'POST' }
  }
  return { type: 'unknown' }
}

/** The protocol whose error shape fits a path that has no endpoint. */
export function protocolOfPath(path: string): ProtocolId {
  if (isGeminiPath(path)) return 'gemini'
  if (path.startsWith('/anthropic') || path.startsWith('/v1/messages')) return 'anthropic-messages'
  return path.startsWith('/v1/responses') ? 'openai-responses' : 'openai-chat'
}
