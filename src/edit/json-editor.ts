// Edits JSON by text span, in the file's own indentation and line ends; what is not planned keeps its bytes.
// (jsonc-parser's own `modify` reformats the whole line that it touches, so only its parser is used.)
import type { Node } from 'jsonc-parser'
import { HubError } from '../base/errors.js'
import type { JsonObject, JsonValue } from '../base/json.js'
import type { Edit, EditPath, LosslessEditor } from './editor.js'
import { jsonDocument, nodeAt, propertiesNamed, readJson } from './json-document.js'
import { indentationAt, shapeOf, splice } from './text-shape.js'

export const jsonEditor: LosslessEditor = {
  format: 'json',
  emptyText: '{}\n',
  parse: (text, file) => jsonDocument(readJson(text, file)),
  apply(text, edit, file) {
    const { bom } = shapeOf(text)
    if (edit.path.length === 0) throw new HubError('internal', 'A JSON edit needs a path.')
    const { body, root } = readJson(text, file)
    if (edit.value === undefined) return bom + remove(body, root, edit.path)
    return bom + set(body, root, edit, edit.value, file)
  },
}

function set(body: string, root: Node, edit: Edit, value: JsonValue, file: string): string {
  const existing = nodeAt(root, edit.path)
  if (existing !== undefined) {
    const written = edit.source ?? render(body, value, indentationAt(body, existing.offset))
    return splice(body, existing.offset, existing.offset + existing.length, written)
  }
  let length = edit.path.length - 1
  while (length > 0 && nodeAt(root, edit.path.slice(0, length)) === undefined) length--
  const parent = nodeAt(root, edit.path.slice(0, length))
  const [key, ...rest] = edit.path.slice(length)
  if (parent?.type !== 'object' || key === undefined) {
    throw new HubError('refused', `${file}: ${edit.path.slice(0, length).join('.')} is not an object.`, {
      hint: 'Mend or remove it, then try again; nothing in the file was changed.',
    })
  }
  const nested = rest.reduceRight<JsonValue>((inner, part): JsonObject => ({ [part]: inner }), value)
  return insert(body, parent, key, nested, rest.length === 0 ? edit.source : undefined)
}

function insert(body: string, parent: Node, key: string, value: JsonValue, source?: string): string {
  const { eol } = shapeOf(body)
  const last = parent.children?.at(-1)
  const first = parent.children?.[0]
  const outer = indentationAt(body, parent.offset)
  const close = parent.offset + parent.length - 1
  if (last === undefined || first === undefined) {
    const inner = outer + unitOf(body)
    const member = `${JSON.stringify(key)}: ${source ?? render(body, value, inner)}`
    const kept = body.slice(parent.offset + 1, close).trimEnd()
    return splice(body, parent.offset, close + 1, `{${kept}${eol}${inner}${member}${eol}${outer}}`)
  }
  const isSpread = body.slice(parent.offset, first.offset).includes('\n')
  const tail = tailOf(body, last.offset + last.length, close)
  const behindLine = body.slice(last.offset + last.length, tail.end).includes('//')
  const indentation = isSpread ? indentationAt(body, first.offset) : outer
  const member = `${JSON.stringify(key)}: ${source ?? render(body, value, indentation, isSpread)}`
  const text = isSpread || behindLine ? eol + indentation + member : ` ${member}`
  const widened = splice(body, tail.end, tail.end, text)
  return tail.comma !== undefined
    ? widened
    : splice(widened, last.offset + last.length, last.offset + last.length, ',')
}

type Tail = { readonly end: number; readonly comma: number | undefined }

/** What follows the last member: its own trailing comma, and where the comments behind it end. */
function tailOf(body: string, from: number, close: number): Tail {
  let end = from
  let comma: number | undefined
  for (const token of body.slice(from, close).matchAll(/\/\/[^\r\n]*|\/\*[\s\S]*?\*\/|,/g)) {
    if (token[0] === ',') comma = from + token.index
    end = from + token.index + token[0].length
  }
  return { end, comma }
}

/** Removes every property of that name, so that no earlier double comes to light. */
function remove(body: string, root: Node, path: EditPath): string {
  const parent = nodeAt(root, path.slice(0, -1))
  const key = path.at(-1)
  if (parent?.type !== 'object' || key === undefined) return body
  const children = parent.children ?? []
  const gone = propertiesNamed(parent, key)
  const kept = children.filter((child) => !gone.includes(child))
  if (kept.length === 0) return removeAll(body, parent, gone)
  return gone.reverse().reduce((text, property) => {
    const next = children[children.indexOf(property) + 1]
    if (next !== undefined) return splice(text, property.offset, next.offset, '')
    const previous = children[children.indexOf(property) - 1]
    const start = previous === undefined ? property.offset : previous.offset + previous.length
    const between = text.slice(start, property.offset)
    const comments = between.replace(',', '').trimEnd()
    return splice(text, start, property.offset + property.length, comments)
  }, body)
}

/** Empties an object; comments stay. */
function removeAll(body: string, parent: Node, gone: readonly Node[]): string {
  const close = parent.offset + parent.length - 1
  const first = gone[0]
  const last = gone.at(-1)
  if (first === undefined || last === undefined) return body
  const end = last.offset + last.length
  const comma = tailOf(body, end, close).comma
  const emptied = splice(body, first.offset, comma === undefined ? end : comma + 1, '')
  const inside = emptied.slice(parent.offset + 1, close - (body.length - emptied.length))
  return inside.trim() === '' ? splice(body, parent.offset + 1, close, '') : emptied
}

function render(body: string, value: JsonValue, indentation: string, isSpread = true): string {
  if (!isSpread) return JSON.stringify(value)
  const { eol } = shapeOf(body)
  return JSON.stringify(value, null, unitOf(body)).replaceAll('\n', eol + indentation)
}

/** One step of the file's indentation: that of its first indented member, else two blanks. */
function unitOf(body: string): string {
  const match = /^([ \t]+)"/m.exec(body)
  return match?.[1] ?? '  '
}
