// config.yml as text with places: parsed once, every value can be traced back to its line and column.

import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type YAMLParseError,
} from 'yaml'
import { isObject, type JsonObject, type JsonValue } from '../base/json.js'
import type { ConfigPath, Issue, Problem } from './problem.js'
import { dotted } from './problem.js'

type Place = { readonly line: number; readonly column: number }

export type Source = {
  /** The values; `{}` for an empty file. Undefined when the text is no YAML mapping. */
  readonly values: JsonObject | undefined
  readonly problems: readonly Problem[]
  /** Where the key or the value at the path stands; the nearest thing around it when it is absent. */
  place(path: ConfigPath, at: 'key' | 'value'): Place
  /** Paths of all scalars of the file, with their lines. */
  scalars(): { readonly path: ConfigPath; readonly line: number }[]
}

type Found = { readonly key?: Node; readonly value?: Node }

/** Reads the text; `name` is the file's name in problems. */
export function readSource(text: string, name: string): Source {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(1, line), column: Math.max(1, col) }
  }
  const whole = (message: string): Problem => ({ source: name, line: 1, column: 1, path: '', message })
  const problems: Problem[] = isOtherEncoding(text)
    ? [whole('the file is not UTF-8 text; save it in that encoding (an editor may have made it UTF-16)')]
    : document.errors.map((error) => ({
        source: name,
        ...place(error.pos[0]),
        path: '',
        message: `not valid YAML: ${syntaxWords(error, text)}`,
      }))
  const values = problems.length > 0 ? undefined : mapping(document)
  if (values === undefined && problems.length === 0) problems.push(whole(notMapping(document)))
  return {
    values,
    problems,
    place: (path, at) => place(offsetOf(document, path, at)),
    scalars: () =>
      scalarsOf(document.contents, []).map(({ path, offset }) => ({ path, line: place(offset).line })),
  }
}

/** UTF-16 read as UTF-8 holds a zero byte beside every letter. */
function isOtherEncoding(text: string): boolean {
  return text.includes('\0') || text.startsWith('\uFFFD')
}

function syntaxWords(error: YAMLParseError, text: string): string {
  if (error.code !== 'DUPLICATE_KEY') return error.message.split('\n')[0] ?? ''
  const [key = ''] = /^(?:"[^"\n]*"|'[^'\n]*'|[^\s:,}]+)/.exec(text.slice(error.pos[0])) ?? []
  return `the key ${key} stands there twice; keep one of them`
}

/** Why a text that can be read is no configuration. */
function notMapping({ contents }: Document): string {
  if (isScalar(contents)) return 'the file holds plain text; it must hold settings, one "key: value" per line'
  if (isSeq(contents)) return 'the file holds a list; it must hold settings, one "key: value" per line'
  return 'every alias (*name) needs its anchor (&name), and they may not multiply without bound'
}

function mapping(document: Document): JsonObject | undefined {
  try {
    const value: JsonValue | undefined = document.toJS()
    if (value === null || value === undefined) return {}
    return isObject(value) ? value : undefined
  } catch {
    // An alias without its anchor, or aliases that multiply without bound.
    return undefined
  }
}

/** The places of issues: their problems, in file `name`. */
export function locate(source: Source, name: string, issues: readonly Issue[]): Problem[] {
  return issues.map((issue) => ({
    source: name,
    ...source.place(issue.path, issue.at),
    path: dotted(issue.path),
    message: issue.message,
  }))
}

function offsetOf(document: Document, path: ConfigPath, at: 'key' | 'value'): number {
  let found: Found = isNode(document.contents) ? { value: document.contents } : {}
  let whole = true
  for (const part of path) {
    const inside = child(document, found.value, part)
    if (inside === undefined) {
      whole = false
      break
    }
    found = inside
  }
  const prefersKey = at === 'key' || !whole
  const node = prefersKey ? (found.key ?? found.value) : (filled(found.value) ?? found.key ?? found.value)
  return node?.range?.[0] ?? 0
}

/** An empty value (`port:`) has no place of its own worth showing. */
function filled(node: Node | undefined): Node | undefined {
  const range = node?.range
  return range !== undefined && range !== null && range[0] === range[1] ? undefined : node
}

function child(document: Document, parent: Node | undefined, part: string | number): Found | undefined {
  const node = isAlias(parent) ? parent.resolve(document) : parent
  if (isMap(node)) {
    const pair: Pair | undefined = node.items.find((item) => keyText(item.key) === String(part))
    if (pair === undefined) return undefined
    return {
      ...(isNode(pair.key) ? { key: pair.key } : {}),
      ...(isNode(pair.value) ? { value: pair.value } : {}),
    }
  }
  if (isSeq(node) && typeof part === 'number') {
    const item = node.items[part]
    return isNode(item) ? { value: item } : undefined
  }
  return undefined
}

function keyText(key: unknown): string {
  return isScalar(key) ? String(key.value) : ''
}

function isNode(value: unknown): value is Node {
  return isMap(value) || isSeq(value) || isScalar(value) || isAlias(value)
}

function scalarsOf(node: unknown, path: ConfigPath): { path: ConfigPath; offset: number }[] {
  if (isMap(node)) return node.items.flatMap((pair) => scalarsOf(pair.value, [...path, keyText(pair.key)]))
  if (isSeq(node)) return node.items.flatMap((item, index) => scalarsOf(item, [...path, index]))
  return isScalar(node) || isAlias(node) ? [{ path, offset: node.range?.[0] ?? 0 }] : []
}
