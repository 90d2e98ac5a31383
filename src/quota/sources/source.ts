// What every source of quota figures is: where to ask, how to prove who asks, and how to read the answer. A source never
// asks a model anything; its address is that of the channel, so a key only goes to the host that it is bound to.

import type { JsonObject } from '../../base/json.js'
import type { Reading } from '../meter.js'

export type QuotaCredential = {
  /** The key or access token. */
  readonly token: string
  /** The provider's id of the account, where the login names it. */
  readonly accountId?: string | undefined
  readonly plan?: string | undefined
}

export type Verdict =
  | { readonly type: 'read'; readonly reading: Reading }
  /** The credential does not do; nothing is asked again until it changes. */
  | { readonly type: 'refused'; readonly message: string }
  /** An answer, but none that can be read. */
  | { readonly type: 'strange'; readonly message: string }

export type QuotaQuestion = { readonly url: URL; readonly headers: Readonly<Record<string, string>> }

export type QuotaSource = {
  readonly id: string
  /** Names of the presets that it answers for. */
  readonly providers: readonly string[]
  /** The agent whose login file it reads; absent: it takes the channel's own keys. */
  readonly login?: 'codex' | 'claude-code'
  /** How long a person has to wait between two questions, ms. */
  readonly leastMs: number
  /** `base` is the base URL of the channel. */
  ask(base: URL, credential: QuotaCredential): QuotaQuestion
  /** `now`: ms since the epoch. `base` as in `ask`. */
  read(body: JsonObject, now: number, base: URL): Verdict
}

export const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

export const read = (meters: Reading['meters'], plan?: string): Verdict => ({
  type: 'read',
  reading: { meters, plan, replaces: 'all' },
})

export const strange = (message: string): Verdict => ({ type: 'strange', message })
