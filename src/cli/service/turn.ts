// A hub that the system keeps on does not end because it cannot begin: a place that is taken, a port in use and a mistake
// in the configuration are waited out. Ending would only mean to be started again three times a second.

import { setTimeout as sleep } from 'node:timers/promises'
import { asHubError, type HubError, sentence } from '../../base/errors.js'
import type { Cli } from '../cli.js'
import { statusIfRunning } from '../daemon-life.js'

const POLL_MS = 500
/** A mistake in the file is looked for again soon: reading it costs nothing. */
const SHORT_WAIT_MS = 1000
const LONGEST_WAIT_MS = 15_000

/** Resolves when no hub runs for this home. */
async function untilFree(cli: Cli): Promise<void> {
  while ((await statusIfRunning(cli)) !== undefined) await sleep(POLL_MS)
}

function waitAfter({ code }: HubError, tries: number): number {
  if (code === 'config-invalid' || code === 'daemon-already-running') return SHORT_WAIT_MS
  return Math.min(SHORT_WAIT_MS * 2 ** tries, LONGEST_WAIT_MS)
}

/** Runs `serve` until it has begun and ended; each reason to wait is told once on stderr, for the system's journal. */
export async function serveInTurn(cli: Cli, serve: () => Promise<void>): Promise<void> {
  let told = ''
  for (let tries = 0; ; tries++) {
    await untilFree(cli)
    try {
      return await serve()
    } catch (thrown) {
      const error = asHubError(thrown)
      const words = sentence(error)
      if (words !== told) cli.out.note(`waiting: ${words}`)
      told = words
      await sleep(waitAfter(error, tries))
    }
  }
}
