// The daemon's log: JSON lines of events, rotated by size. Names, numbers and sentences only; never a body, a header
// value or a secret. In the foreground the same events go to stderr as well.

import pino from 'pino'
import { type LogFileSettings, openLogFile } from './log-file.js'

export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>

export type Log = {
  info(event: string, fields?: LogFields): void
  warn(event: string, fields?: LogFields): void
  error(event: string, fields?: LogFields): void
  close(): Promise<void>
}

export type LogSettings = LogFileSettings & {
  /** A line for a person, when the daemon runs in the foreground. */
  readonly echo?: (line: string) => void
}

function readable(level: string, event: string, fields: LogFields): string {
  const rest = Object.entries(fields)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(
      ([name, value]) =>
        `${name}=${typeof value === 'string' && /[\s"=]/.test(value) ? JSON.stringify(value) : value}`,
    )
  return [level === 'info' ? '' : `${level}:`, event, ...rest].filter((word) => word !== '').join(' ')
}

/** The time of a line, as pino writes it; in a flood many lines are of the same millisecond. */
function stampOfMs(): () => string {
  let at = 0
  let stamp = ''
  return () => {
    const ms = Date.now()
    if (ms === at) return stamp
    at = ms
    stamp = `,"time":"${new Date(ms).toISOString()}"`
    return stamp
  }
}

export function openLog({ echo, ...settings }: LogSettings): Log {
  const file = openLogFile(settings)
  const logger = pino({ base: null, timestamp: stampOfMs() }, file)
  const write =
    (level: 'info' | 'warn' | 'error') =>
    (event: string, fields: LogFields = {}) => {
      logger[level]({ event, ...fields })
      echo?.(readable(level, event, fields))
    }
  return { info: write('info'), warn: write('warn'), error: write('error'), close: () => file.close() }
}
