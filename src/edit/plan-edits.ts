// Applies edits through an editor and proves on the result that only the planned paths mean something else.
import { isDeepStrictEqual } from 'node:util'
import { HubError } from '../base/errors.js'
import { type Edit, type EditPath, EMPTY_TABLE, type LosslessEditor, type ParsedDocument } from './editor.js'

/**
 * The text after all edits. Throws HubError `config-invalid` when the text cannot be read, and `refused`
 * when the edits could not be made without touching anything else.
 */
export function planEdits(
  editor: LosslessEditor,
  text: string,
  edits: readonly Edit[],
  file: string,
): string {
  const before = editor.parse(text, file)
  let result = text
  let document = before
  for (const edit of edits) {
    if (isDone(document, edit)) continue
    result = editor.apply(result, edit, file)
    document = reparse(editor, result, file)
  }
  if (document !== before) checkOnlyPlanned(before, document, edits, file)
  return result
}

function isDone(document: ParsedDocument, edit: Edit): boolean {
  if (!isDeepStrictEqual(document.get(edit.path), edit.value)) return false
  return edit.source === undefined || document.source(edit.path) === edit.source
}

function reparse(editor: LosslessEditor, text: string, file: string): ParsedDocument {
  try {
    return editor.parse(text, file)
  } catch (cause) {
    throw new HubError('refused', `${file} cannot be edited safely: the result would not be readable.`, {
      hint: 'Nothing was written. Simplify the part that is about to change, then try again.',
      cause,
    })
  }
}

function checkOnlyPlanned(
  before: ParsedDocument,
  after: ParsedDocument,
  edits: readonly Edit[],
  file: string,
): void {
  const changed = firstDeviation(before, after, edits)
  if (changed === undefined) return
  throw new HubError('refused', `${file} cannot be edited safely at ${changed.join('.')}.`, {
    hint: 'Nothing was written. Simplify the part that is about to change, then try again.',
  })
}

/** The first path at which `after` is not `before` with the edits made; undefined when all is as planned. */
export function firstDeviation(
  before: ParsedDocument,
  after: ParsedDocument,
  edits: readonly Edit[],
): EditPath | undefined {
  const missed = edits.find((edit) => !isDeepStrictEqual(after.get(edit.path), edit.value))
  return missed?.path ?? unplannedChange(before, after, edits)
}

/** The first path outside the edits at which the two documents differ. */
function unplannedChange(
  before: ParsedDocument,
  after: ParsedDocument,
  edits: readonly Edit[],
): string[] | undefined {
  const old = before.leaves()
  const now = after.leaves()
  for (const key of new Set([...old.keys(), ...now.keys()])) {
    if (old.get(key) === now.get(key)) continue
    const path = pathOfLeaf(key)
    if (edits.some((edit) => startsWith(path, edit.path))) continue
    // A container on the way to an edit may become empty or cease to be empty.
    const marker =
      (old.get(key) ?? EMPTY_TABLE) === EMPTY_TABLE && (now.get(key) ?? EMPTY_TABLE) === EMPTY_TABLE
    if (marker && edits.some((edit) => startsWith(edit.path, path))) continue
    return path
  }
  return undefined
}

function startsWith(path: EditPath, start: EditPath): boolean {
  return start.length <= path.length && start.every((part, index) => part === path[index])
}

function pathOfLeaf(key: string): string[] {
  const parsed: unknown = JSON.parse(key)
  return Array.isArray(parsed) ? parsed.map(String) : []
}
