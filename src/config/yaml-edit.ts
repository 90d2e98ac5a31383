// Edits of a YAML text that leave every other byte as it is: comments, order, blank lines, indentation, quotes.
// Law: after each edit the text is read again and must hold what was meant, else the whole document is written anew
// (with all comments, but not with its spacing), and if that fails too nothing changes.

import { isDeepStrictEqual } from 'node:util'
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  type Node,
  parseDocument,
  type YAMLSeq,
} from 'yaml'
import { HubError } from '../base/errors.js'
import type { JsonValue } from '../base/json.js'
import { type ConfigPath, dotted } from './problem.js'
import { addItem, addPair, type FlowChange, removeAt } from './yaml-flow.js'
import { indentStep, renderFlow, renderItem, renderPair, renderValue } from './yaml-render.js'
import {
  contentEnd,
  insertionPoint,
  lineStart,
  linesOf,
  pairOf,
  type Span,
  tokenIndent,
} from './yaml-span.js'

export type YamlEdit =
  /** Sets the value at the path; missing mappings on the way are made. */
  | { readonly type: 'set'; readonly path: ConfigPath; readonly value: JsonValue }
  /** Takes the key or the item away; nothing happens when it is not there. */
  | { readonly type: 'remove'; readonly path: ConfigPath }
  /** Adds an item to the list at the path, which is made when it is missing. */
  | { readonly type: 'append'; readonly path: ConfigPath; readonly value: JsonValue }

/** The text after the edits. Throws HubError `refused` when an edit cannot be made safely. */
export function editYaml(text: string, edits: readonly YamlEdit[]): string {
  const mark = text.startsWith('\uFEFF') ? '\uFEFF' : ''
  const crlf = text.includes('\r\n')
  let current = text.slice(mark.length)
  for (const edit of edits) current = editOnce(current, edit, crlf)
  return mark + current
}

function editOnce(text: string, edit: YamlEdit, crlf: boolean): string {
  const wanted = parse(text)
  try {
    applyToDocument(wanted, edit)
  } catch (cause) {
    // What stands on the way is no mapping or list.
    throw cause instanceof HubError ? cause : untouchable(edit, cause)
  }
  const meant = valuesOf(wanted)
  if (meant === undefined) throw untouchable(edit)
  const bySpan = spanEdit(text, edit, crlf)
  if (bySpan !== undefined && holds(bySpan, meant)) return bySpan
  const whole = wanted.toString({ lineWidth: 0 })
  const rewritten = crlf ? whole.replace(/\r?\n/g, '\r\n') : whole
  if (holds(rewritten, meant) && isDeepStrictEqual(commentsOf(rewritten), commentsOf(text))) return rewritten
  throw untouchable(edit)
}

function untouchable(edit: YamlEdit, cause?: unknown): HubError {
  return new HubError(
    'refused',
    `${dotted(edit.path)} cannot be changed without touching the rest of the file.`,
    {
      hint: 'Change it with `axonhub config edit`.',
      cause,
    },
  )
}

/** The values; undefined when an alias has lost its anchor. */
function valuesOf(document: Document): JsonValue | undefined {
  try {
    const value: JsonValue | undefined = document.toJS()
    return value ?? {}
  } catch {
    return undefined
  }
}

function parse(text: string): Document {
  return parseDocument(text, { keepSourceTokens: true, prettyErrors: false })
}

/** The comments in order; a lexeme behind a scalar mark is content, whatever it begins with. */
function commentsOf(text: string): string[] {
  const lexemes = [...new Lexer().lex(text)]
  return lexemes
    .filter((lexeme, index) => lexeme.startsWith('#') && lexemes[index - 1] !== '\u001f')
    .map((comment) => comment.trimEnd())
}

function holds(text: string, meant: JsonValue): boolean {
  const document = parse(text)
  if (document.errors.length > 0) return false
  return isDeepStrictEqual(valuesOf(document), meant)
}

function applyToDocument(document: Document, edit: YamlEdit): void {
  switch (edit.type) {
    case 'remove':
      if (document.hasIn(edit.path)) document.deleteIn(edit.path)
      return
    case 'set':
      clearEmpty(document, edit.path)
      document.setIn(edit.path, document.createNode(edit.value))
      return
    case 'append': {
      clearEmpty(document, edit.path)
      const list = document.getIn(edit.path)
      if (isSeq(list)) list.add(document.createNode(edit.value))
      else document.setIn(edit.path, document.createNode([edit.value]))
    }
  }
}

/** `keys:` with nothing behind it would stop the way down. */
function clearEmpty(document: Document, path: ConfigPath): void {
  for (let length = path.length; length > 0; length--) {
    const part = path.slice(0, length)
    if (document.hasIn(part) && document.getIn(part) === null) document.deleteIn(part)
  }
  if (!isMap(document.contents)) document.contents = null
}

