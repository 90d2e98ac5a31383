// The file of the log: bounded whatever comes, made anew when it was removed. Law: a write error (a full disk) never reaches
// the streams; lines are dropped until the file can be written again.

import { existsSync, mkdirSync, openSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import pino from 'pino'

export type LogFileSettings = {
  readonly file: string
  /** A file is set aside when it is larger than this, bytes. */
  readonly maxBytes: number
  /** How many set-aside files are kept. */
  readonly keep: number
}

export type LogFile = {
  /** One line or several, each with its end. */
  write(lines: string): void
  /** Resolves when what was written is in the file, or after half a second. */
  close(): Promise<void>
}

type Destination = ReturnType<typeof pino.destination>

const CHECK_EVERY_MS = 10_000
const CLOSE_MS = 500

/** Lines of the same moment go to the file in one write. */
const GATHERED_BYTES = 64 * 1024
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

/** Resolves when all is written and the file is closed. */
function leave(destination: Destination): Promise<void> {
  return new Promise((resolve) => {
    destination.once('close', () => resolve())
    destination.end()
    setTimeout(resolve, CLOSE_MS).unref()
  })
}

export function openLogFile({ file, maxBytes, keep }: LogFileSettings): LogFile {
  let current: Destination | undefined
  /** Bytes of the file, those on their way to it included. */
  let size = 0
  let gathered = ''
  let timer: NodeJS.Timeout | undefined

  /** The file that is open goes on being written until all that it was given is in it. */
  function renew(): void {
    if (current !== undefined) void leave(current)
    current = undefined
    try {
      if (sizeOf(file) > maxBytes) rotate(file, keep)
      mkdirSync(dirname(file), { recursive: true })
      const destination = pino.destination({ dest: openSync(file, 'a', 0o600), sync: false })
      destination.on('error', () => {
        if (current === destination) current = undefined
      })
      current = destination
      size = sizeOf(file)
    } catch {
      // Tried again with the next look.
    }
  }
  /** A flood of lines is bounded by what is given, however slow the disk is. */
  function flush(): void {
    clearTimeout(timer)
    timer = undefined
    const lines = gathered
    gathered = ''
    if (lines === '' || current === undefined) return
    const bytes = Buffer.byteLength(lines)
    if (size > 0 && size + bytes > maxBytes) setAside()
    size += bytes
    current?.write(lines)
  }
  function setAside(): void {
    if (current !== undefined) void leave(current)
    current = undefined
    try {
      rotate(file, keep)
    } catch {
      // It was removed: a new one is made as well.
    }
    renew()
  }
  const look = setInterval(() => {
    if (current === undefined || !existsSync(file)) renew()
  }, CHECK_EVERY_MS)
  look.unref()
  renew()
  return {
    write(lines) {
      gathered += lines
      if (gathered.length >= GATHERED_BYTES) flush()
      else timer ??= setTimeout(flush, GATHERED_MS).unref()
    },
    async close() {
      clearInterval(look)
      flush()
      if (current !== undefined) await leave(current)
      current = undefined
    },
  }
}
