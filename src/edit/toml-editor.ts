// Edits TOML by text span: what is not planned keeps its bytes. A key that exists is edited where it stands,
// whether it was written as a line, a dotted key, a member of an inline table or a table of its own.
import { isDeepStrictEqual } from 'node:util'
import { HubError } from '../base/errors.js'
import { isObject, type JsonObject } from '../base/json.js'
import type { Edit, EditPath, LosslessEditor } from './editor.js'
import { lineEnd, lineStart, shapeOf, splice } from './text-shape.js'
import {
  isUnder,
  readToml,
  samePath,
  type TomlEntry,
  type TomlTables,
  tomlDocument,
} from './toml-document.js'
import { insertAbsent } from './toml-insert.js'
import { renderTomlValue } from './toml-render.js'

export const tomlEditor: LosslessEditor = {
  format: 'toml',
  emptyText: '',
  parse: (text, file) => tomlDocument(readToml(text, file)),
  apply(text, edit, file) {
    const { bom } = shapeOf(text)
    if (edit.path.length === 0) throw new HubError('internal', 'A TOML edit needs a path.')
    return bom + (edit.value === undefined ? remove(text, edit.path, file) : set(text, edit, file))
  },
}

/** The body (without byte order mark) with the value set. */
function set(text: string, edit: Edit, file: string): string {
  const tables = readToml(text, file)
  const { body } = tables
  const existing = tables.entries.find((entry) => samePath(entry.path, edit.path))
  if (existing !== undefined && edit.value !== undefined) {
    const [start, end] = existing.node.value.range
    return splice(body, start, end, edit.source ?? renderTomlValue(edit.value))
  }
  if (!isContainer(tables, edit.path)) return insertAbsent(tables, edit, file)
  if (isObject(edit.value)) return setMembers(body, edit.path, edit.value, file)
  return set(remove(body, edit.path, file), edit, file)
}

/** Brings a table that stands in lines of its own to hold just `value`, member by member. */
function setMembers(body: string, path: EditPath, value: JsonObject, file: string): string {
  const current = tomlDocument(readToml(body, file)).get(path)
  let result = body
  for (const key of isObject(current) ? Object.keys(current) : []) {
    if (!Object.hasOwn(value, key)) result = remove(result, [...path, key], file)
  }
  for (const [key, member] of Object.entries(value)) {
    if (isObject(current) && isDeepStrictEqual(current[key], member)) continue
    // A table within the table stays beside its neighbours, on a line of its own.
    const source = isObject(member) ? { source: renderTomlValue(member) } : {}
    result = set(result, { path: [...path, key], value: member, ...source }, file)
  }
  return result
}

function isContainer(tables: TomlTables, path: EditPath): boolean {
  return [...tables.entries, ...tables.headers].some((item) => isUnder(item.path, path))
}

/** The body without the value, its comment on the same line, and the tables below it. */
function remove(text: string, path: EditPath, file: string): string {
  const tables = readToml(text, file)
  const exact = tables.entries.find((entry) => samePath(entry.path, path))
  if (exact?.inline !== undefined) return removeMembers(tables.body, exact.inline.body, [exact])
  const inside = tables.entries.find((entry) => entry.inline !== undefined && isUnder(entry.path, path))
  const statements = tables.entries.filter((entry) => entry.inline === undefined && isUnder(entry.path, path))
  const headers = tables.headers.filter((header) => isUnder(header.path, path))
  if (statements.length === 0 && headers.length === 0 && inside?.inline !== undefined) {
    const { inline } = inside
    const members = tables.entries.filter((entry) => entry.inline === inline && isUnder(entry.path, path))
    return removeMembers(tables.body, inline.body, members)
  }
  const spans = [
    ...headers.map((header) => tableSpan(tables, header.node)),
    ...statements
      .filter((entry) => !headers.some((header) => samePath(header.path, entry.header)))
      .map((entry) => statementSpan(tables.body, entry)),
  ]
  return spans
    .sort((a, b) => b[0] - a[0])
    .reduce((body, [start, end]) => splice(body, start, end, ''), tables.body)
}

type Span = readonly [start: number, end: number]

function statementSpan(body: string, entry: TomlEntry): Span {
  const [start, end] = entry.node.range
  return [lineStart(body, start), lineEnd(body, end)]
}

/** Header to last statement, with the blank line that set the table off when nothing else needs it. */
function tableSpan(tables: TomlTables, node: { range: [number, number] }): Span {
  const { body } = tables
  const start = lineStart(body, node.range[0])
  const end = lineEnd(body, node.range[1])
  const above = start === 0 ? start : lineStart(body, start - 1)
  const blankAbove = start > 0 && body.slice(above, start).trim() === ''
  const blankBelow = end >= body.length || body.slice(end, lineEnd(body, end)).trim() === ''
  return [blankAbove && blankBelow ? above : start, end]
}

/** Takes members out of an inline table together with the comma that no longer separates anything. */
function removeMembers(
  body: string,
  all: readonly TomlEntry['node'][],
  gone: readonly { readonly node: TomlEntry['node'] }[],
): string {
  const kept = all.filter((member) => !gone.some((entry) => entry.node === member))
  const spans = gone.map(({ node }): Span => {
    const index = all.indexOf(node)
    const next = all[index + 1]
    if (next !== undefined) return [node.range[0], next.range[0]]
    const lastKept = kept.at(-1)
    return [lastKept === undefined ? node.range[0] : lastKept.range[1], node.range[1]]
  })
  return spans
    .sort((a, b) => b[0] - a[0])
    .reduce((text, [start, end]) => splice(text, start, Math.max(start, end), ''), body)
}
