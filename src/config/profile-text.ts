// One profile as text of its own, for an editor: cut out of the config with its comments, and put back in its place.

import { isMap, isScalar, parseDocument } from 'yaml'
import { HubError } from '../base/errors.js'
import { isObject, type JsonObject, type JsonValue } from '../base/json.js'
import { checkConfig } from './check.js'
import type { PresetIndex } from './presets.js'
import { dotted, type Problem } from './problem.js'
import { readSource } from './source.js'
import { editYaml } from './yaml-edit.js'
import { renderPair } from './yaml-render.js'
import { contentEnd, insertionPoint, lineStart, pairOf, type Span, tokenIndent } from './yaml-span.js'

/** Whole lines of the config, and how far they are indented. */
type Place = Span & { readonly indent: number }

/** Where a profile stands; undefined when it shares its lines with something else (flow style). */
function placeOf(text: string, name: string): Place | undefined {
  const { contents } = parseDocument(text, { keepSourceTokens: true })
  const profiles = isMap(contents) ? contents.get('profiles') : undefined
  const indent = isMap(profiles) ? tokenIndent(profiles) : undefined
  const pair = isMap(profiles) ? pairOf(profiles, name) : undefined
  const key = pair?.key.range?.[0]
  if (pair === undefined || key === undefined || indent === undefined) return undefined
  const start = lineStart(text, key)
  if (text.slice(start, key).trim() !== '') return undefined
  const end = insertionPoint(text, contentEnd(pair.value ?? pair.key, key), indent + 1).span.end
  return { start, end, indent }
}

function shifted(text: string, indent: number): string {
  return text.replace(/^(?=[^\n])/gm, ' '.repeat(indent))
}

/** The profile's lines, beginning with `name:` in the first column. Throws HubError `not-found`. */
export function profileText(config: string, name: string): string {
  const text = config.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n')
  const place = placeOf(text, name)
  if (place !== undefined) {
    const lines = text.slice(place.start, place.end).replace(/\n*$/, '\n')
    return lines.replace(new RegExp(`^ {1,${Math.max(1, place.indent)}}`, 'gm'), '')
  }
  const value = profilesIn(text)[name]
  if (value === undefined) throw new HubError('not-found', `There is no profile "${name}".`)
  return renderPair(name, value ?? {}, 0, 2)
}

function profilesIn(text: string): JsonObject {
  const profiles = readSource(text, '').values?.['profiles']
  return isObject(profiles) ? profiles : {}
}

/** The value of a draft; a problem when it is not one profile of this name. */
function draftValue(draft: string, name: string, file: string): JsonValue | Problem {
  const source = readSource(draft, file)
  const [broken] = source.problems
  if (broken !== undefined) return broken
  const { contents } = parseDocument(draft)
  const keys = isMap(contents)
    ? contents.items.map(({ key }) => (isScalar(key) ? String(key.value) : ''))
    : []
  const value = source.values?.[name]
  if (keys.length === 1 && keys[0] === name) return value ?? {}
  const message = `the file must hold just the profile "${name}:"; make others with "axonhub profile create"`
  return { source: file, line: 1, column: 1, path: '', message }
}

function isProblem(value: JsonValue | Problem): value is Problem {
  return isObject(value) && 'source' in value && 'message' in value && 'path' in value
}

export type Draft = {
  /** Text of config.yml. */
  readonly config: string
  readonly name: string
  readonly draft: string
  /** Name of the draft's file in problems. */
  readonly file: string
}

/** The config with the draft in the profile's place, or what is wrong with it, at its place in the draft. */
export function withProfile(
  { config, name, draft, file }: Draft,
  presets: PresetIndex,
): { readonly config: string } | { readonly problems: readonly Problem[] } {
  const crlf = config.includes('\r\n')
  const text = config.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n')
  const own = draft
    .replace(/^\uFEFF/, '')
    .replaceAll('\r\n', '\n')
    .replace(/\n*$/, '\n')
  const value = draftValue(own, name, file)
  if (isProblem(value)) return { problems: [value] }
  const place = placeOf(text, name)
  const after =
    place === undefined
      ? withValue(text, name, value)
      : text.slice(0, place.start) + shifted(own, place.indent) + text.slice(place.end)
  const { problems } = checkConfig(after, file, presets)
  if (problems.length > 0) return { problems: problems.map((problem) => inDraft(problem, name, text, place)) }
  return {
    config: (config.startsWith('\uFEFF') ? '\uFEFF' : '') + (crlf ? after.replaceAll('\n', '\r\n') : after),
  }
}

function withValue(text: string, name: string, value: JsonValue): string {
  const path = ['profiles', name]
  return editYaml(text, [
    { type: 'remove', path },
    { type: 'set', path, value },
  ])
}

/** A finding in the config as one in the draft; what is not about the profile keeps no place. */
function inDraft(problem: Problem, name: string, config: string, place: Place | undefined): Problem {
  const { source, path, message, line, column } = problem
  const isOurs = path === '' || path.startsWith(dotted(['profiles', name]))
  if (place === undefined || line === undefined || !isOurs) {
    const outside = isOurs ? source : 'config.yml'
    return { source: outside, path, message }
  }
  const before = config.slice(0, place.start).split('\n').length - 1
  return {
    source,
    line: Math.max(1, line - before),
    column: Math.max(1, (column ?? 1) - place.indent),
    path,
    message,
  }
}
