// Whose credential goes up with a request, and where it may go. A key goes only to its channel's endpoints; an agent's own
// login only to the provider it belongs to (its preset's hosts), or to a loopback address that the user wrote there.

import type { AgentName } from '../base/agent-name.js'
import { HubError } from '../base/errors.js'
import type { Channel, Endpoint } from '../config/channels.js'
import type { Caller } from './authenticate.js'

type AgentLogin = { readonly token: string; readonly accountId?: string | undefined }

export type CredentialSource = {
  /** Resolves a reference of the configuration. Throws HubError `secret-unavailable`. */
  secret(reference: string): string | Promise<string>
  /** The login that stands in the agent's own file now. Throws HubError `secret-unavailable`. */
  login(agent: 'codex' | 'claude-code'): AgentLogin | Promise<AgentLogin>
}

/** Where the agents' own logins belong: the makers' hosts. */
const LOGIN_HOSTS: Readonly<Record<'codex' | 'claude-code', readonly string[]>> = {
  codex: ['chatgpt.com', 'api.openai.com'],
  'claude-code': ['api.anthropic.com'],
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host)
}

/** Does the login of this agent belong to the host? The machine itself is where the user put something. */
export function loginMayGoTo(host: string, login: 'codex' | 'claude-code'): boolean {
  return isLoopback(host) || LOGIN_HOSTS[login].includes(host)
}

/** Why this caller cannot use a channel that lives on the agent's own login; undefined when nothing stands in the way. */
export function loginObstacle(channel: Channel, caller: Caller, agent: AgentName): string | undefined {
  const { credential } = channel
  if (credential.type !== 'client') return undefined
  if (caller.login === undefined) return "it forwards the agent's own login, and none was sent"
  if (credential.login !== undefined && credential.login !== agent) {
    return `it takes the login of ${credential.login} only`
  }
  return undefined
}

function keyHeaders(style: Endpoint['authStyle'], key: string): Record<string, string> {
  switch (style) {
    case 'bearer':
      return { authorization: `Bearer ${key}` }
    case 'x-api-key':
      return { 'x-api-key': key }
    case 'x-goog-api-key':
      return { 'x-goog-api-key': key }
    case 'api-key':
      return { 'api-key': key }
    case 'none':
      return {}
  }
}

function forwardedLogin(
  channel: Channel,
  endpoint: Endpoint,
  caller: Caller,
): Readonly<Record<string, string>> {
  const { credential } = channel
  if (credential.type !== 'client' || caller.login === undefined) {
    throw new HubError(
      'permission',
      `The channel ${channel.name} forwards the agent's own login, and none was sent.`,
      {
        hint: 'Run "axonhub init --login keep", or use a channel with an API key.',
      },
    )
  }
  requireOwnHost(channel, endpoint, credential.login)
  return caller.login
}

/** Throws HubError `permission` when the login does not belong to the endpoint's host. */
function requireOwnHost(
  channel: Channel,
  endpoint: Endpoint,
  login: 'codex' | 'claude-code' | undefined,
): void {
  const { hostname, protocol, origin } = new URL(endpoint.baseUrl)
  const allowed = login === undefined ? [] : LOGIN_HOSTS[login]
  // Beyond this machine a login travels encrypted or not at all.
  if (isLoopback(hostname) || (protocol === 'https:' && allowed.includes(hostname))) return
  const where = allowed.includes(hostname) ? origin : hostname
  throw new HubError(
    'permission',
    `The agent's login does not belong to ${where}, so it is not sent there.`,
    {
      hint: `Give the channel ${channel.name} an api_key, or its provider's own address.`,
    },
  )
}

/** The login of the agent's file, in the headers that its maker wants. */
async function readLogin(
  channel: Channel,
  endpoint: Endpoint,
  agent: 'codex' | 'claude-code',
  source: CredentialSource,
): Promise<Record<string, string>> {
  requireOwnHost(channel, endpoint, agent)
  const { token, accountId } = await source.login(agent)
  return {
    authorization: `Bearer ${token}`,
    ...(agent === 'claude-code' ? { 'anthropic-beta': 'oauth-2025-04-20' } : {}),
    ...(accountId === undefined ? {} : { 'chatgpt-account-id': accountId }),
  }
}

/**
 * Adds the credential to the headers of a request, which are its own; lists that both name (`anthropic-beta`) are joined. Gives
 * them back.
 */
export function withCredential(
  headers: Record<string, string>,
  credential: Readonly<Record<string, string>>,
): Record<string, string> {
  const name = 'anthropic-beta'
  const { [name]: own } = headers
  Object.assign(headers, credential)
  if (own === undefined || credential[name] === undefined) return headers
  const words = `${own},${credential[name]}`.split(',').map((word) => word.trim())
  headers[name] = [...new Set(words)].filter((word) => word !== '').join(',')
  return headers
}

/** `key` is the position of the key to use, 1 where there is one. */
function referenceAt(channel: Channel, references: readonly string[], key: number): string {
  const reference = references[key - 1]
  if (reference !== undefined) return reference
  throw new HubError('secret-unavailable', `The channel ${channel.name} has no key ${key} any more.`, {
    hint: 'The configuration was changed just now; ask again.',
  })
}

/** The headers that prove who pays; a promise where somebody has to look. Throws HubError `secret-unavailable` or `permission`. */
export function credentialHeaders(
  channel: Channel,
  endpoint: Endpoint,
  caller: Caller,
  source: CredentialSource,
  key = 1,
): Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>> {
  switch (channel.credential.type) {
    case 'client':
      return forwardedLogin(channel, endpoint, caller)
    case 'login':
      return readLogin(channel, endpoint, channel.credential.login, source)
    case 'secret': {
      const { authStyle } = endpoint
      const secret = source.secret(referenceAt(channel, channel.credential.references, key))
      return typeof secret === 'string'
        ? keyHeaders(authStyle, secret)
        : secret.then((told) => keyHeaders(authStyle, told))
    }
    case 'none':
      return {}
  }
}
