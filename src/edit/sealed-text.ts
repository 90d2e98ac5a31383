// A secret in the ledger stands there as the hash of the text that holds it: enough to know our own line again, and nothing
// to steal. Pure.
import { createHash } from 'node:crypto'
import { isObject, type JsonValue } from '../base/json.js'

const SEALED = /^sha256:[0-9a-f]{64}\s*$/

/** The line end of a line stays as it is, so that lines remain lines. */
export function sealed(text: string): string {
  const end = /\r?\n$/.exec(text)?.[0] ?? ''
  return `sha256:${createHash('sha256').update(text).digest('hex')}${end}`
}

export function isSealed(text: string): boolean {
  return SEALED.test(text)
}

/** Whether a text is the one on record, which may be sealed. */
export function isSameText(now: string | undefined, recorded: string | undefined): boolean {
  if (now === recorded) return true
  return now !== undefined && recorded !== undefined && isSealed(recorded) && sealed(now) === recorded
}

/** Whether a value is the one on record, in which texts may be sealed. */
export function isSameValue(now: JsonValue | undefined, recorded: JsonValue | undefined): boolean {
  if (typeof now === 'string' && typeof recorded === 'string') return isSameText(now, recorded)
  if (Array.isArray(now) && Array.isArray(recorded)) {
    return now.length === recorded.length && now.every((item, index) => isSameValue(item, recorded[index]))
  }
  if (isObject(now) && isObject(recorded)) {
    const names = Object.keys(now)
    return (
      names.length === Object.keys(recorded).length &&
      names.every((name) => Object.hasOwn(recorded, name) && isSameValue(now[name], recorded[name]))
    )
  }
  return Object.is(now, recorded)
}

/** The value with every text sealed that holds one of the secrets. */
export function sealedValue(value: JsonValue, secrets: readonly string[]): JsonValue {
  if (typeof value === 'string')
    return secrets.some((secret) => value.includes(secret)) ? sealed(value) : value
  if (Array.isArray(value)) return value.map((item) => sealedValue(item, secrets))
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, sealedValue(inner, secrets)]))
}
