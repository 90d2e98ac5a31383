// Gemini's paths, which name the model and what is wanted of it: /v1beta/models/MODEL:streamGenerateContent, the same below
// /gemini, and in any version. Law: a path that is not here is somebody else's.

import type { Endpoint } from './endpoints.js'

const VERSIONED = /^\/(?:gemini\/v\d\w*|v1(?:alpha|beta)\d*)\/models(?:\/(.+))?$/
/** OpenAI's list of models has the same path without an action. */
const PLAIN = /^\/v1\/models\/(.+:(?:generateContent|streamGenerateContent|countTokens))$/

/** What a Gemini path asks for; undefined when the path is none. */
export function geminiEndpoint(method: string, path: string): Endpoint | undefined {
  const [match, rest] = VERSIONED.exec(path) ?? PLAIN.exec(path) ?? []
  if (match === undefined) return undefined
  const action = rest === undefined ? undefined : /^(.+):(\w+)$/.exec(rest)
  if (action === null || action === undefined) {
    if (method !== 'GET' && method !== 'HEAD') return { type: 'wrong-method', allow: 'GET, HEAD' }
    return { type: 'models', shape: 'gemini', ...(rest === undefined ? {} : { id: decoded(rest) }) }
  }
  const model = decoded(action[1] ?? '')
  switch (action[2]) {
    case 'generateContent':
    case 'streamGenerateContent': {
      const named = { model, stream: action[2] === 'streamGenerateContent' }
      return posted(method, { type: 'generate', protocol: 'gemini', named })
    }
    case 'countTokens':
      return posted(method, { type: 'count-tokens', protocol: 'gemini', named: { model, stream: false } })
    default:
      return { type: 'unknown' }
  }
}

/** Whether errors on this path are told in Gemini's shape, and a key may stand in its query. */
export function isGeminiPath(path: string): boolean {
  return /^\/(?:gemini|v1(?:alpha|beta)\d*)(?:\/|$)/.test(path) || PLAIN.test(path)
}

function posted(method: string, endpoint: Endpoint): Endpoint {
  return method === 'POST' ? endpoint : { type: 'wrong-method', allow: 'POST' }
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
