// What an upstream says is wrong with a request, taken apart: the places it names and the words it says of them. Every
// vendor has a form of its own (providers §4), and some print Python into a string.

import { isObject, type JsonObject, type JsonValue, list, text } from '../../base/json.js'

export type Complaint = {
  /** Where in the body, without list positions; absent when only the words tell. */
  readonly path?: readonly string[]
  readonly words: string
}

/** Longer texts echo the request. */
const LONGEST = 2_000

/** The complaints of an error's body (parsed JSON, or its text), the exact ones first. */
export function complaintsIn(body: JsonValue): Complaint[] {
  const exact = isObject(body) ? located(body, 0) : []
  const words = wordsIn(body, 0).map((said) => said.slice(0, LONGEST))
  return [...exact, ...words.flatMap(printed), ...words.flatMap(sentences).flatMap(spoken)]
}

/** Details with a `loc` (FastAPI, Mistral) and errors with a `param` (OpenAI), at any depth that vendors wrap them in. */
function located(body: JsonObject, depth: number): Complaint[] {
  if (depth > 4) return []
  const own = ownPlace(body)
  const inner = Object.values(body).flatMap((value) =>
    (Array.isArray(value) ? value : [value]).filter(isObject).flatMap((below) => located(below, depth + 1)),
  )
  return own === undefined ? inner : [own, ...inner]
}

function ownPlace(body: JsonObject): Complaint | undefined {
  const words = ['type', 'code', 'msg', 'message'].flatMap((key) => text(body, key) ?? []).join(' ')
  const loc = list(body, 'loc').filter((step) => typeof step === 'string')
  if (loc.length > 0) return { path: steps(loc.join('.')), words: words.slice(0, LONGEST) }
  const param = text(body, 'param')
  if (param === undefined || param === '') return undefined
  return { path: steps(param), words: words.slice(0, LONGEST) }
}

/** `body.messages[0].role`, `tools.0.custom.strict` → the names alone. */
function steps(path: string): string[] {
  return path
    .split(/[.[\]]+/)
    .filter((step) => step !== '' && step !== 'body' && !/^\d+$/.test(step))
    .map(snake)
}

/** xAI names fields in its own spelling. */
export function snake(name: string): string {
  return name
    .replaceAll(/([a-z])([A-Z])/g, (_all, before: string, after: string) => `${before}_${after}`)
    .toLowerCase()
}

/** The texts in which an error speaks to a person. What it was given (`input`) is not among them. */
function wordsIn(body: JsonValue, depth: number): string[] {
  if (typeof body === 'string') return [body]
  if (Array.isArray(body)) return body.flatMap((part) => wordsIn(part, depth + 1))
  if (!isObject(body) || depth > 4) return []
  return ['message', 'msg', 'detail', 'error', 'error_msg', 'errors', 'metadata', 'raw'].flatMap((key) => {
    const value = body[key]
    return value === undefined || value === null ? [] : wordsIn(value, depth + 1)
  })
}

/** vLLM: `{'type': 'extra_forbidden', 'loc': ('body', 'stream_options'), 'msg': 'Extra inputs …'` inside a string. */
function printed(said: string): Complaint[] {
  const found = said.matchAll(/'type': '(\w+)', 'loc': \(([^)]*)\), 'msg': ["']([^"']*)/g)
  return [...found].map(([, type = '', loc = '', message = '']) => ({
    path: steps(loc.replaceAll(/['\s]/g, '').replaceAll(',', '.')),
    words: `${type} ${message}`,
  }))
}

/** A sentence, and the place it begins with: `tools.0.custom.strict: Extra inputs are not permitted` (Anthropic). */
function spoken(said: string): Complaint[] {
  const place = /^([a-z_]+(?:\.\w+)+): /i.exec(said)?.[1]
  return place === undefined ? [{ words: said }] : [{ path: steps(place), words: said }, { words: said }]
}

/** Sentences, each without its list of what would have been right. */
function sentences(said: string): string[] {
  if (said.includes("'loc': (")) return []
  return said
    .split(/(?<=[.;!])\s+|\n/)
    .map((sentence) => sentence.replace(RIGHT, ''))
    .filter((sentence) => sentence.trim() !== '')
}

const RIGHT =
  /[,;.( ]+(expected|did you mean|supported (values|parameters|fields)|allowed (values|parameters|fields|are)|valid (values|options|parameters)|must be one of|available|instead|(please )?use)\b.*$/is

/** Names in a list of what would have been right, for vendors that tell which values they take. */
export function rightValues(body: JsonValue): string[] {
  return wordsIn(body, 0).flatMap((said) => {
    const right =
      /(?:expected(?: one of)?|supported values(?: are)?|should be|must be one of|not one of)\b(.*)/is.exec(
        said,
      )
    return [...(right?.[1] ?? '').slice(0, LONGEST).matchAll(/['"`]([\w-]+)['"`]/g)].map(
      ([, value = '']) => value,
    )
  })
}
