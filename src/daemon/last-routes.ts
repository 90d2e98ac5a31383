// Where the newest turn of each conversation went, for status lines: an answer from memory, because a line has to be there
// within milliseconds. Side calls and subagents do not count.

import type { RecordMessage } from '../store/record.js'

export type LastRoute = {
  readonly modelAsked: string
  readonly modelUsed: string | undefined
  readonly channel: string | undefined
}

export type LastRoutes = {
  note(message: RecordMessage): void
  of(traceId: string): LastRoute | undefined
}

const MOST_TRACES = 500

export function createLastRoutes(): LastRoutes {
  const routes = new Map<string, LastRoute>()
  const running = new Map<string, { readonly traceId: string; readonly modelAsked: string }>()
  const put = (traceId: string, route: LastRoute) => {
    routes.delete(traceId)
    routes.set(traceId, route)
    if (routes.size <= MOST_TRACES) return
    const [oldest] = routes.keys()
    if (oldest !== undefined) routes.delete(oldest)
  }
  return {
    note(message) {
      if (message.type === 'request-started') {
        const { requestId, traceId, modelAsked, purpose, subagent } = message
        if (purpose === 'turn' && subagent === undefined) running.set(requestId, { traceId, modelAsked })
      } else if (message.type === 'request-finished') {
        const request = running.get(message.requestId)
        running.delete(message.requestId)
        if (request === undefined || message.channel === undefined) return
        const { channel, modelUsed } = message
        put(request.traceId, { modelAsked: request.modelAsked, modelUsed, channel })
      }
    },
    of: (traceId) => routes.get(traceId),
  }
}
