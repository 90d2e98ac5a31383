// New YAML text in the style of the file: blocks for what has parts, one line for short lists and mappings.

import { Document, isMap, isScalar, isSeq, type Node, stringify } from 'yaml'
import type { JsonValue } from '../base/json.js'

const PLAIN = { lineWidth: 0 } as const

/** How far the file indents its first nested mapping; 2 when it has none. */
export function indentStep(document: Document): number {
  if (!isMap(document.contents)) return 2
  for (const { value } of document.contents.items) {
    const token = isMap(value) || isSeq(value) ? value.srcToken : undefined
    if (token !== undefined && 'indent' in token && token.type !== 'flow-collection' && token.indent > 0)
      return Math.min(8, token.indent)
  }
  return 2
}

/** `key: value`, ended by a line end, all lines indented. */
export function renderPair(key: string, value: JsonValue, indent: number, step: number): string {
  return shift(render({ [key]: value }, step), indent)
}

/** `- value`, ended by a line end. */
export function renderItem(value: JsonValue, indent: number, step: number): string {
  return shift(render([value], step), indent)
}

/** A scalar as it stands behind a colon. */
export function renderValue(value: JsonValue): string {
  return stringify(value, PLAIN).trimEnd()
}

/** The flow collection on one line. */
export function renderFlow(node: Node, document: Document): string {
  const copy = new Document(node.toJS(document))
  if (isMap(copy.contents) || isSeq(copy.contents)) copy.contents.flow = true
  return copy.toString(PLAIN).trimEnd()
}

function render(value: JsonValue, step: number): string {
  const document = new Document(value)
  if (isNodeLike(document.contents)) oneLine(document.contents, 0, '')
  return document.toString({ ...PLAIN, indent: step })
}

function isNodeLike(node: unknown): node is Node {
  return isMap(node) || isSeq(node) || isScalar(node)
}

/** Lists of scalars, mappings of a profile and entries of keys go on one line. */
function oneLine(node: unknown, depth: number, within: string): void {
  if (isSeq(node)) {
    if (node.items.every((item) => isScalar(item)) && depth > 0) node.flow = true
    for (const item of node.items) {
      if (within === 'mappings' && isMap(item)) item.flow = true
      else oneLine(item, depth + 1, '')
    }
  }
  if (!isMap(node)) return
  if (depth > 0 && node.items.length === 0) node.flow = true
  if (depth > 0 && node.items.length === 1 && node.has('profile')) node.flow = true
  for (const pair of node.items)
    oneLine(pair.value, depth + 1, isScalar(pair.key) ? String(pair.key.value) : '')
}

function shift(text: string, indent: number): string {
  const space = ' '.repeat(indent)
  return text.replace(/^(?=[^\n])/gm, space)
}
