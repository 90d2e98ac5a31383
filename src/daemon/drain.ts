// The running exchanges, so that a stop can wait for them and then tell the rest why their answer ends.

import { HubError } from '../base/errors.js'
import { Roster } from '../base/roster.js'
import type { HangUp } from './hang-up.js'

export type Drain = {
  /** Registers a running exchange; returns the end of it. */
  enter(controller: Pick<HangUp, 'abort'>): () => void
  /** Resolves when nothing runs any more; what still runs after `graceMs` is aborted with a reason it can pass on. */
  finish(graceMs: number): Promise<void>
}

export function createDrain(): Drain {
  const running = new Roster<Pick<HangUp, 'abort'>>()
  let idle: (() => void) | undefined
  return {
    enter(controller) {
      const seat = running.enter(controller)
      return () => {
        running.leave(seat)
        if (running.size === 0) idle?.()
      }
    },
    async finish(graceMs) {
      if (running.size === 0) return
      const empty = new Promise<void>((resolve) => {
        idle = resolve
      })
      const timer = setTimeout(() => {
        const reason = new HubError('overloaded', 'The hub was stopped while this answer was running.', {
          hint: 'Start it again with "axonhub serve" and repeat the request.',
        })
        for (const controller of running) controller.abort(reason)
      }, graceMs)
      // An exchange that does not even react to its abort must not hold the stop for ever.
      const last = setTimeout(() => idle?.(), graceMs + 2000)
      await empty
      clearTimeout(timer)
      clearTimeout(last)
    },
  }
}
