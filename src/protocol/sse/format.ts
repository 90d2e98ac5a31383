// Writes one server-sent event. Law: parse(format(event)) is the event; the text ends with its blank line.

import type { SseEvent } from './event.js'

/** The wire text of an event, one data line for each line of its data. */
export function formatSse(event: SseEvent): string {
  const name = event.event === undefined ? '' : `event: ${event.event}\n`
  if (!event.data.includes('\n') && !event.data.includes('\r')) return `${name}data: ${event.data}\n\n`
  const lines = event.data.split(/\r\n|\n|\r/).map((line) => `data: ${line}\n`)
  return `${name}${lines.join('')}\n`
}
