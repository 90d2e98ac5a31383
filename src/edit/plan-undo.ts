// Takes back what the ledger says we wrote. Pure. A key that somebody changed since is left alone and reported;
// where nothing else changed the bytes come back as they were, else only our keys go.
import type { JsonObject, JsonValue } from '../base/json.js'
import type { Edit, LosslessEditor } from './editor.js'
import type { LedgerEntry, LedgerFile } from './ledger.js'
import { firstDeviation, planEdits } from './plan-edits.js'
import { holds } from './record-write.js'
import { revertWrites } from './revert-lines.js'
import { isSameText } from './sealed-text.js'

type UndoConflict = {
  readonly path: readonly string[]
  /** Undefined: we had removed the key. */
  readonly ours: JsonValue | undefined
  /** Undefined: somebody removed it. */
  readonly now: JsonValue | undefined
  readonly before: JsonValue | undefined
}

export type UndoPlan = {
  /** The new text; null: the file is ours alone and goes. */
  readonly text: string | null
  readonly restored: readonly (readonly string[])[]
  readonly conflicts: readonly UndoConflict[]
  /** What stays on record: the keys in conflict. */
  readonly rest: LedgerFile | undefined
}

type Verdict =
  | { readonly kind: 'restore'; readonly entry: LedgerEntry; readonly edit: Edit }
  | { readonly kind: 'done'; readonly entry: LedgerEntry }
  | { readonly kind: 'conflict'; readonly entry: LedgerEntry; readonly now: JsonValue | undefined }

/** Plans the undo of one file. With `force`, changed keys are set back as well. */
export function planUndo(
  file: LedgerFile,
  current: string,
  editor: LosslessEditor,
  options: { readonly force?: boolean } = {},
): UndoPlan {
  const document = editor.parse(current, file.path)
  const verdicts = file.entries.map((entry) => judge(entry, document.get(entry.path), options.force ?? false))
  const restoring = verdicts.filter((verdict) => verdict.kind === 'restore')
  const conflicts = verdicts.filter((verdict) => verdict.kind === 'conflict')
  const edits = restoring.map((verdict) => verdict.edit)
  const isWhole = restoring.length === verdicts.length
  const text =
    (isWhole ? exactly(file, current, editor, edits) : undefined) ?? byKeys(file, current, editor, edits)
  return {
    text: file.createdFile && isEmpty(text) ? null : text,
    restored: restoring.map((verdict) => verdict.entry.path),
    conflicts: conflicts.map(({ entry, now }) => ({
      path: entry.path,
      ours: valueOfStanding(entry.ours),
      now,
      before: valueOfStanding(entry.before),
    })),
    rest:
      conflicts.length === 0
        ? undefined
        : { ...file, entries: conflicts.map((verdict) => verdict.entry), writes: [] },
  }
}

function judge(entry: LedgerEntry, now: JsonValue | undefined, force: boolean): Verdict {
  if (holds(now, entry.before)) return { kind: 'done', entry }
  const edit = takeBack(entry, now)
  if (edit !== undefined) return { kind: 'restore', entry, edit }
  return force ? { kind: 'restore', entry, edit: backTo(entry) } : { kind: 'conflict', entry, now }
}

/** The edit that takes our value (or our part of it) back; undefined when the key no longer holds it. */
export function takeBack(entry: LedgerEntry, now: JsonValue | undefined): Edit | undefined {
  if (holds(now, entry.ours)) return backTo(entry)
  const without = entry.part === undefined ? undefined : withoutPart(now, entry.part)
  return without === undefined ? undefined : { path: entry.path, value: without === '' ? undefined : without }
}

function backTo({ path, before }: LedgerEntry): Edit {
  if (before.state === 'absent') return { path, value: undefined }
  return { path, value: before.value, ...(before.source === undefined ? {} : { source: before.source }) }
}

/** The text without our line; undefined when our line is not in it. */
function withoutPart(now: JsonValue | undefined, part: string): string | undefined {
  if (typeof now !== 'string') return undefined
  const lines = now.split('\n')
  const kept = lines.filter((line) => !isSameText(line.trim(), part))
  return kept.length === lines.length ? undefined : kept.join('\n')
}

function valueOfStanding(standing: LedgerEntry['before']): JsonValue | undefined {
  return standing.state === 'absent' ? undefined : standing.value
}

/** The text with our lines reverted, when they still stand and the result means just what the edits say. */
function exactly(
  file: LedgerFile,
  current: string,
  editor: LosslessEditor,
  edits: readonly Edit[],
): string | undefined {
  const reverted = revertWrites(file.writes, current)
  if (reverted === undefined) return undefined
  if (file.createdFile && isEmpty(reverted)) return reverted
  try {
    const after = editor.parse(reverted, file.path)
    return firstDeviation(editor.parse(current, file.path), after, edits) === undefined ? reverted : undefined
  } catch {
    // Lines that no longer make a document: the way by keys is the answer to it.
    return undefined
  }
}

function byKeys(file: LedgerFile, current: string, editor: LosslessEditor, edits: readonly Edit[]): string {
  let text = planEdits(editor, current, edits, file.path)
  const containers = [...file.createdContainers].sort((a, b) => b.length - a.length)
  for (const path of containers) {
    const value = editor.parse(text, file.path).get(path)
    if (isEmptyObject(value)) text = planEdits(editor, text, [{ path, value: undefined }], file.path)
  }
  return text
}

function isEmptyObject(value: JsonValue | undefined): value is JsonObject {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0
  )
}

/** Nothing but blanks and an empty object: what is left of a file that held only ours. */
function isEmpty(text: string): boolean {
  return /^\s*(\{\s*\})?\s*$/.test(text)
}
