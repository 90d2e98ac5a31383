// Large buffers in which bodies came to this thread. Law: one is given back when its batch is settled and no body that is remembered stands
// in it; until then nobody else has it, and afterwards what is left of it here is empty.

export type LentBuffers = {
  /** A batch is settled; gives those of its buffers, and of earlier ones, that nobody needs any more. */
  readonly settled: (lent: readonly ArrayBuffer[]) => ArrayBuffer[]
}

/** `held`: the buffers in which remembered bodies stand. */
export function lentBuffers(held: () => ReadonlySet<ArrayBufferLike>): LentBuffers {
  let kept: readonly ArrayBuffer[] = []
  return {
    settled(lent) {
      const all = [...kept, ...lent]
      if (all.length === 0) return []
      const needed = held()
      kept = all.filter((buffer) => needed.has(buffer))
      return all.filter((buffer) => !needed.has(buffer))
    },
  }
}
