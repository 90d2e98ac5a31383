// A service whose place is taken waits for it, in place of failing every third of a second.

import { setTimeout as sleep } from 'node:timers/promises'
import type { Cli } from '../cli.js'
import { statusIfRunning } from '../daemon-life.js'

const POLL_MS = 500

/** Resolves when no hub runs for this home. */
export async function untilFree(cli: Cli): Promise<void> {
  while ((await statusIfRunning(cli)) !== undefined) await sleep(POLL_MS)
}
