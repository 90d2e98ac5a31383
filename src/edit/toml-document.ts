// A TOML text as a flat list of what stands where: key-values (also those inside inline tables) and headers.
// Paths hold a number where an array of tables is entered, so that no edit by names reaches into one.
import { type AST, ParseError, parseTOML } from 'toml-eslint-parser'
import { HubError } from '../base/errors.js'
import type { JsonObject, JsonValue } from '../base/json.js'
import { type EditPath, EMPTY_ARRAY, EMPTY_TABLE, type ParsedDocument } from './editor.js'
import { positionOf, shapeOf } from './text-shape.js'

export type TomlPath = readonly (string | number)[]

export type TomlEntry = {
  readonly path: TomlPath
  readonly node: AST.TOMLKeyValue
  /** Path of the header under which the statement stands; [] for the root. */
  readonly header: TomlPath
  /** The inline table that holds this entry; undefined for a statement on a line of its own. */
  readonly inline: AST.TOMLInlineTable | undefined
}

export type TomlTables = {
  readonly body: string
  readonly entries: readonly TomlEntry[]
  readonly headers: readonly { readonly path: TomlPath; readonly node: AST.TOMLTable }[]
}

/** Reads the text behind a byte order mark. Throws HubError `config-invalid` with the place of the mistake. */
export function readToml(text: string, file: string): TomlTables {
  const { body } = shapeOf(text)
  const program = parse(body, file)
  const entries: TomlEntry[] = []
  const headers: { path: TomlPath; node: AST.TOMLTable }[] = []
  for (const item of program.body[0].body) {
    if (item.type === 'TOMLKeyValue') collect(entries, item, [], [], undefined)
    else {
      headers.push({ path: item.resolvedKey, node: item })
      for (const statement of item.body)
        collect(entries, statement, item.resolvedKey, item.resolvedKey, undefined)
    }
  }
  return { body, entries, headers }
}

function parse(body: string, file: string): AST.TOMLProgram {
  try {
    return parseTOML(body, { tomlVersion: '1.1.0' })
  } catch (cause) {
    if (!(cause instanceof ParseError)) throw cause
    // A line that ends too early is reported at the start of the next one.
    const endsEarly = /same line|Unspecified/.test(cause.message)
    const offset = endsEarly ? body.slice(0, cause.index).trimEnd().length : cause.index
    const { line, column } = positionOf(body, offset)
    throw new HubError('config-invalid', `${file}:${line}:${column}: ${cause.message}`, {
      hint: 'Mend the file, then try again; nothing in it was changed.',
      cause,
    })
  }
}

function collect(
  entries: TomlEntry[],
  node: AST.TOMLKeyValue,
  base: TomlPath,
  header: TomlPath,
  inline: AST.TOMLInlineTable | undefined,
): void {
  const path = [...base, ...keysOf(node.key)]
  entries.push({ path, node, header, inline })
  if (node.value.type !== 'TOMLInlineTable') return
  for (const member of node.value.body) collect(entries, member, path, header, node.value)
}

function keysOf(key: AST.TOMLKey): string[] {
  return key.keys.map((part) => (part.type === 'TOMLBare' ? part.name : part.value))
}

export function samePath(a: TomlPath, b: TomlPath): boolean {
  return a.length === b.length && isUnder(a, b)
}

/** Whether `path` is `start` or lies below it. */
export function isUnder(path: TomlPath, start: TomlPath): boolean {
  return start.length <= path.length && start.every((part, index) => part === path[index])
}

export function tomlDocument(tables: TomlTables): ParsedDocument {
  const tree = treeOf(tables)
  return {
    get: (path) => valueAt(tree, path),
    source: (path) => {
      const entry = tables.entries.find((candidate) => samePath(candidate.path, path))
      return entry === undefined ? undefined : tables.body.slice(...entry.node.value.range)
    },
    leaves: () => leavesOf(tables),
  }
}

function valueAt(tree: JsonObject, path: EditPath): JsonValue | undefined {
  let value: JsonValue | undefined = tree
  for (const part of path) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    value = Object.hasOwn(value, part) ? value[part] : undefined
  }
  return value
}

