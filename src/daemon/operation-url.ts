// Where a relayed request goes: the operation's path below the channel's base URL. Gemini's path names the model.

import { countPath, generatePath } from '../protocol/gemini/path.js'
import type { ProtocolId } from '../protocol/ids.js'
import type { Target } from './target.js'

const PATHS: Readonly<Record<Exclude<ProtocolId, 'gemini'>, string>> = {
  'openai-chat': '/chat/completions',
  'openai-responses': '/responses',
  'anthropic-messages': '/v1/messages',
}

const urls = new Map<string, URL>()
/** More than any configuration has endpoints. */
const MOST_URLS = 500

/** Agents add `?beta=true` and the like. */
const LONGEST_KNOWN_SEARCH = 64

/** Endpoints are few, and reading an address costs as much as some of the headers. Nobody changes what he is given. */
function urlOf(address: string, search: string): URL {
  const whole = address + search
  const known = urls.get(whole)
  if (known !== undefined) return known
  const url = new URL(whole)
  if (urls.size < MOST_URLS && search.length <= LONGEST_KNOWN_SEARCH) urls.set(whole, url)
  return url
}

/** The agent's query goes along; a stream of Gemini's is always asked for as events, whatever the agent reads. */
export function generateUrl(
  { protocol, baseUrl, model }: Pick<Target, 'protocol' | 'baseUrl' | 'model'>,
  { stream, search }: { readonly stream: boolean; readonly search: string },
): URL {
  if (protocol !== 'gemini') return urlOf(baseUrl + PATHS[protocol], search)
  const url = new URL(baseUrl + generatePath(model, stream))
  for (const [name, value] of new URLSearchParams(search))
    if (name !== 'alt') url.searchParams.append(name, value)
  return url
}

export function countUrl(
  { protocol, baseUrl, model }: Pick<Target, 'protocol' | 'baseUrl' | 'model'>,
  search: string,
): URL {
  const path = protocol === 'gemini' ? countPath(model) : '/v1/messages/count_tokens'
  return new URL(baseUrl + path + search)
}
