// How a text file is written: byte order mark, line ends, lines. Law: joining the pieces gives back the bytes.
import { HubError } from '../base/errors.js'

const BYTE_ORDER_MARK = '\uFEFF'

export type TextShape = {
  readonly bom: '' | typeof BYTE_ORDER_MARK
  readonly body: string
  readonly eol: '\n' | '\r\n'
}

export function shapeOf(text: string): TextShape {
  const marked = text.startsWith(BYTE_ORDER_MARK)
  const body = marked ? text.slice(1) : text
  const windows = body.split('\r\n').length - 1
  const all = body.split('\n').length - 1
  return { bom: marked ? BYTE_ORDER_MARK : '', body, eol: windows * 2 > all ? '\r\n' : '\n' }
}

/** The lines of a text, each with its own line end. */
export function splitLines(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? []
}

/** Offset of the first character of the line that holds `offset`. */
export function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1
}

/** Offset behind the line end of the line that holds `offset`; the text's length on the last line. */
export function lineEnd(text: string, offset: number): number {
  const end = text.indexOf('\n', offset)
  return end < 0 ? text.length : end + 1
}

/** The blanks at the start of the line that holds `offset`. */
export function indentationAt(text: string, offset: number): string {
  return /^[ \t]*/.exec(text.slice(lineStart(text, offset)))?.[0] ?? ''
}

export function splice(text: string, start: number, end: number, inserted: string): string {
  return text.slice(0, start) + inserted + text.slice(end)
}

/** Line and column of an offset, both from 1. */
export function positionOf(text: string, offset: number): { line: number; column: number } {
  const start = lineStart(text, offset)
  return { line: text.slice(0, start).split('\n').length, column: offset - start + 1 }
}

/** The bytes of a file as text. Throws HubError `config-invalid` when they are not UTF-8. */
export function decodeText(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    throw new HubError('config-invalid', `${file} is not a UTF-8 text.`, {
      hint: 'Save it as UTF-8, then try again.',
      cause,
    })
  }
}
