// Work that must not run beside itself: who asks while it runs waits for a run of his own, which sees all that came before.

/** Each call runs `work` once, after the runs that were asked for before it, however these ended. */
export function oneAtATime<T>(work: () => Promise<T>): () => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return () => {
    const mine = last.then(work)
    last = mine.catch(() => undefined)
    return mine
  }
}
