// Where the parts of a YAML text begin and end, in whole lines. Pure.

import {
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml'

/** Offsets into the text; `end` is behind the last character. */
export type Span = { readonly start: number; readonly end: number }

export function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1
}

/** Behind the line end of the line that holds `offset`, or the end of the text. */
function lineEnd(text: string, offset: number): number {
  const end = text.indexOf('\n', offset)
  return end < 0 ? text.length : end + 1
}

/** The whole lines from the one with `start` to the one with the last character before `end`. */
export function linesOf(text: string, start: number, end: number): Span {
  return { start: lineStart(text, start), end: lineEnd(text, Math.max(start, end - 1)) }
}

/** Behind the last character of the node's content; comments that follow do not count. */
export function contentEnd(node: Node, fallback: number): number {
  if (isMap(node) && node.flow !== true) {
    const last = node.items.at(-1)
    return last === undefined ? (node.range?.[1] ?? fallback) : pairEnd(last, fallback)
  }
  if (isSeq(node) && node.flow !== true) {
    const last = node.items.at(-1)
    return isNode(last) ? contentEnd(last, fallback) : isPair(last) ? pairEnd(last, fallback) : fallback
  }
  return node.range?.[1] ?? fallback
}

function pairEnd(pair: Pair, fallback: number): number {
  const keyEnd = isNode(pair.key) ? contentEnd(pair.key, fallback) : fallback
  return isNode(pair.value) ? Math.max(keyEnd, contentEnd(pair.value, keyEnd)) : keyEnd
}

/** The pair with this key, when both its sides are nodes (the value may be absent). */
export function pairOf(map: YAMLMap, key: string): { key: Node; value: Node | undefined } | undefined {
  for (const pair of map.items)
    if (isScalar(pair.key) && String(pair.key.value) === key)
      return { key: pair.key, value: isNode(pair.value) ? pair.value : undefined }
  return undefined
}

/** The column of the collection's keys or dashes; undefined for flow style. */
export function tokenIndent(collection: YAMLMap | YAMLSeq): number | undefined {
  const token = collection.srcToken
  return token !== undefined && 'indent' in token && token.type !== 'flow-collection'
    ? token.indent
    : undefined
}

/**
 * Where a sibling goes that follows content ending at `end`: behind its line and behind comment lines that are
 * indented by `indent` or more (they belong to what stands above them). `before` ends an unfinished last line.
 */
export function insertionPoint(text: string, end: number, indent: number): { span: Span; before: string } {
  let at = lineEnd(text, Math.max(0, end - 1))
  for (;;) {
    const next = lineEnd(text, at)
    const line = text.slice(at, next)
    const comment = /^([ ]*)#/.exec(line)
    if (next === at || comment === null || (comment[1] ?? '').length < Math.max(1, indent)) break
    at = next
  }
  const before = at === 0 || text[at - 1] === '\n' ? '' : '\n'
  return { span: { start: at, end: at }, before }
}
