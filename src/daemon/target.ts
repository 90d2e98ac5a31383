// One place a request can go to, ready to be tried: where, in which protocol, under which model name, with whose credential.

import type { Dialect } from '../protocol/dialect.js'
import type { ProtocolId } from '../protocol/ids.js'

export type Target = {
  readonly channel: string
  /** The position (1, 2, …) of the key to use, where the channel has several. */
  readonly key?: number | undefined
  readonly protocol: ProtocolId
  /** relay: the agent speaks this protocol itself, bytes stay as they are. */
  readonly mode: 'relay' | 'convert'
  readonly model: string
  /** Its pause is over; this request finds out whether it works again. */
  readonly probe: boolean
  /** The channel's base URL for the protocol, without a trailing slash. */
  readonly baseUrl: string
  readonly dialect: Dialect
  /** Names the channel in sealed reasoning. */
  readonly footprint: string
  /** Headers that the channel adds to each request. */
  readonly headers: Readonly<Record<string, string>>
  /** The credential is the agent's own login, so the provider's word about it belongs to the agent. */
  readonly ownLogin: boolean
  /** The agent whose file the hub reads the credential from, where it is a login. */
  readonly login?: 'codex' | 'claude-code' | undefined
  /** Headers that prove who pays; a promise where somebody has to look. Throws HubError `secret-unavailable` or `permission`. */
  credential(): Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>
}
