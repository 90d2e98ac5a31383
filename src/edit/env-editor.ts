// Edits files of environment variables (`NAME=value` lines, as dotenv reads them) by text span. Of a name that stands twice
// the last one counts; what is not planned keeps its bytes.
import { HubError } from '../base/errors.js'
import type { JsonValue } from '../base/json.js'
import type { EditPath, LosslessEditor, ParsedDocument } from './editor.js'
import { lineEnd, lineStart, shapeOf, splice } from './text-shape.js'

type Variable = {
  readonly name: string
  readonly value: string
  /** The value as it is spelled, from its first sign to behind its last. */
  readonly start: number
  readonly end: number
}

/**
 * A name and its value: in one of three quotes, where it may have several lines and nothing but a comment follows, or up to a
 * comment or the line's end.
 */
const LINE =
  /^[ \t]*(?:export[ \t]+)?([\w.-]+)[ \t]*=[ \t]*((?:'(?:\\'|[^'])*'|"(?:\\"|[^"])*"|`(?:\\`|[^`])*`)(?=[ \t]*(?:#.*)?$)|[^#\r\n]*)/gm

export const envEditor: LosslessEditor = {
  format: 'env',
  emptyText: '',
  parse: (text) => envDocument(shapeOf(text).body),
  apply(text, edit, file) {
    const { bom, body, eol } = shapeOf(text)
    const name = nameOf(edit.path, file)
    if (edit.value === undefined) return bom + removed(body, name)
    const written = edit.source ?? spelled(edit.value, file)
    const last = variablesOf(body).findLast((variable) => variable.name === name)
    if (last !== undefined) return bom + splice(body, last.start, last.end, written)
    const before = body === '' || body.endsWith('\n') ? body : body + eol
    return `${bom}${before}${name}=${written}${eol}`
  },
}

function variablesOf(body: string): Variable[] {
  return Array.from(body.matchAll(LINE), ({ 0: line, 1: name = '', 2: raw = '', index }) => {
    const source = raw.trimEnd()
    const start = index + line.length - raw.length
    return { name, value: valueIn(source), start, end: start + source.length }
  })
}

/** Between double quotes `\n` and `\r` are line ends, as dotenv has it. */
function valueIn(source: string): string {
  const quoted = /^(['"`])([\s\S]*)\1$/.exec(source)
  const inner = quoted?.[2] ?? source
  return quoted?.[1] === '"' ? inner.replaceAll('\\n', '\n').replaceAll('\\r', '\r') : inner
}

function spelled(value: JsonValue, file: string): string {
  if (typeof value !== 'string') throw new HubError('internal', `${file}: a variable is a text.`)
  if (/^[\w./:@%+,-]*$/.test(value)) return value
  const quote = ["'", '"', '`'].find((one) => !value.includes(one))
  if (quote !== undefined && !/[\r\n\\]/.test(value)) return quote + value + quote
  throw new HubError('refused', `${file} cannot hold this value.`, {
    hint: 'Choose one without line ends, backslashes and all three kinds of quotes.',
  })
}

/** Without every line of the name, so that no earlier double comes to light. */
function removed(body: string, name: string): string {
  return variablesOf(body)
    .filter((variable) => variable.name === name)
    .reverse()
    .reduce((text, { start, end }) => splice(text, lineStart(text, start), lineEnd(text, end), ''), body)
}

function nameOf(path: EditPath, file: string): string {
  const [name, ...more] = path
  if (name !== undefined && more.length === 0) return name
  throw new HubError('internal', `${file}: an edit needs the name of one variable.`)
}

function envDocument(body: string): ParsedDocument {
  const variables = new Map(variablesOf(body).map((variable) => [variable.name, variable]))
  const found = ([name, ...more]: EditPath) => (more.length > 0 ? undefined : variables.get(name ?? ''))
  return {
    get(path) {
      if (path.length > 0) return found(path)?.value
      return Object.fromEntries([...variables.values()].map(({ name, value }) => [name, value]))
    },
    source(path) {
      const variable = found(path)
      return variable === undefined ? undefined : body.slice(variable.start, variable.end)
    },
    leaves: () =>
      new Map([...variables.values()].map(({ name, value }) => [JSON.stringify([name]), `string ${value}`])),
  }
}
