// Follows the hub's log while the log screen is shown, and tells its lines in bunches.

import type { ControlClient } from '../control/client.js'
import type { LogEntry } from '../control/log.js'
import type { Message } from './message.js'
import { FRAME_MS, type Timers } from './store.js'

export type LogFollower = {
  /** From the last `lines` on; whoever was followed before is let go. */
  follow(lines: number): void
  unfollow(): void
}

export type LogFollowerDeps = {
  readonly control: Pick<ControlClient, 'log'>
  readonly timers: Timers
  readonly tell: (message: Message) => void
}

export function logFollower({ control, timers, tell }: LogFollowerDeps): LogFollower {
  let current: AbortController | undefined

  async function run(lines: number, own: AbortController): Promise<void> {
    let bunch: LogEntry[] = []
    let due: (() => void) | undefined
    const flush = () => {
      due = undefined
      const entries = bunch
      bunch = []
      if (entries.length > 0 && !own.signal.aborted) tell({ type: 'logged', entries })
    }
    try {
      for await (const entry of control.log({ lines, follow: true }, own.signal)) {
        bunch.push(entry)
        due ??= timers.after(FRAME_MS, flush)
      }
    } finally {
      due?.()
      flush()
      if (!own.signal.aborted) tell({ type: 'log-ended' })
    }
  }

  const unfollow = () => {
    current?.abort()
    current = undefined
  }
  return {
    follow(lines) {
      unfollow()
      const own = new AbortController()
      current = own
      // That the hub is gone is told by its events already.
      run(lines, own).catch(() => undefined)
    },
    unfollow,
  }
}
