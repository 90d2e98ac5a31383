// What was recorded, as commands read it: over the control socket while the daemon runs, from the file while it is off.

import type {
  AttemptView,
  BodyQuestion,
  ChunkTime,
  ListedTrace,
  ListTraces,
  RequestView,
  TraceView,
  UsageGroup,
  UsageQuestion,
  UsageRow,
} from '../store/views.js'

export const USAGE_GROUPS = ['day', 'model', 'channel', 'trace'] as const satisfies readonly UsageGroup[]

export type { ListedTrace }
export type ShownTrace = TraceView
export type ShownRequest = RequestView
export type ShownAttempt = AttemptView
export type ShownUsage = UsageRow

export type TraceReader = {
  /** Most recently used first. */
  listTraces(ask: ListTraces): Promise<readonly ListedTrace[]>
  /** By id or the beginning of one. Throws HubError `not-found` or `usage`. */
  showTrace(id: string): Promise<ShownTrace>
  showRequest(id: string): Promise<ShownRequest>
  /** The exact bytes. Throws HubError `not-found` with the reason when they are not kept. */
  body(question: BodyQuestion): Promise<Uint8Array>
  /** When the bytes of a streamed body passed; none where none were noted. */
  times(question: BodyQuestion): Promise<readonly ChunkTime[]>
  usage(question: UsageQuestion): Promise<readonly UsageRow[]>
}
