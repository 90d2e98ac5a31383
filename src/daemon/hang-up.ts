// What ends a request from outside: the agent hung up, or the hub is stopped. As much of an AbortSignal as is needed for it,
// because Node's costs a request more than reading its body.

import type { EndSignal } from '../upstream/end-signal.js'

export type HangUp = {
  readonly signal: EndSignal
  /** Only the first call counts. */
  abort(reason: unknown): void
}

export function hangUp(): HangUp {
  const listeners: (() => void)[] = []
  let state: { readonly reason: unknown } | undefined
  return {
    signal: {
      get aborted() {
        return state !== undefined
      },
      get reason() {
        return state?.reason
      },
      addEventListener: (_type, listener) => void listeners.push(listener),
      removeEventListener(_type, listener) {
        const at = listeners.indexOf(listener)
        if (at >= 0) listeners.splice(at, 1)
      },
    },
    abort(reason) {
      if (state !== undefined) return
      state = { reason }
      for (const listener of listeners.splice(0)) listener()
    },
  }
}
