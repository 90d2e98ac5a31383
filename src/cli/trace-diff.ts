// What differs between two JSON bodies, line by line of their pretty form. Pure but for its clock-free bound on work: two
// bodies of megabytes that have little in common are told field by field instead.

import { diffArrays } from 'diff'
import { isObject, type JsonValue, parseJson } from '../base/json.js'
import { bytes } from './words.js'

export type DiffLine = {
  readonly type: 'same' | 'gone' | 'new' | 'left-out'
  readonly text: string
}

export type BodyDiff = {
  readonly lines: readonly DiffLine[]
  /** How far the comparison went, where it is not line by line; null when it is whole. */
  readonly bound: string | null
}

/** Characters of both bodies together; parsing and printing more would be felt. */
const MOST_CHARACTERS = 48 * 1024 * 1024
/** Differing lines that are looked for in the best order, and the longest time for it, ms. */
const MOST_EDITS = 4_000
const LONGEST_MS = 1_500
/** Lines shown of either side of a change. */
const CONTEXT = 2
const MOST_LINES = 400
const LONGEST_LINE = 160

/** `before` and `after` as text; keys are compared whatever their order. */
export function diffBodies(before: string, after: string): BodyDiff {
  if (before.length + after.length > MOST_CHARACTERS)
    return { lines: [], bound: `not compared: together they are ${bytes(before.length + after.length)}` }
  const [left, right] = [parseJson(before), parseJson(after)]
  if (left === undefined || right === undefined)
    return { lines: [], bound: 'not compared: one of them is no JSON' }
  const edits = diffArrays(linesOf(left), linesOf(right), { maxEditLength: MOST_EDITS, timeout: LONGEST_MS })
  if (edits === undefined)
    return {
      lines: bounded(fieldLines(left, right)),
      bound: 'more than can be told line by line: only the fields at the top',
    }
  return { lines: bounded(hunks(edits)), bound: null }
}

/** The pretty form with sorted keys; without commas, so that a new last line does not change the one before. */
function linesOf(value: JsonValue): string[] {
  return JSON.stringify(sorted(value), undefined, 2)
    .split('\n')
    .map((line) => line.replace(/,$/, ''))
}

function sorted(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(sorted)
  if (!isObject(value)) return value
  const keys = Object.keys(value).sort()
  return Object.fromEntries(keys.map((key) => [key, sorted(value[key] ?? null)]))
}

type Edit = { readonly value: readonly string[]; readonly added: boolean; readonly removed: boolean }

function hunks(edits: readonly Edit[]): DiffLine[] {
  const lines: DiffLine[] = []
  for (const [index, edit] of edits.entries()) {
    const next = edits[index + 1]
    const last = edits[index - 1]
    if (edit.removed && next?.added === true) lines.push(...replaced(edit.value, next.value))
    else if (edit.removed) lines.push(...edit.value.map((text) => line('gone', text)))
    else if (edit.added && last?.removed === true) continue
    else if (edit.added) lines.push(...edit.value.map((text) => line('new', text)))
    else lines.push(...around(edit.value, index > 0, index < edits.length - 1))
  }
  return lines
}

/** The lines next to a change; the others are counted. */
function around(same: readonly string[], after: boolean, before: boolean): DiffLine[] {
  const head = after ? CONTEXT : 0
  const tail = before ? CONTEXT : 0
  if (same.length <= head + tail + 1) return same.map((text) => line('same', text))
  return [
    ...same.slice(0, head).map((text) => line('same', text)),
    { type: 'left-out', text: `${same.length - head - tail} like lines` },
    ...same.slice(same.length - tail).map((text) => line('same', text)),
  ]
}

/** Lines that took the place of others; of two long ones in the same place only where they differ is shown. */
function replaced(gone: readonly string[], fresh: readonly string[]): DiffLine[] {
  if (gone.length !== fresh.length)
    return [...gone.map((text) => line('gone', text)), ...fresh.map((text) => line('new', text))]
  return gone.flatMap((text, index) => {
    const other = fresh[index] ?? ''
    const [one, two] = changedRegion(text, other)
    return [
      { type: 'gone' as const, text: one },
      { type: 'new' as const, text: two },
    ]
  })
}

function line(type: 'same' | 'gone' | 'new', text: string): DiffLine {
  return { type, text: shortened(text) }
}

function shortened(text: string): string {
  const left = text.length - LONGEST_LINE
  return left <= 0 ? text : `${text.slice(0, LONGEST_LINE)}… (${left} more characters)`
}

/** Both lines, each with a little of what they share before and after the place where they differ. */
function changedRegion(one: string, other: string): [string, string] {
  if (Math.max(one.length, other.length) <= LONGEST_LINE) return [one, other]
  const most = Math.min(one.length, other.length)
  let start = 0
  while (start < most && one[start] === other[start]) start++
  let end = 0
  while (end < most - start && one[one.length - 1 - end] === other[other.length - 1 - end]) end++
  return [region(one, start, end), region(other, start, end)]
}

const AROUND = 40

/** `start` and `end`: how many characters at the beginning and at the end are shared. */
function region(text: string, start: number, end: number): string {
  const indent = /^\s*(?:"(?:[^"\\]|\\.){1,60}": )?/.exec(text)?.[0] ?? ''
  const from = Math.max(indent.length, start - AROUND)
  const to = Math.min(text.length, text.length - end + AROUND)
  const changed = text.slice(from, to)
  const room = LONGEST_LINE * 2
  const middle =
    changed.length <= room
      ? changed
      : `${changed.slice(0, room / 2)} … (${changed.length - room} more characters) … ${changed.slice(-room / 2)}`
  return `${indent}${from > indent.length ? '…' : ''}${middle}${to < text.length ? '…' : ''}`
}

/** Field by field at the top, told by their sizes. */
function fieldLines(left: JsonValue, right: JsonValue): DiffLine[] {
  const [before, after] = [isObject(left) ? left : {}, isObject(right) ? right : {}]
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].sort().flatMap((key): DiffLine[] => {
    const [one, other] = [before[key], after[key]]
    const size = (value: JsonValue | undefined) =>
      value === undefined ? undefined : JSON.stringify(sorted(value))
    const [was, is] = [size(one), size(other)]
    if (was === is) return [{ type: 'same', text: `"${key}": the same` }]
    const told = (text: string) =>
      shortened(`"${key}": ${text.length > LONGEST_LINE ? bytes(text.length) : text}`)
    return [
      ...(was === undefined ? [] : [{ type: 'gone' as const, text: told(was) }]),
      ...(is === undefined ? [] : [{ type: 'new' as const, text: told(is) }]),
    ]
  })
}

function bounded(lines: readonly DiffLine[]): DiffLine[] {
  if (lines.length <= MOST_LINES) return [...lines]
  const left = lines.length - MOST_LINES
  return [...lines.slice(0, MOST_LINES), { type: 'left-out', text: `${left} more lines of the comparison` }]
}
