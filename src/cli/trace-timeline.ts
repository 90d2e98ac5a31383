// When each event of a stream passed: the stream's bytes laid over the times that were noted for its chunks. Pure.

import { isObject, parseJson } from '../base/json.js'

/** Ms after the start of the request, when the bytes up to `offset` had passed. */
export type ChunkTime = { readonly offset: number; readonly atMs: number }

export type TimedEvent = {
  readonly type: string
  /** Null when no times were noted. */
  readonly atMs: number | null
  /** Of the event with its empty line. */
  readonly bytes: number
  readonly text: string
}

/** A pause between two events that is worth telling, ms. */
export const LONG_PAUSE_MS = 2_000

/** The events of a stream in order; none when the text is no event stream. */
export function timedEvents(text: string, times: readonly ChunkTime[]): TimedEvent[] {
  const events: TimedEvent[] = []
  let offset = 0
  let mark = 0
  for (const block of text.split(/(?<=\r?\n\r?\n)/)) {
    const size = Buffer.byteLength(block)
    offset += size
    while (mark < times.length - 1 && (times[mark]?.offset ?? 0) < offset) mark++
    if (block.trim() === '') continue
    events.push({ type: typeOf(block), atMs: times[mark]?.atMs ?? null, bytes: size, text: block.trim() })
  }
  return events
}

function typeOf(block: string): string {
  const named = /^event: ?(.+)$/m.exec(block)?.[1]?.trim()
  if (named !== undefined) return named
  if (block.startsWith(':')) return 'comment'
  const data = /^data: ?(.+)$/m.exec(block)?.[1] ?? ''
  const value = parseJson(data)
  const kind = isObject(value) ? (value['type'] ?? value['object']) : undefined
  return typeof kind === 'string' ? kind : data.slice(0, 40)
}

export type TimelineEntry =
  | {
      readonly type: 'run'
      readonly of: string
      readonly count: number
      readonly bytes: number
      readonly fromMs: number | null
      readonly toMs: number | null
      /** The first event, as it came. */
      readonly first: string
    }
  | { readonly type: 'pause'; readonly durationMs: number }

/** Runs of events of one type, and the long pauses between events, also those inside a run. */
export function timeline(events: readonly TimedEvent[]): TimelineEntry[] {
  const entries: TimelineEntry[] = []
  let before: number | null = null
  for (const event of events) {
    const pause = before === null || event.atMs === null ? 0 : event.atMs - before
    if (pause >= LONG_PAUSE_MS) entries.push({ type: 'pause', durationMs: pause })
    const last = entries.at(-1)
    if (last?.type === 'run' && last.of === event.type)
      entries[entries.length - 1] = {
        ...last,
        count: last.count + 1,
        bytes: last.bytes + event.bytes,
        toMs: event.atMs,
      }
    else
      entries.push({
        type: 'run',
        of: event.type,
        count: 1,
        bytes: event.bytes,
        fromMs: event.atMs,
        toMs: event.atMs,
        first: event.text,
      })
    before = event.atMs
  }
  return entries
}
