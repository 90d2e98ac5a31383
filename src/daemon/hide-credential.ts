// Some providers repeat the credential that they refuse. Law: what an attempt sent as its credential never comes back out of
// it in an error, neither to the agent nor into the trace, whatever the key looks like.

import { HubError } from '../base/errors.js'

const CREDENTIALS = ['authorization', 'x-api-key', 'api-key', 'x-goog-api-key']
/** Shorter values are words of their own and no secrets. */
const LEAST = 8

/** The words without the values of the credential headers that went up. */
export function withoutCredential(words: string, sent: Readonly<Record<string, string>>): string {
  return Object.entries(sent)
    .filter(([name]) => CREDENTIALS.includes(name.toLowerCase()))
    .map(([, value]) => value.replace(/^\S+\s+/, ''))
    .filter((secret) => secret.length >= LEAST)
    .reduce((rest, secret) => rest.replaceAll(secret, '…'), words)
}

/** The same error, its message without the credential. */
export function errorWithoutCredential(error: HubError, sent: Readonly<Record<string, string>>): HubError {
  const message = withoutCredential(error.message, sent)
  return message === error.message ? error : new HubError(error.code, message, error.detail)
}
