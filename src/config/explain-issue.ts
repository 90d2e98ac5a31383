// zod's findings in our words: the value that stands there, what is allowed, and what may have been meant.

import { z } from 'zod'
import { isObject, type JsonValue } from '../base/json.js'
import { type ConfigPath, didYouMean, type Issue } from './problem.js'

/** Values under these keys may be secrets: they are never repeated. */
const SECRET_KEYS = ['api_key', 'headers']

/** The issues of a failed parse. `schema` and `values` are what was parsed. */
export function explainIssues(error: z.ZodError, schema: z.ZodType, values: JsonValue): Issue[] {
  return error.issues.flatMap((issue) => explain(issue, schema, values))
}

function explain(issue: z.core.$ZodIssue, schema: z.ZodType, values: JsonValue): Issue[] {
  const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)))
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({
        path: [...path, key],
        at: 'key',
        message: unknownKey(key, keysAt(schema, path)),
      }))
    case 'invalid_key': {
      const allowed = issue.issues[0]?.message ?? 'another name'
      const key = String(path.at(-1) ?? '')
      return [{ path, at: 'key', message: notAllowed(key, allowed) }]
    }
    case 'invalid_type':
      return [wrongValue(path, values, issue.expected === 'array' ? 'a list' : 'a mapping (key: value)')]
    case 'too_small':
      return [wrongValue(path, values, 'a list that is not empty')]
    default:
      return [wrongValue(path, values, issue.message)]
  }
}

function unknownKey(key: string, allowed: readonly string[]): string {
  return `unknown key; allowed: ${allowed.join(', ')}${didYouMean(key, allowed)}`
}

function wrongValue(path: ConfigPath, values: JsonValue, allowed: string): Issue {
  const value = valueAt(values, path)
  if (value === undefined) return { path, at: 'key', message: `is missing; needed: ${allowed}` }
  if (value === null) return { path, at: 'value', message: `is empty; allowed: ${allowed}` }
  if (path.some((part) => typeof part === 'string' && SECRET_KEYS.includes(part)))
    return { path, at: 'value', message: `this value is not allowed; allowed: ${allowed}` }
  return { path, at: 'value', message: notAllowed(value, allowed) }
}

/** What looks like a key, or a URL with a password in it: a pasted secret may stand anywhere. */
const LIKE_A_SECRET = /:\/\/[^/]*@|\b(?:sk|ah)-|bearer |^(?=.*\d)[\w.+/=-]{20,}$/i

/** The value as it may be shown. Lists and mappings are named by their shape alone: what is in them may be a secret. */
function shownValue(value: JsonValue): string {
  if (Array.isArray(value)) return 'a list'
  if (isObject(value)) return 'a mapping'
  if (typeof value === 'string' && LIKE_A_SECRET.test(value)) return 'this value'
  const text = JSON.stringify(value)
  return text.length > 80 ? `${text.slice(0, 77)}…` : text
}

function notAllowed(value: JsonValue, allowed: string): string {
  const words = typeof value === 'string' ? didYouMean(value, allowed.split(', ')) : ''
  return `${shownValue(value)} is not allowed; allowed: ${allowed}${words}`
}

/** The value at a path; undefined when nothing stands there. */
function valueAt(values: JsonValue, path: ConfigPath): JsonValue | undefined {
  let current: JsonValue | undefined = values
  for (const part of path) {
    if (Array.isArray(current) && typeof part === 'number') current = current[part]
    else if (isObject(current) && typeof part === 'string' && Object.hasOwn(current, part))
      current = current[part]
    else return undefined
  }
  return current
}

/** The keys that the schema knows at a path. */
function keysAt(schema: z.ZodType, path: ConfigPath): string[] {
  let current: unknown = unwrapSchema(schema)
  for (const part of path) {
    if (current instanceof z.ZodObject) current = unwrapSchema(current.shape[part])
    else if (current instanceof z.ZodArray) current = unwrapSchema(current.element)
    else if (current instanceof z.ZodRecord) current = unwrapSchema(current.valueType)
    else return []
  }
  return current instanceof z.ZodObject ? Object.keys(current.shape) : []
}

/** Takes defaults, optionality and preprocessing off a schema. */
export function unwrapSchema(schema: unknown): unknown {
  if (schema instanceof z.ZodPrefault || schema instanceof z.ZodExactOptional)
    return unwrapSchema(schema.unwrap())
  if (schema instanceof z.ZodPipe) return unwrapSchema(schema.out)
  return schema
}
