// Carried fields whose meaning the IR holds as well: a protocol that does not know them loses nothing.

import { isObject, type JsonValue } from '../../base/json.js'

/**
 * Messages sets the effort for the whole request and again by messages of the system; the last one is the request's
 * effort, so neither of the two is lost where it is not written.
 */
export function isHonoured(key: string, value: JsonValue): boolean {
  if (key === 'output_config.effort') return isEffort(value)
  return (
    key === 'output_config' &&
    isObject(value) &&
    Object.entries(value).every(([member, level]) => member === 'effort' && isEffort(level))
  )
}

function isEffort(value: JsonValue): boolean {
  return value === null || (typeof value === 'string' && /^(low|medium|high|xhigh|max)$/.test(value))
}
