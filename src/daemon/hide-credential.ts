// Some providers repeat the credential that they refuse. Law: what an attempt sent as its credential never comes back out of
// it in an error, neither to the agent nor into the trace, whatever the key looks like.

import { HubError } from '../base/errors.js'
import { removeSecrets } from '../base/secret-forms.js'

const CREDENTIALS = ['authorization', 'x-api-key', 'api-key', 'x-goog-api-key', 'x-axonhub-key', 'cookie']
/** Shorter values are words of their own and no secrets. */
const LEAST = 8

/** The secrets that stand in the headers of a request, without what says their kind (`Bearer`). */
export function credentialsIn(headers: Readonly<Record<string, string | string[] | undefined>>): string[] {
  const found: string[] = []
  for (const name of CREDENTIALS) {
    const told = headers[name]
    if (told === undefined) continue
    for (const value of typeof told === 'string' ? [told] : told) {
      if (name === 'cookie')
        found.push(...value.split(';').map((pair) => pair.slice(pair.indexOf('=') + 1).trim()))
      else found.push(value.replace(/^[\w-]+\s+/, ''))
    }
  }
  return found
}

/** The words without the values of the credential headers that went up. */
export function withoutCredential(words: string, sent: Readonly<Record<string, string>>): string {
  return Object.entries(sent)
    .filter(([name]) => CREDENTIALS.includes(name.toLowerCase()))
    .map(([, value]) => value.replace(/^\S+\s+/, ''))
    .filter((secret) => secret.length >= LEAST)
    .reduce((rest, secret) => rest.replaceAll(secret, '…'), words)
}

/** The same error, its message without the credential and without what has the form of one. */
export function errorWithoutCredential(error: HubError, sent: Readonly<Record<string, string>>): HubError {
  const message = removeSecrets(withoutCredential(error.message, sent)).text
  return message === error.message ? error : new HubError(error.code, message, error.detail)
}
