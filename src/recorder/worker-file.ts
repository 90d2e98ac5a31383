// Where the store's worker is. A thread can only run compiled code, so the sources under test use dist too.

/** The compiled worker, seen from a module of this room, whether that runs from dist or from src. */
export function workerFile(here: string = import.meta.url): URL {
  return new URL(here.endsWith('.ts') ? '../../dist/store/worker.js' : '../store/worker.js', here)
}