/** Undefined when the text around the place is written in a way that spans cannot serve. */
function spanEdit(text: string, edit: YamlEdit, crlf: boolean): string | undefined {
  const document = parse(text)
  const write = (span: Span, insert: string): string =>
    text.slice(0, span.start) + (crlf ? insert.replace(/\r?\n/g, '\r\n') : insert) + text.slice(span.end)
  const way = walk(document, edit.path)
  if (way === undefined) return undefined
  // What stands inside a flow collection is changed with it; a flow collection that is itself the target is not.
  const around = edit.type === 'append' || way.missing.length > 0 ? way.nodes : way.nodes.slice(0, -1)
  const flow = around.find(
    (node) => (isMap(node) || isSeq(node)) && node.flow === true && node.items.length > 0,
  )
  if (flow !== undefined)
    return flowChange(text, way, edit, write) ?? flowEdit(document, flow, edit, text, write)
  switch (edit.type) {
    case 'remove':
      return way.missing.length > 0 ? text : removal(text, way, write)
    case 'set':
      if (way.missing.length > 0) return addition(text, document, way, edit.value, write)
      return replacement(text, way, edit.value, write)
    case 'append': {
      const last = way.nodes.at(-1)
      if (way.missing.length === 0 && isSeq(last) && last.items.length > 0)
        return appending(text, document, last, edit.value, write)
      if (way.missing.length > 0) return addition(text, document, way, [edit.value], write)
      return filling(text, document, way, [edit.value], write)
    }
  }
}

type Write = (span: Span, insert: string) => string

/** The nodes from the root along the path, and the part of the path that is not there. */
type Way = { readonly nodes: readonly Node[]; readonly path: ConfigPath; readonly missing: ConfigPath }

function walk(document: Document, path: ConfigPath): Way | undefined {
  const nodes: Node[] = []
  let node: unknown = document.contents
  if (isMap(node)) nodes.push(node)
  else if (node !== null) return undefined
  for (const [index, part] of path.entries()) {
    const inside: unknown = isMap(node) || isSeq(node) ? node.get(part, true) : undefined
    if (isAlias(inside)) return undefined
    if (inside === undefined || inside === null) return { nodes, path, missing: path.slice(index) }
    node = inside
    if (isNodeWithRange(inside)) nodes.push(inside)
    else return undefined
  }
  return { nodes, path, missing: [] }
}

function isNodeWithRange(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'range' in value
}

/** Only the item that is meant; undefined when it is written in a way that needs the whole collection anew. */
function flowChange(text: string, way: Way, edit: YamlEdit, write: Write): string | undefined {
  const change = plannedInFlow(text, way, edit)
  if (change === 'replace') return edit.type === 'set' ? replacement(text, way, edit.value, write) : undefined
  const after = change === undefined ? undefined : write(change.span, change.insert)
  return after !== undefined && parse(after).errors.length === 0 ? after : undefined
}

function plannedInFlow(text: string, way: Way, edit: YamlEdit): FlowChange | 'replace' | undefined {
  const [key, ...deeper] = way.missing
  const last = way.nodes.at(-1)
  if (edit.type === 'remove') {
    const parent = way.nodes.at(-2)
    const part = way.path.at(-1)
    if (isSeq(parent) && typeof part === 'number') return removeAt(parent, part, text)
    if (!isMap(parent)) return undefined
    const names = parent.items.map((pair) => (isScalar(pair.key) ? String(pair.key.value) : ''))
    return removeAt(parent, names.indexOf(String(part)), text)
  }
  const value = edit.type === 'append' && way.missing.length > 0 ? [edit.value] : edit.value
  if (key !== undefined) {
    const nested = deeper.reduceRight<JsonValue>((inside, part) => ({ [String(part)]: inside }), value)
    return isMap(last) && typeof key === 'string' ? addPair(last, key, nested) : undefined
  }
  if (edit.type === 'append') return isSeq(last) ? addItem(last, value) : undefined
  return 'replace'
}

/** A flow collection is written anew as a whole, unless there are comments inside. */
function flowEdit(
  document: Document,
  flow: Node,
  edit: YamlEdit,
  text: string,
  write: Write,
): string | undefined {
  const range = flow.range
  if (range === null || range === undefined || text.slice(range[0], range[1]).includes('#')) return undefined
  applyToDocument(document, edit)
  return write({ start: range[0], end: range[1] }, renderFlow(flow, document))
}

function replacement(text: string, way: Way, value: JsonValue, write: Write): string | undefined {
  const node = way.nodes.at(-1)
  const range = node?.range
  if (range === null || range === undefined || isMap(node) || isSeq(node)) return undefined
  if (typeof value === 'object' && value !== null) return undefined
  // A block scalar ends with its line; only plain and quoted ones are replaced in place.
  if (text.slice(range[0], range[1]).includes('\n')) return undefined
  const gap = range[0] === range[1] && text[range[0] - 1] === ':' ? ' ' : ''
  return write({ start: range[0], end: range[1] }, gap + renderValue(value))
}

function removal(text: string, way: Way, write: Write): string | undefined {
  const parent = way.nodes.at(-2)
  const part = way.path.at(-1)
  const place = placeOf(text, parent, part)
  const after = place === undefined ? undefined : removeLines(text, place, write)
  if (after === undefined || !(isMap(parent) || isSeq(parent)) || parent.items.length > 1) return after
  // Without its last part a block would read as nothing at all: it is written as an empty one.
  const holder = way.nodes.at(-3)
  const key = isMap(holder) ? pairOf(holder, String(way.path.at(-2)))?.key.range : undefined
  if (key === null || key === undefined) return way.nodes.length === 2 ? after : undefined
  const colon = after.indexOf(':', key[1]) + 1
  return `${after.slice(0, colon)} ${isMap(parent) ? '{}' : '[]'}${after.slice(colon)}`
}

