// What was said in one request, for a person at a terminal: words wrapped, thinking folded, each call with its result.

import { isObject, parseJson } from '../base/json.js'
import type { Said, SaidCall } from '../export/conversation.js'
import type { Output } from './output.js'
import { cut, plain, safeLine, widthOf, wrapped } from './table.js'
import { tornLine } from './torn-line.js'
import { count } from './words.js'

/** Lines shown of each; `full` shows all. */
const MOST = { asked: 8, answered: 14, result: 4 } as const
const INDENT = '      '

export type SaidOptions = { readonly out: Output; readonly full: boolean }

/** Words of somebody else in lines that fit behind `indent`; blank lines at both ends are left out. */
export function textLines(text: string, indent: string, width: number): string[] {
  const room = Math.max(20, width - widthOf(indent))
  return text
    .trim()
    .split('\n')
    .flatMap((line) => wrapped(safeLine(line).trimEnd(), room))
    .flatMap((line) => tornLine(line, room))
    .map((line) => `${indent}${line}`.trimEnd())
}

/** `indent` stands before the first line; the others stand below its words. */
function showText({ out, full }: SaidOptions, text: string, indent: string, most: number): void {
  if (text.trim() === '') return
  const enough = full ? text : text.slice(0, most * out.width * 4)
  const lines = textLines(enough, indent, out.width)
  const shown = full ? lines : lines.slice(0, most)
  const below = ' '.repeat(widthOf(indent))
  for (const [index, line] of shown.entries())
    out.line(index === 0 ? line : below + line.slice(indent.length))
  const isCut = shown.length < lines.length || enough.length < text.length
  if (isCut) out.line(out.style.dim(`${below}… ${count(text.length)} characters in all (--full)`))
}

/** What the user said, before the request's own line. */
export function showAsked(options: SaidOptions, said: Said | undefined, prompt: string | null): boolean {
  const words = said?.asked === undefined || said.asked === '' ? (prompt ?? '') : said.asked
  if (words === '') return false
  showText(options, words, '  > ', MOST.asked)
  return true
}

/** What came back, after the request's own line. */
export function showAnswered(options: SaidOptions, said: Said | undefined): void {
  if (said === undefined) return
  showThinking(options, said.thinking)
  showText(options, said.answered, INDENT, MOST.answered)
  for (const call of said.calls) showCall(options, call)
}

function showThinking(options: SaidOptions, thinking: string): void {
  const { out, full } = options
  if (thinking.trim() === '') return
  if (full) {
    out.line(out.style.dim(`${INDENT}thinking`))
    for (const line of textLines(thinking, `${INDENT}  `, out.width)) out.line(out.style.dim(line))
    return
  }
  const words = thinking.trim().split(/\s+/).length
  const beginning = plain(thinking.slice(0, out.width * 2))
  out.line(out.style.dim(cut(`${INDENT}thinking, ${words} words: ${beginning}`, out.width)))
}

/** `command: ls -la, timeout: 10`: the arguments on one line. */
function argumentWords({ arguments: text }: SaidCall): string {
  const value = parseJson(text)
  if (!isObject(value)) return text
  return Object.entries(value)
    .map(([name, one]) => `${name}: ${typeof one === 'string' ? one : JSON.stringify(one)}`)
    .join(', ')
}

function showCall(options: SaidOptions, call: SaidCall): void {
  const { out, full } = options
  const { style } = out
  const words = argumentWords(call)
  if (full) {
    out.line(`${INDENT}${style.accent(`→ ${plain(call.name)}`)}`)
    for (const line of textLines(words, `${INDENT}    `, out.width)) out.line(line)
  } else {
    const name = `→ ${plain(call.name)}`
    const room = out.width - INDENT.length - widthOf(name) - 1
    out.line(`${INDENT}${style.accent(name)} ${cut(plain(words.slice(0, out.width * 4)), Math.max(room, 8))}`)
  }
  if (call.result === undefined) return
  if (call.result.isError) out.line(`${INDENT}  ${style.bad('the tool failed:')}`)
  const text = call.result.text.trim() === '' ? '(nothing)' : call.result.text
  showText(options, text, `${INDENT}  ⎿ `, MOST.result)
}
