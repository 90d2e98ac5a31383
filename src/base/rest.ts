// Gives memory back when a thread has nothing to do. V8 collects because something is allocated: what the last work left behind
// stays for as long as nothing follows, after a start or a storm of requests some tens of megabytes in each thread.

/** How long nothing must have happened after the start, ms. */
const QUIET_MS = 5_000
/** The answer to a command of the inspector is written when the command has not returned yet. */
const SETTLE_MS = 50

export type Work = {
  /** Grows with all that this thread does. */
  readonly done: () => number
  /** Whether something is being done: a collection stops the thread for some 20 ms. */
  readonly isBusy: () => boolean
  /**
   * How many times as long it must be quiet after work. V8 forgets compiled code when it collects all, and who thinks for some seconds
   * shall not find a hub that costs twice as much for the next thousand requests. After the start there is nothing to forget.
   */
  readonly patience: number
}

/**
 * Collects once after the start, when it has been quiet for `quietMs`, and once after each time of work, when it has been for
 * `patience` times as long. Returns the end of it.
 */
export function restAfterWork(work: Work, collect: () => void = collectHere, quietMs = QUIET_MS): () => void {
  let seen = work.done()
  let isCollected = false
  let quiet = 0
  let needed = 1
  const timer = setInterval(() => {
    const now = work.done()
    if (now !== seen || work.isBusy()) {
      seen = now
      isCollected = false
      quiet = 0
      needed = work.patience
    } else if (!isCollected && ++quiet >= needed) {
      isCollected = true
      collect()
    }
  }, quietMs)
  timer.unref()
  return () => clearInterval(timer)
}

/**
 * Collects the heap of this thread, through a session of the inspector that opens no port. A Node that was built without an
 * inspector keeps its memory.
 */
export function collectHere(): void {
  import('node:inspector').then(
    ({ Session }) => {
      const session = new Session()
      session.connect()
      // Disconnecting before the collection, which is a task of its own, or within its answer would stop it or the thread.
      session.post(
        'HeapProfiler.collectGarbage',
        () => void setTimeout(() => session.disconnect(), SETTLE_MS),
      )
    },
    () => undefined,
  )
}