/** From the key or the dash to the end of the content. */
function placeOf(
  text: string,
  parent: Node | undefined,
  part: string | number | undefined,
): Span | undefined {
  if (isMap(parent)) {
    const pair = pairOf(parent, String(part))
    const start = pair?.key.range?.[0]
    return pair === undefined || start === undefined
      ? undefined
      : { start, end: contentEnd(pair.value ?? pair.key, start) }
  }
  const item = isSeq(parent) && typeof part === 'number' ? parent.items[part] : undefined
  if (!isNodeWithRange(item) || item.range === null || item.range === undefined) return undefined
  const dash = text.lastIndexOf('-', item.range[0] - 1)
  return dash < 0 ? undefined : { start: dash, end: contentEnd(item, item.range[0]) }
}

/** Whole lines only: what shares its first line with something else is left to the slower way. */
function removeLines(text: string, place: Span, write: Write): string | undefined {
  const span = linesOf(text, place.start, place.end)
  return text.slice(span.start, place.start).trim() === '' ? write(span, '') : undefined
}

function appending(text: string, document: Document, list: YAMLSeq, value: JsonValue, write: Write) {
  const indent = tokenIndent(list)
  const last = list.items.at(-1)
  if (indent === undefined || !isNodeWithRange(last)) return undefined
  const at = insertionPoint(text, contentEnd(last, 0), indent + 1)
  return write(at.span, at.before + renderItem(value, indent, indentStep(document)))
}

/** Something that is not there yet, below the last node that is. */
function addition(
  text: string,
  document: Document,
  way: Way,
  value: JsonValue,
  write: Write,
): string | undefined {
  const [key, ...inner] = way.missing
  if (typeof key !== 'string') return undefined
  const nested = inner.reduceRight<JsonValue>((inside, part) => ({ [String(part)]: inside }), value)
  const parent = way.nodes.at(-1)
  if (parent === undefined || (isMap(parent) && parent.items.length > 0))
    return newPair(text, document, parent, key, nested, write)
  return filling(text, document, way, { [key]: nested }, write)
}

function newPair(
  text: string,
  document: Document,
  parent: Node | undefined,
  key: string,
  value: JsonValue,
  write: Write,
): string | undefined {
  const step = indentStep(document)
  if (parent === undefined || parent === document.contents) {
    const before = text === '' || text.endsWith('\n') ? '' : '\n'
    return write({ start: text.length, end: text.length }, before + renderPair(key, value, 0, step))
  }
  const indent = isMap(parent) ? tokenIndent(parent) : undefined
  if (indent === undefined || !isMap(parent)) return undefined
  const at = insertionPoint(text, contentEnd(parent, 0), indent)
  return write(at.span, at.before + renderPair(key, value, indent, step))
}

/** Puts a value where an empty one stands: `channels:`, `channels: []`, `keys: {}`. */
function filling(
  text: string,
  document: Document,
  way: Way,
  value: JsonValue,
  write: Write,
): string | undefined {
  const node = way.nodes.at(-1)
  const holder = way.nodes.at(-2)
  const name = way.path[way.path.length - way.missing.length - 1]
  if (!isMap(holder) || node?.range === null || node?.range === undefined || typeof name !== 'string')
    return undefined
  const indent = tokenIndent(holder)
  const key = pairOf(holder, name)?.key
  if (indent === undefined || key?.range === null || key?.range === undefined) return undefined
  const step = indentStep(document)
  const body = renderPair(name, value, indent, step).slice(renderedKeyLength(name, indent))
  const line = text.slice(lineStart(text, key.range[0]), key.range[0])
  if (line.trim() !== '' && !/^\s*-\s+$/.test(line)) return undefined
  return fillBehind(text, key.range[1], node.range[1], body, write)
}

function renderedKeyLength(name: string, indent: number): number {
  return renderPair(name, 0, indent, 2).lastIndexOf(':') + 1
}

/** Keeps a comment that stands behind the empty value on its line. */
function fillBehind(
  text: string,
  keyEnd: number,
  valueEnd: number,
  body: string,
  write: Write,
): string | undefined {
  const colon = text.indexOf(':', keyEnd)
  const lineEnd = linesOf(text, keyEnd, Math.max(keyEnd, valueEnd)).end
  const rest = text.slice(Math.max(colon + 1, valueEnd), lineEnd).replace(/\r?\n$/, '')
  if (colon < 0 || (rest.trim() !== '' && !rest.trim().startsWith('#'))) return undefined
  const remark = rest.trim() === '' ? '' : ` ${rest.trim()}`
  const filled = body.startsWith('\n') ? remark + body : `${body.trimEnd()}${remark}\n`
  return write({ start: colon + 1, end: lineEnd }, filled)
}
