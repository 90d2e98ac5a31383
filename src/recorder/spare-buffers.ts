// Buffers in which large bodies went to the store and that came back empty-handed: the next bodies are copied into them, because new
// memory of a megabyte costs the system's work for each of its pages. Law: a buffer is moved, never shared; what a thread still
// holds of one that it gave away is empty, so that nobody can read another request's words there.

/** Smaller ones come from what the C library has at hand, of larger ones there are few. */
const LEAST_LENT = 256 * 1024
const MOST_LENT = 8 * 1024 * 1024
/** Sizes go in such steps, so that the next body of a conversation, a little longer, fits in. */
const STEP = 128 * 1024
/** A much larger one would hold more memory than it saves. */
const MOST_TIMES = 1.5
/** As much as waits for one commit at most (outbox.ts). */
const MOST_BYTES = 16 * 1024 * 1024

/** Whether a buffer of so many bytes comes back from the store's thread. */
export function isLent(bytes: number): boolean {
  return bytes >= LEAST_LENT && bytes <= MOST_LENT
}

export class SpareBuffers {
  /** The one that came last is taken first: of it most is still in the processor's caches. */
  private spare: ArrayBuffer[] = []
  private bytes = 0

  /** A buffer for so many bytes, with whatever stood in it; undefined where the size is not worth it. */
  take(size: number): ArrayBuffer | undefined {
    if (!isLent(size)) return undefined
    const at = this.spare.findLastIndex(
      ({ byteLength }) => byteLength >= size && byteLength <= size * MOST_TIMES,
    )
    const [found] = at === -1 ? [] : this.spare.splice(at, 1)
    if (found === undefined) return Buffer.allocUnsafeSlow(Math.ceil(size / STEP) * STEP).buffer
    this.bytes -= found.byteLength
    return found
  }

  /** Takes back what nobody reads any more. Over the bound the oldest go. */
  add(buffers: readonly ArrayBuffer[]): void {
    for (const buffer of buffers) {
      this.spare.push(buffer)
      this.bytes += buffer.byteLength
    }
    while (this.bytes > MOST_BYTES) this.bytes -= this.spare.shift()?.byteLength ?? 0
  }

  forget(): void {
    this.spare = []
    this.bytes = 0
  }
}
