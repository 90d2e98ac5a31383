// Arguments that come in pieces (Vertex, `streamFunctionCallArguments`): each piece names its place by a JSON path and a
// value; texts go on where they left off. Law: the object is what the call would have had at once.

import { isObject, type JsonObject, type JsonValue, objects, text } from '../../base/json.js'
import { camelKeys } from './wire.js'

export type PartialArguments = {
  /** The pieces of one `functionCall`, in camel keys. */
  push(call: JsonObject): void
  whole(): JsonObject
}

export function partialArguments(): PartialArguments {
  let whole: JsonObject = {}
  /** The path whose text goes on. */
  let open: string | undefined

  function piece(argument: JsonObject): void {
    const path = text(argument, 'jsonPath')
    const steps = path === undefined ? undefined : stepsOf(path)
    const value = saidIn(argument)
    if (path === undefined || steps === undefined || value === undefined) return
    whole = asObject(placed(whole, steps, value, open === path))
    open = argument['willContinue'] === true ? path : undefined
  }

  return {
    push(call) {
      const { args } = call
      if (isObject(args)) whole = { ...whole, ...args }
      for (const argument of objects(call, 'partialArgs')) piece(camelKeys(argument))
    },
    whole: () => whole,
  }
}

function saidIn(argument: JsonObject): JsonValue | undefined {
  if ('nullValue' in argument) return null
  return argument['stringValue'] ?? argument['numberValue'] ?? argument['boolValue']
}

/** `$.recipe.steps[2]` and `$['odd name']` as names and places; undefined for what is no such path. */
function stepsOf(path: string): (string | number)[] | undefined {
  const found = [...path.matchAll(/\.([^.[\]]+)|\[(\d+)\]|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\]/g)]
  if (!path.startsWith('$') || found.map(([step]) => step).join('') !== path.slice(1)) return undefined
  return found.map(([, name, place, single, double]) =>
    place === undefined ? (name ?? single ?? double ?? '').replaceAll(/\\(.)/g, '$1') : Number(place),
  )
}

/** A list longer than any that a model writes would only fill the memory. */
const MOST_PLACES = 100_000

function placed(
  into: JsonValue | undefined,
  [step, ...below]: readonly (string | number)[],
  value: JsonValue,
  goesOn: boolean,
): JsonValue {
  if (step === undefined)
    return goesOn && typeof into === 'string' && typeof value === 'string' ? into + value : value
  if (typeof step === 'number') {
    const list = Array.isArray(into) ? into : []
    if (step > MOST_PLACES) return list
    for (let at = list.length; at < step; at += 1) list[at] = null
    list[step] = placed(list[step], below, value, goesOn)
    return list
  }
  const object: JsonObject = isObject(into) ? into : {}
  const member = placed(Object.hasOwn(object, step) ? object[step] : undefined, below, value, goesOn)
  Object.defineProperty(object, step, {
    value: member,
    enumerable: true,
    configurable: true,
    writable: true,
  })
  return object
}

function asObject(value: JsonValue): JsonObject {
  return isObject(value) ? value : {}
}
