// Where a new TOML key goes: into the table that exists in the way in which it exists, root keys before the
// first header, a new table at the end of the file.
import { HubError } from '../base/errors.js'
import { isObject, type JsonValue } from '../base/json.js'
import type { Edit, EditPath } from './editor.js'
import { indentationAt, lineEnd, lineStart, shapeOf, splice } from './text-shape.js'
import { isUnder, samePath, type TomlEntry, type TomlTables } from './toml-document.js'
import { renderTomlBody, renderTomlKey, renderTomlValue } from './toml-render.js'

type Place =
  | { readonly kind: 'inline'; readonly entry: TomlEntry }
  /** Dotted keys inside an inline table name it. */
  | { readonly kind: 'inline-dotted'; readonly sibling: TomlEntry }
  | { readonly kind: 'dotted'; readonly last: TomlEntry }
  | { readonly kind: 'header' }
  | { readonly kind: 'implicit' }

/** The body with a value at a path that does not exist yet. Throws HubError `refused` when something is in the way. */
export function insertAbsent(tables: TomlTables, edit: Edit, file: string): string {
  const { value } = edit
  if (value === undefined) return tables.body
  for (let length = edit.path.length - 1; length > 0; length--) {
    const base = edit.path.slice(0, length)
    const place = placeOf(tables, base, file)
    if (place !== undefined) return insertAt(tables, place, base, edit, value)
  }
  return insertUnderHeader(tables, [], edit, value)
}

function placeOf(tables: TomlTables, base: EditPath, file: string): Place | undefined {
  const exact = tables.entries.find((entry) => samePath(entry.path, base))
  if (exact?.node.value.type === 'TOMLInlineTable') return { kind: 'inline', entry: exact }
  const below = [...tables.entries, ...tables.headers].filter((item) => isUnder(item.path, base))
  if (exact !== undefined || below.some((item) => typeof item.path[base.length] === 'number')) {
    throw new HubError('refused', `${file}: ${base.join('.')} is not a table.`, {
      hint: 'Rename or remove it, then try again; nothing in the file was changed.',
    })
  }
  if (tables.headers.some((header) => samePath(header.path, base))) return { kind: 'header' }
  const members = tables.entries.filter((entry) => isUnder(entry.path, base))
  const sibling = members.find((entry) => entry.inline !== undefined && isMemberOf(entry, base))
  const last = members
    .filter((entry) => entry.inline === undefined && entry.header.length < base.length)
    .at(-1)
  if (last !== undefined) return { kind: 'dotted', last }
  if (sibling !== undefined) return { kind: 'inline-dotted', sibling }
  return below.length > 0 ? { kind: 'implicit' } : undefined
}

/** Whether the member's own dotted key, not a deeper inline table, passes through `base`. */
function isMemberOf(entry: TomlEntry, base: EditPath): boolean {
  const inlineBase = entry.path.length - entry.node.key.keys.length
  return inlineBase < base.length && base.length < entry.path.length
}

function insertAt(tables: TomlTables, place: Place, base: EditPath, edit: Edit, value: JsonValue): string {
  const rest = edit.path.slice(base.length)
  const written = edit.source ?? renderTomlValue(value)
  switch (place.kind) {
    case 'inline':
      return insertMember(tables.body, place.entry.node.value, `${renderTomlKey(rest)} = ${written}`)
    case 'inline-dotted': {
      const { inline, path, node } = place.sibling
      const key = edit.path.slice(path.length - node.key.keys.length)
      if (inline === undefined) return tables.body
      return insertMember(tables.body, inline, `${renderTomlKey(key)} = ${written}`)
    }
    case 'dotted': {
      const prefix = edit.path.slice(place.last.header.length)
      return insertLines(tables.body, place.last.node.range, dottedLines(prefix, edit, value))
    }
    case 'header':
      return insertUnderHeader(tables, base, edit, value)
    case 'implicit':
      return appendTable(tables.body, edit, value)
  }
}

