// A line of the hub's log, as `GET /log` tells it (newline-delimited, the lines of the file) and a person reads it.

import { isObject, type JsonValue, number, parseJson, text } from '../base/json.js'

export type LogLevel = 'info' | 'warn' | 'error'

export type LogEntry = {
  /** Ms since the epoch; undefined: the line has no readable time. */
  readonly time: number | undefined
  readonly level: LogLevel
  readonly event: string
  /** The event's own fields, in their order; words that hold blanks in quotes. */
  readonly fields: readonly (readonly [name: string, value: string])[]
}

/** How many of the last lines may be asked for. */
export const MOST_LOG_LINES = 10_000

const OWN = ['level', 'time', 'event', 'msg']

function levelOf(value: number | undefined): LogLevel {
  if (value === undefined || value < 40) return 'info'
  return value < 50 ? 'warn' : 'error'
}

function shown(value: JsonValue): string {
  if (typeof value !== 'string') return JSON.stringify(value)
  return /[\s"=]/.test(value) ? JSON.stringify(value) : value
}

/** `{"level":30,"time":"2026-11-20T10:00:00.000Z","event":"hub.started",…}`; undefined for what is no such line. */
export function readLogLine(line: string): LogEntry | undefined {
  const entry = parseJson(line)
  if (!isObject(entry)) return undefined
  const time = Date.parse(text(entry, 'time') ?? '')
  return {
    time: Number.isNaN(time) ? undefined : time,
    level: levelOf(number(entry, 'level')),
    event: text(entry, 'event') ?? text(entry, 'msg') ?? '',
    fields: Object.entries(entry)
      .filter(([name]) => !OWN.includes(name))
      .map(([name, value]) => [name, shown(value)] as const),
  }
}

/** `lines`: how many of the last ones come first; `follow`: then those that are new, until the asker hangs up. */
export function logPath({ lines, follow }: { readonly lines: number; readonly follow: boolean }): string {
  return `/log?lines=${Math.min(lines, MOST_LOG_LINES)}${follow ? '&follow=1' : ''}`
}
