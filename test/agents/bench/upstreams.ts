// The upstreams behind the hub: for each protocol a scripted provider, and the channel that leads to it.

import { ANTHROPIC } from '../../support/upstream/anthropic/provider.js'
import { GEMINI } from '../../support/upstream/gemini/provider.js'
import { PLAIN_FLAVOUR } from '../../support/upstream/openai-chat/flavour.js'
import { openAiChat } from '../../support/upstream/openai-chat/provider.js'
import { OPENAI_RESPONSES } from '../../support/upstream/openai-responses/provider.js'
import type { Provider } from '../../support/upstream/provider.js'

export type Route = {
  readonly title: string
  readonly provider: Provider
  /** The model that every name is mapped to; undefined: names go on as they are. */
  readonly model: string | undefined
  /** The channel of config.yml that leads to the scripted provider. */
  channel(baseUrl: string): string
}

function channel(lines: readonly string[]): string {
  return ['channels:', '  - name: scripted', ...lines.map((line) => `    ${line}`)].join('\n')
}

export const RESPONSES: Route = {
  title: 'openai-responses',
  provider: OPENAI_RESPONSES,
  model: 'gpt-6.1-sol',
  channel: (url) =>
    channel([
      'provider: openai',
      'api_key: sk-scripted',
      `endpoints: { openai-responses: "${url}", openai-chat: "${url}" }`,
      'models: ["*"]',
    ]),
}

/** OpenAI with its own models: nothing is mapped, and Codex's own knowledge of a model holds. */
export const OWN_RESPONSES: Route = {
  ...RESPONSES,
  title: 'openai-responses with its own models',
  model: undefined,
}

export const MESSAGES: Route = {
  title: 'anthropic-messages',
  provider: ANTHROPIC,
  model: 'claude-opus-5-5',
  channel: (url) =>
    channel([
      'provider: anthropic',
      'api_key: sk-scripted',
      `endpoints: { anthropic-messages: "${url}" }`,
      'models: ["*"]',
    ]),
}

/** A server that speaks chat and of which the hub knows nothing else. */
export const PLAIN_CHAT: Route = {
  title: 'openai-chat',
  provider: openAiChat(PLAIN_FLAVOUR),
  model: 'some-model',
  channel: (url) =>
    channel(['api_key: sk-scripted', `endpoints: { openai-chat: "${url}" }`, 'models: ["*"]']),
}

export const GOOGLE: Route = {
  title: 'gemini',
  provider: GEMINI,
  model: 'gemini-3.1-pro-preview',
  channel: (url) =>
    channel([
      'provider: gemini',
      'api_key: sk-scripted',
      `endpoints: { gemini: "${url}", openai-chat: "${url}/openai" }`,
      'models: ["*"]',
    ]),
}

/** config.yml for a route: one channel, and a profile that maps every name to its model if it has one. */
export function configOf(route: Route, baseUrl: string): string {
  const profile =
    route.model === undefined
      ? []
      : ['profiles:', '  all:', `    mappings: [{ from: "*", to: ${route.model} }]`, 'active_profile: all']
  return [route.channel(baseUrl), ...profile, ''].join('\n')
}
