// What the ledger remembers of one write. Pure. Law: our own value is never recorded as what stood there before.
import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { JsonValue } from '../base/json.js'
import { diffLines } from './diff-lines.js'
import type { Edit, EditPath, LosslessEditor, ParsedDocument } from './editor.js'
import type { LedgerEntry, LedgerFile, LedgerHunk } from './ledger.js'
import { sealRecord } from './seal-record.js'
import { isSameValue } from './sealed-text.js'
import { splitLines } from './text-shape.js'

export type RecordedEdit = Edit & {
  /** Our line within a value of several lines that others write to as well. */
  readonly part?: string
  /** Whether a value can only have come from us, also where the ledger was lost: it is never what stood there before. */
  readonly isOurs?: (value: JsonValue) => boolean
}

export type WriteRecord = {
  readonly path: string
  readonly editor: LosslessEditor
  /** Null: the file does not exist yet. */
  readonly before: string | null
  readonly after: string
  /** Whether the folder of the file was made for it. */
  readonly createdFolder: boolean
  readonly edits: readonly RecordedEdit[]
  /** Ours: what of them stands in the file is remembered by its hash alone. */
  readonly secrets?: readonly string[]
  /** ISO time. */
  readonly at: string
}

/** The file's record with one more write; `known` is the record so far. */
export function recordWrite(known: LedgerFile | undefined, write: WriteRecord): LedgerFile {
  const before = write.editor.parse(write.before ?? write.editor.emptyText, write.path)
  const planned = write.edits
    .map((edit) => entryFor(known, before, edit))
    .filter((entry) => entry !== undefined)
  const created = write.edits
    .filter((edit) => edit.value !== undefined)
    .flatMap((edit) => missing(before, edit.path))
  const containers = [...(known?.createdContainers ?? []), ...created]
  const record: LedgerFile = {
    path: write.path,
    format: write.editor.format,
    createdFile: write.before === null || (known?.createdFile ?? false),
    createdFolder: write.createdFolder || (known?.createdFolder ?? false),
    createdContainers: [...new Set(containers.map((path) => JSON.stringify(path)))].map((text) =>
      pathOf(text),
    ),
    entries: planned,
    writes: [...happened(known, write.before), hunksOf(write)],
  }
  return sealRecord(record, write.secrets ?? [])
}

export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** Whether a document holds at `path` what the ledger says. */
export function holds(now: JsonValue | undefined, standing: LedgerEntry['before']): boolean {
  return standing.state === 'absent' ? now === undefined : isSameValue(now, standing.value)
}

const ABSENT = { state: 'absent' } as const

function entryFor(
  known: LedgerFile | undefined,
  before: ParsedDocument,
  edit: RecordedEdit,
): LedgerEntry | undefined {
  const now = before.get(edit.path)
  const old = known?.entries.find((entry) => isDeepStrictEqual(entry.path, edit.path))
  const isOurs = old !== undefined && holds(now, old.ours)
  // Only a ledger that was lost knows nothing of the file; one that is there is believed.
  const isKnown = known === undefined && now !== undefined && edit.isOurs?.(now) === true
  // Where the wanted value already stood without us, nothing is ours to take back.
  if (isDeepStrictEqual(now, edit.value) && !isOurs && !isKnown) return undefined
  const stood = isOurs ? old.before : isKnown ? ABSENT : standingAt(before, edit.path)
  if (holds(edit.value, stood)) return undefined
  return {
    path: [...edit.path],
    before: stood,
    ours: edit.value === undefined ? { state: 'absent' } : { state: 'present', value: edit.value },
    ...(edit.part === undefined ? {} : { part: edit.part }),
  }
}

function standingAt(document: ParsedDocument, path: EditPath): LedgerEntry['before'] {
  const value = document.get(path)
  if (value === undefined) return { state: 'absent' }
  const source = document.source(path)
  return { state: 'present', value, ...(source === undefined ? {} : { source }) }
}

/** The containers on the way to `path` that do not exist yet. */
function missing(document: ParsedDocument, path: EditPath): string[][] {
  const containers = path.slice(0, -1).map((_part, index) => path.slice(0, index + 1))
  return containers.filter((container) => document.get(container) === undefined)
}

/** The earlier writes, without a last one that was recorded but never came to the file, or was reverted. */
function happened(known: LedgerFile | undefined, before: string | null): LedgerFile['writes'] {
  const writes = known?.writes ?? []
  const last = writes.at(-1)
  return last !== undefined && last.beforeHash === hashOf(before ?? '') ? writes.slice(0, -1) : writes
}

function hunksOf(write: WriteRecord): LedgerFile['writes'][number] {
  const before = write.before ?? ''
  const lines = splitLines(write.after)
  const hunks = diffLines(before, write.after).map((hunk): LedgerHunk => {
    const above = lines[hunk.afterLine - 1]
    const below = lines[hunk.afterLine + hunk.inserted.length]
    return {
      line: hunk.afterLine,
      removed: [...hunk.removed],
      inserted: [...hunk.inserted],
      ...(above === undefined ? {} : { above }),
      ...(below === undefined ? {} : { below }),
    }
  })
  return { at: write.at, beforeHash: hashOf(before), afterHash: hashOf(write.after), hunks }
}

function pathOf(text: string): string[] {
  const parsed: unknown = JSON.parse(text)
  return Array.isArray(parsed) ? parsed.map(String) : []
}
