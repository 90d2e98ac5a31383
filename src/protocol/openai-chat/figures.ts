// What a relay notes of a whole answer: how it ended and what it cost. Law: the same as decodeResponse says, or nothing. An answer
// of mere text is most of them, and need not be taken apart for two figures.

import { isObject, type JsonObject, objects, text } from '../../base/json.js'
import type { WholeFigures } from '../codec.js'
import { errorInside } from './error-decode.js'
import { brokenFinish, decodeFinish } from './finish.js'
import { decodeUsage, findUsage } from './usage.js'

const CALLS = ['tool_calls', 'function_call']

/** Undefined where calls, errors or anything unusual decide. */
export function figuresOf(body: JsonObject): WholeFigures | undefined {
  const [choice, ...others] = objects(body, 'choices')
  if (choice === undefined || others.length > 0 || (choice['index'] ?? 0) !== 0) return undefined
  const { message, finish_reason: told } = choice
  if (typeof told !== 'string' || told === '' || !isObject(message)) return undefined
  if (CALLS.some((name) => message[name] !== undefined && message[name] !== null)) return undefined
  if (text(message, 'content') === undefined) return undefined
  if (errorInside(body) !== undefined || brokenFinish(told) !== undefined) return undefined
  const usage = findUsage(body, choice)
  return { reason: decodeFinish(told, false), ...(usage === undefined ? {} : { usage: decodeUsage(usage) }) }
}
