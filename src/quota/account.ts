// Which account an answer speaks of. Law: the name of an account is a fingerprint; ids, keys and tokens are never kept.

import { createHash } from 'node:crypto'

/** Eight letters that tell accounts and keys apart and give nothing away. */
export function fingerprintOf(kind: 'account' | 'key', value: string): string {
  if (last.kind === kind && last.value === value) return last.fingerprint
  const fingerprint = `${kind}-${createHash('sha256').update(`axonhub quota ${value}`).digest('hex').slice(0, 8)}`
  last = { kind, value, fingerprint }
  return fingerprint
}

/** The same account pays for one request after the other. */
let last = { kind: '', value: '', fingerprint: '' }

/** Where the agent's own login is used and the provider names no account. */
export const LOGIN_ACCOUNT = 'login'
/** Where no key is sent at all. */
export const NO_KEY_ACCOUNT = 'no-key'

export type AccountMarks = {
  /** The headers that proved who pays. */
  readonly credential: Readonly<Record<string, string>>
  /** The credential is the agent's own login: its token changes by the hour, so it names nobody. */
  readonly ownLogin: boolean
  /** The request's own headers, in lower case. */
  readonly sent: Readonly<Record<string, string>>
  /** The answer's headers. */
  readonly answered: Readonly<Record<string, string>>
}

function secretOf(credential: Readonly<Record<string, string>>): string | undefined {
  const header =
    credential['authorization'] ??
    credential['x-api-key'] ??
    credential['api-key'] ??
    credential['x-goog-api-key']
  return header?.replace(/^(?:Bearer|Token)\s+/i, '').trim()
}

export function accountOf({ credential, ownLogin, sent, answered }: AccountMarks): string {
  if (ownLogin) {
    const id = sent['chatgpt-account-id'] ?? answered['anthropic-organization-id']
    return id === undefined || id.trim() === '' ? LOGIN_ACCOUNT : fingerprintOf('account', id.trim())
  }
  const secret = secretOf(credential)
  return secret === undefined || secret === '' ? NO_KEY_ACCOUNT : fingerprintOf('key', secret)
}
