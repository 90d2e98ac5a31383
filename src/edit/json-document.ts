// A JSON text (comments and trailing commas tolerated) as a tree of spans. Where a key is doubled the last
// one counts, as JSON.parse has it.
import { type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser'
import { HubError } from '../base/errors.js'
import type { JsonObject, JsonValue } from '../base/json.js'
import { type EditPath, EMPTY_ARRAY, EMPTY_TABLE, type ParsedDocument } from './editor.js'
import { positionOf, shapeOf } from './text-shape.js'

export type JsonTree = { readonly body: string; readonly root: Node }

/** Reads the text behind a byte order mark. Throws HubError `config-invalid` with the place of the mistake. */
export function readJson(text: string, file: string): JsonTree {
  const { body } = shapeOf(text)
  const errors: ParseError[] = []
  const root = parseTree(body, errors, { allowTrailingComma: true, disallowComments: false })
  const first = errors[0]
  if (first !== undefined || root === undefined) {
    const { line, column } = positionOf(body, first?.offset ?? 0)
    const reason = first === undefined ? 'the file is empty' : words(printParseErrorCode(first.error))
    throw new HubError('config-invalid', `${file}:${line}:${column}: not valid JSON: ${reason}.`, {
      hint: 'Mend the file, then try again; nothing in it was changed.',
    })
  }
  if (root.type !== 'object') {
    throw new HubError('config-invalid', `${file}:1:1: a JSON object is expected at the top.`, {
      hint: 'Mend the file, then try again; nothing in it was changed.',
    })
  }
  return { body, root }
}

/** `PropertyNameExpected` → `property name expected`. */
function words(code: string): string {
  return code.replace(/(?<=[a-z])([A-Z])/g, ' $1').toLowerCase()
}

export function jsonDocument({ body, root }: JsonTree): ParsedDocument {
  return {
    get: (path) => {
      const node = nodeAt(root, path)
      return node === undefined ? undefined : toJson(node)
    },
    source: (path) => {
      const node = nodeAt(root, path)
      return node === undefined ? undefined : body.slice(node.offset, node.offset + node.length)
    },
    leaves: () => {
      const leaves = new Map<string, string>()
      addLeaves(leaves, [], root, body)
      return leaves
    },
  }
}

export function nodeAt(root: Node, path: EditPath): Node | undefined {
  let node: Node | undefined = root
  for (const part of path) {
    if (node?.type !== 'object') return undefined
    node = memberValue(propertiesNamed(node, part).at(-1))
  }
  return node
}

/** All properties of that name, in the order of the text. */
export function propertiesNamed(node: Node, name: string): Node[] {
  return (node.children ?? []).filter((property) => property.children?.[0]?.value === name)
}

function memberValue(property: Node | undefined): Node | undefined {
  return property?.children?.[1]
}

function toJson(node: Node): JsonValue {
  if (node.type === 'array') return (node.children ?? []).map(toJson)
  if (node.type !== 'object') {
    const value: JsonValue = node.value
    return value
  }
  const result: JsonObject = {}
  for (const property of node.children ?? []) {
    const value = memberValue(property)
    const key: unknown = property.children?.[0]?.value
    if (typeof key !== 'string' || value === undefined) continue
    Object.defineProperty(result, key, {
      value: toJson(value),
      enumerable: true,
      writable: true,
      configurable: true,
    })
  }
  return result
}

function addLeaves(leaves: Map<string, string>, path: (string | number)[], node: Node, body: string): void {
  const children = node.children ?? []
  if (node.type === 'array') {
    if (children.length === 0) leaves.set(JSON.stringify(path), EMPTY_ARRAY)
    for (const [index, element] of children.entries()) addLeaves(leaves, [...path, index], element, body)
  } else if (node.type === 'object') {
    if (children.length === 0) leaves.set(JSON.stringify(path), EMPTY_TABLE)
    const last = new Map(
      children.map((property): [unknown, Node] => [property.children?.[0]?.value, property]),
    )
    for (const [key, property] of last) {
      const value = memberValue(property)
      if (value !== undefined) addLeaves(leaves, [...path, String(key)], value, body)
    }
  } else {
    // Numbers by their text: a double would make unequal numbers equal.
    const scalar =
      node.type === 'number' ? body.slice(node.offset, node.offset + node.length) : String(node.value)
    leaves.set(JSON.stringify(path), `${node.type} ${scalar}`)
  }
}
