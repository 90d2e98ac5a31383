// How far two runs of bytes are the same, from their beginnings and from their ends. Compared in blocks by native code: what
// a conversation repeats is passed at the speed of memory.

const BLOCK = 64 * 1024

/** How many bytes at the beginning are the same. */
export function sharedBeginning(one: Buffer, other: Buffer): number {
  const length = Math.min(one.length, other.length)
  return search(length, (from, to) => one.compare(other, from, to, from, to) === 0)
}

/** How many bytes at the end are the same. */
export function sharedEnd(one: Buffer, other: Buffer): number {
  const length = Math.min(one.length, other.length)
  const isSame = (from: number, to: number) =>
    one.compare(other, other.length - to, other.length - from, one.length - to, one.length - from) === 0
  return search(length, isSame)
}

/** The largest length up to which all is the same. */
function search(length: number, isSame: (from: number, to: number) => boolean): number {
  let from = 0
  while (from < length && isSame(from, Math.min(length, from + BLOCK))) from = Math.min(length, from + BLOCK)
  let to = Math.min(length, from + BLOCK)
  while (from < to) {
    const middle = (from + to + 1) >>> 1
    if (isSame(from, middle)) from = middle
    else to = middle - 1
  }
  return from
}
