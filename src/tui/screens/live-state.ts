// What the live screen keeps: requests since the UI opened, conversations that the hub knows, the cursor and the folds.
// Pure. Law: it is bounded, however long it runs.

import type { ListedTrace } from '../../control/trace-reader.js'
import type { HubEvent } from '../message.js'

type Started = Extract<HubEvent, { type: 'request-started' }>
type Finished = Extract<HubEvent, { type: 'request-finished' }>
type Attempt = Extract<HubEvent, { type: 'attempt-finished' }>
type Progress = Extract<HubEvent, { type: 'progress' }>

export type LiveUsage = NonNullable<Finished['usage']>

export type LiveRequest = {
  readonly id: string
  readonly trace: string
  readonly agent: string
  readonly purpose: string
  readonly subagent: string | null
  readonly modelAsked: string
  readonly protocol: string
  /** Ms since the epoch. */
  readonly startedAt: number
  readonly channel: string | null
  readonly modelUsed: string | null
  readonly mode: string | null
  /** Ms after the start; null: no token yet. */
  readonly firstTokenMs: number | null
  /** Tokens of the answer so far, as far as its length tells; null before anything is known. */
  readonly outputSoFar: number | null
  /** `unknown`: it was over when the hub answered again. */
  readonly outcome: 'running' | 'completed' | 'failed' | 'canceled' | 'unknown'
  /** Null while it runs; while the hub does not answer, until when it was heard of. */
  readonly durationMs: number | null
  readonly usage: LiveUsage | null
  /** US dollars. */
  readonly cost: number | null
  readonly status: number | null
  readonly error: string | null
  /** Tries that failed so far. */
  readonly failedTries: number
  readonly notes: number
}

export type LiveState = {
  /** By id, in the order in which they began. */
  readonly requests: ReadonlyMap<string, LiveRequest>
  readonly traces: readonly ListedTrace[]
  /** The key of the row under the cursor; null: the first row, whichever that is. */
  readonly cursor: string | null
  /** Conversations that the user has opened or closed against the default. */
  readonly opened: ReadonlySet<string>
  readonly closed: ReadonlySet<string>
  /** When conversations were asked last, ms since the epoch. */
  readonly askedAt: number
}

export const MOST_REQUESTS = 400
const MOST_FOLDS = 500

export function noLive(): LiveState {
  return { requests: new Map(), traces: [], cursor: null, opened: new Set(), closed: new Set(), askedAt: 0 }
}

function begun(event: Started): LiveRequest {
  return {
    id: event.requestId,
    trace: event.traceId,
    agent: event.agent,
    purpose: event.purpose,
    subagent: event.subagent ?? null,
    modelAsked: event.modelAsked,
    protocol: event.protocol,
    startedAt: event.startedAt,
    channel: null,
    modelUsed: null,
    mode: null,
    firstTokenMs: null,
    outputSoFar: null,
    outcome: 'running',
    durationMs: null,
    usage: null,
    cost: null,
    status: null,
    error: null,
    failedTries: 0,
    notes: 0,
  }
}

function ended(request: LiveRequest, event: Finished): LiveRequest {
  return {
    ...request,
    channel: event.channel ?? request.channel,
    modelUsed: event.modelUsed ?? request.modelUsed,
    mode: event.mode ?? request.mode,
    firstTokenMs: event.firstTokenMs ?? request.firstTokenMs,
    outputSoFar: null,
    outcome: event.outcome,
    durationMs: event.durationMs,
    usage: event.usage ?? null,
    cost: event.cost ?? null,
    status: event.status,
    error: event.errorText ?? null,
    notes: event.notes.length,
  }
}

function tried(request: LiveRequest, event: Attempt): LiveRequest {
  if (event.outcome !== 'failed') return request
  return { ...request, failedTries: request.failedTries + 1, error: event.errorText ?? request.error }
}

function moved(request: LiveRequest, step: Progress['requests'][number]): LiveRequest {
  return {
    ...request,
    channel: step.channel ?? request.channel,
    modelUsed: step.modelUsed ?? request.modelUsed,
    mode: step.mode ?? request.mode,
    firstTokenMs: step.firstTokenMs ?? request.firstTokenMs,
    outputSoFar: step.output ?? request.outputSoFar,
  }
}

/** The oldest that are over go first; what runs stays. */
function bounded(requests: Map<string, LiveRequest>): void {
  if (requests.size <= MOST_REQUESTS) return
  for (const [id, { outcome }] of requests) {
    if (requests.size <= MOST_REQUESTS) return
    if (outcome !== 'running') requests.delete(id)
  }
}

/** What the events made of the requests. A snapshot is the truth about what runs: others that ran are over. */
export function afterEvents(
  before: ReadonlyMap<string, LiveRequest>,
  events: readonly HubEvent[],
): ReadonlyMap<string, LiveRequest> {
  const requests = new Map(before)
  const change = (id: string, to: (request: LiveRequest) => LiveRequest) => {
    const known = requests.get(id)
    if (known !== undefined) requests.set(id, to(known))
  }
  for (const event of events) {
    switch (event.type) {
      case 'snapshot': {
        const running = new Set(event.running.map(({ requestId }) => requestId))
        for (const [id, request] of requests)
          if (request.outcome === 'running' && !running.has(id))
            requests.set(id, { ...request, outcome: 'unknown', error: 'The hub was away when it ended.' })
        for (const started of event.running) {
          const known = requests.get(started.requestId)
          requests.set(
            started.requestId,
            known === undefined ? begun(started) : { ...known, outcome: 'running', durationMs: null },
          )
        }
        break
      }
      case 'request-started':
        requests.set(event.requestId, begun(event))
        break
      case 'attempt-finished':
        change(event.requestId, (request) => tried(request, event))
        break
      case 'progress':
        for (const step of event.requests) change(step.requestId, (request) => moved(request, step))
        break
      case 'request-finished':
        change(event.requestId, (request) => ended(request, event))
        break
      default:
        break
    }
  }
  bounded(requests)
  return requests
}

/** Nobody tells how far they are: those that ran stand still at `now`, ms since the epoch. */
export function unheard(
  before: ReadonlyMap<string, LiveRequest>,
  now: number,
): ReadonlyMap<string, LiveRequest> {
  const isMoving = ({ outcome, durationMs }: LiveRequest) => outcome === 'running' && durationMs === null
  if (![...before.values()].some(isMoving)) return before
  const still = (request: LiveRequest): LiveRequest =>
    isMoving(request) ? { ...request, durationMs: now - request.startedAt } : request
  return new Map([...before].map(([id, request]) => [id, still(request)]))
}

/** The folds after the user turned one over; the oldest are forgotten. */
export function turnedFold(state: LiveState, trace: string, isOpen: boolean): LiveState {
  const opened = new Set([...state.opened].filter((id) => id !== trace).slice(-MOST_FOLDS))
  const closed = new Set([...state.closed].filter((id) => id !== trace).slice(-MOST_FOLDS))
  if (isOpen) closed.add(trace)
  else opened.add(trace)
  return { ...state, opened, closed }
}
