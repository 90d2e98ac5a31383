// JSON values and key paths as TOML 1.0 text, in the one spelling that we write.
import { HubError } from '../base/errors.js'
import type { JsonObject, JsonValue } from '../base/json.js'
import type { EditPath } from './editor.js'

export function renderTomlKey(path: EditPath): string {
  return path.map((part) => (/^[A-Za-z0-9_-]+$/.test(part) ? part : quote(part))).join('.')
}

/** A value on one line; objects become inline tables. Throws HubError `unsupported` for null. */
export function renderTomlValue(value: JsonValue): string {
  if (value === null) throw new HubError('unsupported', 'TOML has no null.')
  if (typeof value === 'string') return quote(value)
  if (typeof value === 'boolean') return String(value)
  if (typeof value === 'number') return renderNumber(value)
  if (Array.isArray(value)) return `[${value.map(renderTomlValue).join(', ')}]`
  const members = Object.entries(value).map(
    ([key, member]) => `${renderTomlKey([key])} = ${renderTomlValue(member)}`,
  )
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`
}

/** The lines of a table's own members, each without its line end. */
export function renderTomlBody(table: JsonObject): string[] {
  return Object.entries(table).map(([key, value]) => `${renderTomlKey([key])} = ${renderTomlValue(value)}`)
}

function renderNumber(value: number): string {
  const text = String(value)
  if (Number.isSafeInteger(value)) return Object.is(value, -0) ? '-0.0' : text
  if (!Number.isFinite(value)) throw new HubError('unsupported', `TOML value ${text} is not written.`)
  return /[.e]/.test(text) ? text : `${text}.0`
}

function quote(value: string): string {
  // JSON escapes are TOML escapes; TOML also wants DEL escaped, and a lone surrogate has no TOML spelling.
  if (/\p{Surrogate}/u.test(value)) throw new HubError('unsupported', 'The text holds half a character.')
  return JSON.stringify(value).replaceAll('\u007f', '\\u007F')
}
