// Where the control socket is asked about what was recorded. Without schemas: who asks in the short way loads none.

import type { BodyQuestion, ListTraces, UsageQuestion } from '../store/views.js'

export const tracePath = (id: string): string => `/traces/${encodeURIComponent(id)}`
export const requestPath = (id: string): string => `/requests/${encodeURIComponent(id)}`

/** `times`: not the bytes, but when they passed. */
export function bodyPath({ request, which, attempt }: BodyQuestion, part: 'body' | 'times' = 'body'): string {
  const query = new URLSearchParams({ which })
  if (attempt !== undefined) query.set('attempt', String(attempt))
  return `${requestPath(request)}/${part}?${query.toString()}`
}

export function usagePath({ by, since }: UsageQuestion): string {
  const query = new URLSearchParams({ by })
  if (since !== undefined) query.set('since', String(since))
  return `/usage?${query.toString()}`
}

export function listPath(question: ListTraces): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(question))
    if (value !== undefined) query.set(name, String(value))
  return `/traces?${query.toString()}`
}
