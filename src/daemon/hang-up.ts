// What ends a request from outside: the agent hung up, or the hub is stopped. As much of an AbortSignal as is needed for it,
// because Node's costs a request more than reading its body.

import type { EndSignal } from '../upstream/end-signal.js'

export type HangUp = {
  readonly signal: EndSignal
  /** Only the first call counts. */
  abort(reason: unknown): void
}

export function hangUp(): HangUp {
  return new Ending()
}

/** A class, as getters of a literal cost a request much (answer.ts). */
class Ending implements HangUp, EndSignal {
  readonly signal: EndSignal = this
  aborted = false
  reason: unknown
  private readonly listeners: (() => void)[] = []

  addEventListener(_type: 'abort', listener: () => void): void {
    this.listeners.push(listener)
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    const at = this.listeners.indexOf(listener)
    if (at >= 0) this.listeners.splice(at, 1)
  }

  abort(reason: unknown): void {
    if (this.aborted) return
    this.aborted = true
    this.reason = reason
    for (const listener of this.listeners.splice(0)) listener()
  }
}
