// What was recorded, as commands read it: over the control socket while the daemon runs, from the file while it is off.

import type { AttemptView, ListTraces, RequestView, TraceSummary, TraceView } from '../store/views.js'

export type ListedTrace = TraceSummary
export type ShownTrace = TraceView
export type ShownRequest = RequestView
export type ShownAttempt = AttemptView

export type TraceReader = {
  /** Most recently used first. */
  listTraces(ask: ListTraces): Promise<readonly ListedTrace[]>
  /** By id or the beginning of one. Throws HubError `not-found` or `usage`. */
  showTrace(id: string): Promise<ShownTrace>
  showRequest(id: string): Promise<ShownRequest>
}
