// The kinds of scalar a config file may hold. Each says in words what is allowed, so that every error can say it too.

import { isIP } from 'node:net'
import { z } from 'zod'
import { parseDuration, parseSize } from './units.js'

/** A scalar: `read` gives undefined for what is not allowed; `allowed` completes the sentence "allowed: …". */
export function kind<T>(allowed: string, read: (value: unknown) => T | undefined) {
  return z.unknown().transform((value, context): T => {
    const result = value === undefined || value === null ? undefined : read(value)
    if (result !== undefined) return result
    context.addIssue({ code: 'custom', message: allowed })
    return z.NEVER
  })
}

export const yesOrNo = kind('true or false', (value) => (typeof value === 'boolean' ? value : undefined))

export function wholeNumber(least: number, most: number) {
  return kind(`a whole number from ${least} to ${most}`, (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most
      ? value
      : undefined,
  )
}

export function numberFrom(least: number) {
  return kind(`a number, ${least} or more`, (value) =>
    typeof value === 'number' && Number.isFinite(value) && value >= least ? value : undefined,
  )
}

export function oneOf<const T extends string>(words: readonly T[]) {
  return kind(words.join(', '), (value) => words.find((word) => word === value))
}

export function matching(allowed: string, pattern: RegExp) {
  return kind(allowed, (value) => (typeof value === 'string' && pattern.test(value) ? value : undefined))
}

export const anyText = kind('text, not empty', (value) =>
  typeof value === 'string' && value.trim() !== '' ? value : undefined,
)

/** Read as milliseconds. */
export const duration = kind('a duration with its unit: 500ms, 600s, 20m, 12h or 30d', parseDuration)

/** Read as bytes. */
export const size = kind('a size with its unit: 500MB or 2GB', parseSize)

/** A header's name (RFC 9110 token). */
export const headerName = matching(
  "a header's name, for example AH-Trace-Id",
  /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/,
)

const LOOPBACK = /^(127(?:\.\d{1,3}){3}|::1|\[::1\]|localhost)$/i

const HOST_NAME = /^(?!\d+$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/i

/** Is the host the machine itself? */
export function isLoopbackHost(host: string): boolean {
  return LOOPBACK.test(host)
}

/** Where agents of this machine find a hub that listens on `host`: loopback always. */
export function localHost(host: string): string {
  return isLoopbackHost(host) ? host : '127.0.0.1'
}

/** An address, or a name that stands for one; without the brackets of an IPv6 address. */
export const listenHost = kind(
  'an address of this machine, for example 127.0.0.1, without http:// and without a port',
  (value) => {
    const host = typeof value === 'string' ? value.replace(/^\[|\]$/g, '') : ''
    return isIP(host) > 0 || HOST_NAME.test(host) ? host : undefined
  },
)
