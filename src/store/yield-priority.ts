// Lets the store's thread step back behind the one that carries the answers, where a core is short. Law: only this thread.

import { setPriority } from 'node:os'

/** Niceness: still a tenth of a core that is wanted by others, so that nothing waits for ever. */
const BEHIND = 10

/** Linux alone has priorities of threads; elsewhere this would slow the whole process. */
export function stepBack(platform: NodeJS.Platform): void {
  if (platform !== 'linux') return
  try {
    setPriority(0, BEHIND)
  } catch {
    // A container may forbid it; then both have the same right to the core.
  }
}
