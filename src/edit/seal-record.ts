// Takes our own secrets out of the record of a file. Pure. Law: what stood there before us stays as it was, word for word,
// because undo has to write it again; what we wrote ourselves is only ever recognised.
import type { LedgerEntry, LedgerFile, LedgerHunk } from './ledger.js'
import { isSealed, sealed, sealedValue } from './sealed-text.js'

/** `secrets`: texts of ours that may stand in what we wrote; a secret of an earlier write is known by its sealed line. */
export function sealRecord(file: LedgerFile, secrets: readonly string[]): LedgerFile {
  const seal = (line: string) =>
    !isSealed(line) && secrets.some((secret) => line.includes(secret)) ? sealed(line) : line
  const own = new Set<string>()
  const writes = file.writes.map((write) => ({
    ...write,
    hunks: write.hunks.map((hunk): LedgerHunk => {
      const inserted = hunk.inserted.map(seal)
      // A line that an earlier write of ours inserted is ours as well when a later one removes it or stands beside it.
      const known = (line: string) => (own.has(sealed(line)) ? sealed(line) : line)
      const removed = hunk.removed.map(known)
      for (const line of inserted) if (isSealed(line)) own.add(line)
      const beside = (line: string) => known(seal(line))
      return {
        ...hunk,
        removed,
        inserted,
        ...(hunk.above === undefined ? {} : { above: beside(hunk.above) }),
        ...(hunk.below === undefined ? {} : { below: beside(hunk.below) }),
      }
    }),
  }))
  return { ...file, entries: file.entries.map((entry) => sealEntry(entry, secrets)), writes }
}

function sealEntry(entry: LedgerEntry, secrets: readonly string[]): LedgerEntry {
  const { ours, part } = entry
  return {
    ...entry,
    ours: ours.state === 'absent' ? ours : { ...ours, value: sealedValue(ours.value, secrets) },
    ...(part === undefined
      ? {}
      : { part: secrets.some((secret) => part.includes(secret)) ? sealed(part) : part }),
  }
}
