// Reverts recorded line changes: by position while the text is as we left it, else by finding our lines again.
import type { LedgerHunk, LedgerWrite } from './ledger.js'
import { hashOf } from './record-write.js'
import { isSameText, isSealed } from './sealed-text.js'
import { splitLines } from './text-shape.js'

/** The text before all writes; undefined when some line of ours can no longer be found for sure. */
export function revertWrites(writes: readonly LedgerWrite[], current: string): string | undefined {
  let text = current
  for (const write of [...writes].reverse()) {
    const reverted =
      hashOf(text) === write.afterHash
        ? (revertExactly(write, text) ?? (removedSealed(write) ? revertByContext(write, text) : undefined))
        : revertByContext(write, text)
    if (reverted === undefined) return undefined
    text = reverted
  }
  // A sealed line is no line of anybody's file: one that is still there was not reverted by the write that made it.
  return splitLines(text).some(isSealed) ? undefined : text
}

/** Lines of an earlier write of ours come back sealed, for that write to be reverted next. */
function removedSealed({ hunks }: LedgerWrite): boolean {
  return hunks.some(({ removed }) => removed.some(isSealed))
}

function revertExactly(write: LedgerWrite, text: string): string | undefined {
  const lines = splitLines(text)
  for (const hunk of [...write.hunks].reverse())
    lines.splice(hunk.line, hunk.inserted.length, ...hunk.removed)
  const reverted = lines.join('')
  return hashOf(reverted) === write.beforeHash ? reverted : undefined
}

function revertByContext(write: LedgerWrite, text: string): string | undefined {
  const lines = splitLines(text)
  for (const hunk of [...write.hunks].reverse()) {
    const at = placeOf(hunk, lines)
    if (at === undefined) return undefined
    lines.splice(at, hunk.inserted.length, ...hunk.removed)
  }
  return lines.join('')
}

/** Where our lines stand: the only place, or the only one between the lines that stood around them. */
function placeOf(hunk: LedgerHunk, lines: readonly string[]): number | undefined {
  const places = lines
    .map((_line, index) => index)
    .concat(lines.length)
    .filter((at) => hunk.inserted.every((line, offset) => isSameText(lines[at + offset], line)))
  const [only] = places
  if (places.length === 1 && hunk.inserted.length > 0) return only
  const framed = places.filter(
    (at) => isSameText(lines[at - 1], hunk.above) && isSameText(lines[at + hunk.inserted.length], hunk.below),
  )
  return framed.length === 1 ? framed[0] : undefined
}