/** The whole document as a JSON value. Own properties are defined, so that a key `__proto__` is only a key. */
function treeOf(tables: TomlTables): JsonObject {
  const root: JsonObject = {}
  for (const { path } of tables.headers) enter(root, path)
  for (const entry of tables.entries) {
    if (entry.inline !== undefined) continue
    const key = entry.path.at(-1)
    if (key !== undefined) define(enter(root, entry.path.slice(0, -1)), String(key), toJson(entry.node.value))
  }
  return root
}

function enter(root: JsonObject, path: TomlPath): JsonObject {
  let current = root
  for (const [index, part] of path.entries()) {
    if (typeof part === 'number') continue
    const next = path[index + 1]
    current = typeof next === 'number' ? elementAt(current, part, next) : memberAt(current, part)
  }
  return current
}

function memberAt(parent: JsonObject, key: string): JsonObject {
  const existing = Object.hasOwn(parent, key) ? parent[key] : undefined
  if (typeof existing === 'object' && existing !== null && !Array.isArray(existing)) return existing
  const fresh: JsonObject = {}
  define(parent, key, fresh)
  return fresh
}

function elementAt(parent: JsonObject, key: string, index: number): JsonObject {
  const existing = Object.hasOwn(parent, key) ? parent[key] : undefined
  const array: JsonValue[] = Array.isArray(existing) ? existing : []
  if (!Array.isArray(existing)) define(parent, key, array)
  const element = array[index]
  if (typeof element === 'object' && element !== null && !Array.isArray(element)) return element
  const fresh: JsonObject = {}
  array[index] = fresh
  return fresh
}

function define(parent: JsonObject, key: string, value: JsonValue): void {
  Object.defineProperty(parent, key, { value, enumerable: true, writable: true, configurable: true })
}

function toJson(node: AST.TOMLContentNode): JsonValue {
  if (node.type === 'TOMLArray') return node.elements.map(toJson)
  if (node.type === 'TOMLInlineTable') {
    const result: JsonObject = {}
    for (const member of node.body) {
      const keys = keysOf(member.key)
      const last = keys.pop()
      if (last !== undefined) define(enter(result, keys), last, toJson(member.value))
    }
    return result
  }
  switch (node.kind) {
    case 'string':
    case 'boolean':
      return node.value
    case 'integer':
      return Number.isSafeInteger(node.value) ? node.value : node.number
    case 'float':
      return Number.isFinite(node.value) ? node.value : node.number
    default:
      return node.datetime
  }
}

function leavesOf(tables: TomlTables): Map<string, string> {
  const leaves = new Map<string, string>()
  for (const { path } of tables.headers) {
    const isEmpty =
      !tables.entries.some((entry) => isUnder(entry.path, path)) &&
      !tables.headers.some((other) => other.path.length > path.length && isUnder(other.path, path))
    if (isEmpty) leaves.set(JSON.stringify(path), EMPTY_TABLE)
  }
  for (const entry of tables.entries) {
    if (entry.inline === undefined) addLeaves(leaves, entry.path, entry.node.value)
  }
  return leaves
}

function addLeaves(leaves: Map<string, string>, path: TomlPath, node: AST.TOMLContentNode): void {
  if (node.type === 'TOMLArray') {
    if (node.elements.length === 0) leaves.set(JSON.stringify(path), EMPTY_ARRAY)
    for (const [index, element] of node.elements.entries()) addLeaves(leaves, [...path, index], element)
  } else if (node.type === 'TOMLInlineTable') {
    if (node.body.length === 0) leaves.set(JSON.stringify(path), EMPTY_TABLE)
    for (const member of node.body) addLeaves(leaves, [...path, ...keysOf(member.key)], member.value)
  } else {
    leaves.set(JSON.stringify(path), scalarOf(node))
  }
}

function scalarOf(node: AST.TOMLValue): string {
  switch (node.kind) {
    case 'string':
    case 'boolean':
      return `${node.kind} ${node.value}`
    case 'integer':
      return `integer ${node.bigint}`
    case 'float':
      return `float ${node.value}`
    default:
      return `${node.kind} ${node.datetime}`
  }
}
