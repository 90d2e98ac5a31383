// A unified diff for a person. Pure. Law: none of the given secrets appears in it.
import { diffLines, type LineHunk } from './diff-lines.js'
import { splitLines } from './text-shape.js'

const CONTEXT_LINES = 3

export type DiffInput = {
  readonly path: string
  /** Null: the file does not exist before (or after). */
  readonly before: string | null
  readonly after: string | null
  /** Texts to mask wherever they stand. */
  readonly secrets: readonly string[]
}

/** The diff, or an empty text when nothing differs. */
export function unifiedDiff(input: DiffInput): string {
  const old = splitLines(input.before ?? '')
  const hunks = diffLines(input.before ?? '', input.after ?? '')
  if (hunks.length === 0) return ''
  const head = [
    `--- ${input.before === null ? '/dev/null' : input.path}`,
    `+++ ${input.after === null ? '/dev/null' : input.path}`,
  ]
  const body = groups(hunks).flatMap((group) => renderGroup(group, old))
  return mask([...head, ...body, ''].join('\n'), input.secrets)
}

/** The text with every secret replaced; short values are left alone, since they would blot out ordinary words. */
function mask(text: string, secrets: readonly string[]): string {
  return secrets
    .filter((secret) => secret.length >= 8)
    .sort((a, b) => b.length - a.length)
    .reduce((masked, secret) => masked.replaceAll(secret, '********'), text)
}

/** Hunks that are near enough to share their context lines. */
function groups(hunks: readonly LineHunk[]): LineHunk[][] {
  const result: LineHunk[][] = []
  for (const hunk of hunks) {
    const group = result.at(-1)
    const last = group?.at(-1)
    if (group !== undefined && last !== undefined && hunk.beforeLine - endOf(last) <= 2 * CONTEXT_LINES) {
      group.push(hunk)
    } else {
      result.push([hunk])
    }
  }
  return result
}

function endOf(hunk: LineHunk): number {
  return hunk.beforeLine + hunk.removed.length
}

function renderGroup(group: readonly LineHunk[], old: readonly string[]): string[] {
  const first = group[0]
  const last = group.at(-1)
  if (first === undefined || last === undefined) return []
  const start = Math.max(0, first.beforeLine - CONTEXT_LINES)
  const end = Math.min(old.length, endOf(last) + CONTEXT_LINES)
  const lines: string[] = []
  let line = start
  for (const hunk of group) {
    lines.push(...old.slice(line, hunk.beforeLine).flatMap((text) => marked(' ', text)))
    lines.push(...hunk.removed.flatMap((text) => marked('-', text)))
    lines.push(...hunk.inserted.flatMap((text) => marked('+', text)))
    line = endOf(hunk)
  }
  lines.push(...old.slice(line, end).flatMap((text) => marked(' ', text)))
  const grown = group.reduce((sum, hunk) => sum + hunk.inserted.length - hunk.removed.length, 0)
  const afterStart = first.afterLine - (first.beforeLine - start)
  return [`@@ -${range(start, end - start)} +${range(afterStart, end - start + grown)} @@`, ...lines]
}

function range(start: number, count: number): string {
  return `${count === 0 ? start : start + 1},${count}`
}

function marked(sign: string, line: string): string[] {
  const text = `${sign}${line.replace(/\r?\n$/, '')}`
  return line.endsWith('\n') ? [text] : [text, '\\ No newline at end of file']
}
