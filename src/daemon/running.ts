// What runs right now and what has run since the start: the live view of status and events. The same messages that
// go to the recorder, without bodies.

import { Roster, type Seat } from '../base/roster.js'
import type { RecordMessage, RequestStarted } from '../store/record.js'

export type LiveRequest = Omit<RequestStarted, 'body'>

/** A record message without its bytes, as the control socket tells it. */
export type LiveEvent = {
  readonly [key: string]: unknown
  readonly type: RecordMessage['type'] | 'quota-notice' | 'progress'
}

/** `refused`: they showed no key of this hub, and nothing is recorded of them. */
export type Counts = {
  running: number
  completed: number
  failed: number
  canceled: number
  refused: number
}

export type Running = {
  /** Feeds one message; listeners hear of it. */
  note(message: RecordMessage): void
  /** Tells listeners of something that is no request. */
  tell(event: LiveEvent): void
  /** Counts a request without a key. */
  refuse(): void
  counts(): Counts
  /** In the order in which they began. */
  snapshot(): LiveRequest[]
  /** Returns the end of listening. */
  listen(listener: (event: LiveEvent) => void): () => void
}

const BODY_FIELDS = new Set(['body', 'requestBody', 'responseBody', 'responseTimes'])

function withoutBodies(message: RecordMessage): LiveEvent {
  const fields = Object.entries(message).filter(([name]) => !BODY_FIELDS.has(name))
  return { ...Object.fromEntries(fields), type: message.type }
}

export function createRunning(): Running {
  /** As they were told: whoever asks is told them without bodies, which live as long as their requests anyhow. */
  const live = new Roster<RequestStarted>()
  const seats = new Map<string, Seat<RequestStarted>>()
  const listeners = new Set<(event: LiveEvent) => void>()
  const done = { completed: 0, failed: 0, canceled: 0, refused: 0 }
  return {
    note(message) {
      if (message.type === 'request-started') {
        seats.set(message.requestId, live.enter(message))
      } else if (message.type === 'request-finished') {
        const seat = seats.get(message.requestId)
        seats.delete(message.requestId)
        if (seat !== undefined) live.leave(seat)
        done[message.outcome] += 1
      }
      if (listeners.size === 0) return
      const event = withoutBodies(message)
      for (const listener of listeners) listener(event)
    },
    tell(event) {
      for (const listener of listeners) listener(event)
    },
    refuse() {
      done.refused += 1
    },
    counts: () => ({ running: live.size, ...done }),
    snapshot: () =>
      [...live]
        .sort((one, other) => one.startedAt - other.startedAt)
        .map(({ body: _body, ...request }) => request),
    listen(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
