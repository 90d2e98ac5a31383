// Puts an answer on the wire, with the fault that was asked for. The only file here that waits.

import type { ServerResponse } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import type { SseEvent } from '../../../src/protocol/sse/event.js'
import { formatSse } from '../../../src/protocol/sse/format.js'
import type { Fault } from './fault.js'

type Headers = Readonly<Record<string, string>>

/** Streams the events one by one; returns when the response is over, also when the client is gone. */
export async function sendStream(
  response: ServerResponse,
  events: readonly SseEvent[],
  headers: Headers,
  fault: Fault | undefined,
): Promise<void> {
  if (fault?.type === 'answer')
    return sendPlain(response, fault.status, fault.body, { ...headers, ...fault.headers })
  if (fault?.type === 'reset' && fault.afterEvents === 'before-headers') {
    response.destroy()
    return
  }
  if (fault?.type === 'silence' && fault.afterEvents === 'before-headers') await pause(fault.milliseconds)
  response.writeHead(200, { ...headers, 'content-type': 'text/event-stream; charset=utf-8' })
  response.flushHeaders()
  for (const [index, event] of events.entries()) {
    if (response.destroyed) return
    if (fault?.type === 'truncate' && fault.afterEvents === index) break
    if (fault?.type === 'reset' && fault.afterEvents === index) {
      await pause(5)
      response.destroy()
      return
    }
    if (fault?.type === 'silence' && fault.afterEvents === index) await pause(fault.milliseconds)
    if (fault?.type === 'slow') await pause(fault.milliseconds)
    response.write(formatSse(event))
  }
  response.end()
}

/** Sends one body; an object as JSON unless the headers say something else. */
export function sendPlain(
  response: ServerResponse,
  status: number,
  body: string | object,
  headers: Headers = {},
): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  response.writeHead(status, { 'content-type': 'application/json', ...headers })
  response.end(text)
}
