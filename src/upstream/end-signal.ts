// What ends an upstream request early: an AbortSignal, or something smaller that does as one.

export type EndSignal = {
  readonly aborted: boolean
  /** Why; undefined until then. */
  readonly reason: unknown
  addEventListener(type: 'abort', listener: () => void): void
  removeEventListener(type: 'abort', listener: () => void): void
}