function dottedLines(prefix: EditPath, edit: Edit, value: JsonValue): string[] {
  if (edit.source !== undefined || !isObject(value) || Object.keys(value).length === 0) {
    return [`${renderTomlKey(prefix)} = ${edit.source ?? renderTomlValue(value)}`]
  }
  return renderTomlBody(value).map((line) => `${renderTomlKey(prefix)}.${line}`)
}

function insertUnderHeader(tables: TomlTables, base: EditPath, edit: Edit, value: JsonValue): string {
  const rest = edit.path.slice(base.length)
  const isLine = rest.length === 1 && (edit.source !== undefined || !isObject(value))
  if (!isLine) return appendTable(tables.body, edit, value)
  const line = `${renderTomlKey(rest)} = ${edit.source ?? renderTomlValue(value)}`
  const siblings = tables.entries.filter(
    (entry) => entry.inline === undefined && samePath(entry.header, base),
  )
  const last = siblings.at(-1)
  if (last !== undefined) return insertLines(tables.body, last.node.range, [line])
  const header = tables.headers.find((candidate) => samePath(candidate.path, base))
  if (header !== undefined) return insertLines(tables.body, headerRange(header.node), [line])
  return insertFirstRootLine(tables, line)
}

/** The header's own line: its node reaches to the end of the last statement. */
function headerRange(node: {
  readonly key: { readonly range: readonly [number, number] }
}): readonly [number, number] {
  return node.key.range
}

/** New lines under the line where `range` ends, indented as the line where it starts. */
function insertLines(body: string, range: readonly [number, number], lines: readonly string[]): string {
  const { eol } = shapeOf(body)
  const indentation = indentationAt(body, range[0])
  const text = lines.map((line) => indentation + line).join(eol)
  const end = lineEnd(body, range[1])
  return body.slice(0, end).endsWith('\n') ? splice(body, end, end, text + eol) : `${body}${eol}${text}`
}

/** The first root key of a file goes above the first header and the comments that belong to it. */
function insertFirstRootLine(tables: TomlTables, line: string): string {
  const { body } = tables
  const { eol } = shapeOf(body)
  const first = tables.headers[0]
  if (first === undefined) return `${endedByNewline(body, eol)}${line}${eol}`
  let start = lineStart(body, first.node.range[0])
  while (
    start > 0 &&
    body
      .slice(lineStart(body, start - 1), start)
      .trimStart()
      .startsWith('#')
  ) {
    start = lineStart(body, start - 1)
  }
  return splice(body, start, start, `${line}${eol}${eol}`)
}

/** A new table at the end: the value's own members, or the one key inside its parent table. */
function appendTable(body: string, edit: Edit, value: JsonValue): string {
  const { eol } = shapeOf(body)
  const isWhole = isObject(value) && edit.source === undefined
  const path = isWhole ? edit.path : edit.path.slice(0, -1)
  const members = isWhole
    ? renderTomlBody(value)
    : [`${renderTomlKey(edit.path.slice(-1))} = ${edit.source ?? renderTomlValue(value)}`]
  const above = endedByNewline(body, eol)
  const gap = above === '' || /\n[ \t]*\r?\n$/.test(above) ? '' : eol
  return `${above}${gap}${[`[${renderTomlKey(path)}]`, ...members].join(eol)}${eol}`
}

function endedByNewline(body: string, eol: string): string {
  return body === '' || body.endsWith('\n') ? body : body + eol
}

type InlineTable = {
  readonly range: readonly [number, number]
  readonly body?: readonly { range: readonly [number, number] }[]
}

function insertMember(body: string, table: InlineTable, member: string): string {
  const last = table.body?.at(-1)
  if (last !== undefined) return splice(body, last.range[1], last.range[1], `, ${member}`)
  return splice(body, table.range[0], table.range[1], `{ ${member} }`)
}
