// What was recorded, as commands read it: over the control socket while the daemon runs, from the file while it is off.

import type { ListTraces, RequestView, TraceSummary, TraceView } from '../store/views.js'

export type TraceReader = {
  /** Most recently used first. */
  listTraces(ask: ListTraces): Promise<readonly TraceSummary[]>
  /** By id or the beginning of one. Throws HubError `not-found` or `usage`. */
  showTrace(id: string): Promise<TraceView>
  showRequest(id: string): Promise<RequestView>
}
