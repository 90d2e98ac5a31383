// Edits inside `{ … }` and `[ … ]`: only the item itself changes, and what stands around it keeps its blanks, quotes and line
// ends. Whoever calls reads the text again afterwards (yaml-edit.ts), so what cannot be served here is simply undefined.

import { Document, isMap, isNode, isPair, isSeq, type YAMLMap, type YAMLSeq } from 'yaml'
import type { JsonValue } from '../base/json.js'
import { contentEnd, type Span } from './yaml-span.js'

/** A change of the text: what stands at the span becomes `insert`. */
export type FlowChange = { readonly span: Span; readonly insert: string }

/** The value in flow style on one line; a collection's brackets are its own. */
function inner(value: JsonValue): string {
  const document = new Document(value)
  if (isMap(document.contents) || isSeq(document.contents)) document.contents.flow = true
  return document.toString({ lineWidth: 0 }).trim().slice(1, -1).trim()
}

/** From the first character of the item to the last, for each item; undefined when one cannot be placed. */
function spansOf(collection: YAMLMap | YAMLSeq): Span[] | undefined {
  const spans: Span[] = []
  for (const item of collection.items) {
    const first = isPair(item) ? item.key : item
    const start = isNode(first) ? first.range?.[0] : undefined
    if (start === undefined) return undefined
    const last = isPair(item) && isNode(item.value) ? item.value : first
    spans.push({ start, end: isNode(last) ? contentEnd(last, start) : start })
  }
  return spans
}

function placed(collection: YAMLMap | YAMLSeq, written: string): FlowChange | undefined {
  const start = collection.range?.[0]
  const end = collection.range?.[1]
  if (start === undefined || end === undefined) return undefined
  const spans = spansOf(collection)
  const last = spans?.at(-1)
  if (last !== undefined) return { span: { start: last.end, end: last.end }, insert: `, ${written}` }
  const blank = isMap(collection) ? ' ' : ''
  return spans === undefined
    ? undefined
    : { span: { start: start + 1, end: end - 1 }, insert: blank + written + blank }
}

/** A new pair behind the last one. */
export function addPair(map: YAMLMap, key: string, value: JsonValue): FlowChange | undefined {
  return placed(map, inner({ [key]: value }))
}

/** A new item behind the last one. */
export function addItem(list: YAMLSeq, value: JsonValue): FlowChange | undefined {
  return placed(list, inner([value]))
}

/** Takes the item out with the comma that it needed. `index` counts from 0. */
export function removeAt(collection: YAMLMap | YAMLSeq, index: number, text: string): FlowChange | undefined {
  const spans = spansOf(collection)
  const own = spans?.[index]
  if (spans === undefined || own === undefined) return undefined
  const [before, after] = [spans[index - 1], spans[index + 1]]
  const alone = {
    start: (collection.range?.[0] ?? own.start) + 1,
    end: (collection.range?.[1] ?? own.end) - 1,
  }
  const span =
    before === undefined
      ? after === undefined
        ? alone
        : { start: own.start, end: after.start }
      : { start: before.end, end: own.end }
  return text.slice(span.start, span.end).includes('#') ? undefined : { span, insert: '' }
}
