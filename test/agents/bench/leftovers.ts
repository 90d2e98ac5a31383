// Ends what an agent left running in a home: Codex's terminal starts a server in the background that outlives it.

import { spawnSync } from 'node:child_process'
import type { Home } from './home.js'

/** Ends every process whose command line names a file below the home; by its id, and only those. */
export function endLeftovers(home: Home): void {
  const listed = spawnSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' }).stdout
  for (const line of listed.split('\n')) {
    const match = /^\s*(\d+)\s+(.*)$/.exec(line)
    if (match === null || !match[2]?.includes(home.home)) continue
    const id = Number(match[1])
    if (id === process.pid) continue
    try {
      process.kill(id, 'SIGKILL')
    } catch {
      // It ended by itself in between.
    }
  }
}
