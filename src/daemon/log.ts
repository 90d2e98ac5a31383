// The daemon's log: JSON lines of events, rotated by size. Names, numbers and sentences only; never a body, a header
// value or a secret. In the foreground the same events go to stderr as well.

import { existsSync, renameSync, rmSync, statSync } from 'node:fs'
import pino from 'pino'

export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>

export type Log = {
  info(event: string, fields?: LogFields): void
  warn(event: string, fields?: LogFields): void
  error(event: string, fields?: LogFields): void
  close(): Promise<void>
}

export type LogSettings = {
  readonly file: string
  /** A file is set aside when it is larger than this, bytes. */
  readonly maxBytes: number
  /** How many set-aside files are kept. */
  readonly keep: number
  /** A line for a person, when the daemon runs in the foreground. */
  readonly echo?: (line: string) => void
}

const CHECK_EVERY_MS = 10_000

/** Lines of the same moment go to the file in one write. */
const GATHERED_BYTES = 8 * 1024
const GATHERED_MS = 50

function sizeOf(file: string): number {
  try {
    return statSync(file).size
  } catch {
    return 0
  }
}

function rotate(file: string, keep: number): void {
  rmSync(`${file}.${keep}`, { force: true })
  for (let number = keep - 1; number >= 1; number -= 1) {
    if (sizeOf(`${file}.${number}`) > 0) renameSync(`${file}.${number}`, `${file}.${number + 1}`)
  }
  renameSync(file, `${file}.1`)
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

/** A write error (a full disk) never reaches the streams: lines are dropped until the file can be written again. */
export function openLog(settings: LogSettings): Log {
  const { file, maxBytes, keep, echo } = settings
  if (sizeOf(file) > maxBytes) rotate(file, keep)
  const destination = pino.destination({
    dest: file,
    sync: false,
    mkdir: true,
    mode: 0o600,
    minLength: GATHERED_BYTES,
  })
  let broken = false
  let closing = false
  let size = sizeOf(file)
  destination.on('error', () => {
    broken = true
  })
  // A flood of lines is bounded too, not only what a look every ten seconds finds.
  destination.on('write', (bytes: number) => {
    size += bytes
    if (size > maxBytes) look()
  })
  const logger = pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination)
  function look(): void {
    // The last lines go to the file that is there: none would be made after it.
    if (closing) return
    try {
      const now = sizeOf(file)
      // A file that was removed under the daemon is made anew, as one that could not be written is tried again.
      if (broken || now > maxBytes || !existsSync(file)) {
        if (now > maxBytes) rotate(file, keep)
        broken = false
        destination.reopen()
      }
      size = sizeOf(file)
    } catch {
      broken = true
      size = 0
    }
  }
  const timer = setInterval(look, CHECK_EVERY_MS)
  timer.unref()
  let flushing: NodeJS.Timeout | undefined
  const flushSoon = () => {
    flushing ??= setTimeout(() => {
      flushing = undefined
      destination.flush()
    }, GATHERED_MS).unref()
  }
  const write =
    (level: 'info' | 'warn' | 'error') =>
    (event: string, fields: LogFields = {}) => {
      logger[level]({ event, ...fields })
      flushSoon()
      echo?.(readable(level, event, fields))
    }
  return {
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    close: () =>
      new Promise((resolve) => {
        closing = true
        clearInterval(timer)
        clearTimeout(flushing)
        destination.once('close', () => resolve())
        destination.end()
        setTimeout(resolve, 500).unref()
      }),
  }
}
