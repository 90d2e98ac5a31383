// Passive: what answers to the agents' own requests tell of the account, into the book. Costs no request of its own.

import type { JsonValue } from '../base/json.js'
import type { AccountPlace, Book } from './book.js'
import type { Reading } from './meter.js'
import { readClaudeHeaders } from './read-claude.js'
import { readCodexEvent, readCodexHeaders } from './read-codex.js'
import { readRefusal } from './read-refusal.js'
import { readThrottles } from './read-throttles.js'

export type Listener = {
  /** The head of an answer: its status, and its headers in lower case. */
  headers(place: AccountPlace, status: number, headers: Readonly<Record<string, string>>): void
  /** The body of a refusal. */
  refusal(place: AccountPlace, status: number, body: JsonValue | undefined): void
  /** The data of an event beside the answer. */
  event(place: AccountPlace, data: unknown): void
}

/** Most answers tell nothing; the names that the readers below look for are known by these. */
function tellsQuota(name: string): boolean {
  return name.includes('ratelimit') || name.startsWith('x-codex-') || name.endsWith('-used-percent')
}

export function quotaListener(book: Book, now: () => number): Listener {
  const tell = (place: AccountPlace, origin: 'header' | 'event' | 'error', reading: Reading | undefined) => {
    if (reading !== undefined) book.observe({ ...place, reading, origin, observedAt: now() })
  }
  return {
    headers(place, status, headers) {
      if (status < 300) book.answered(place, now())
      if (!Object.keys(headers).some(tellsQuota)) return
      tell(place, 'header', readCodexHeaders(headers, now()))
      tell(place, 'header', readClaudeHeaders(headers))
      book.throttled(place, readThrottles(headers, now()))
    },
    refusal: (place, status, body) => tell(place, 'error', readRefusal(status, body, now())),
    event: (place, data) => tell(place, 'event', readCodexEvent(data, now())),
  }
}
