// The last words of a daemon that ends by a fault of its own: one line in the log, written at once, since nothing
// that waits would be written any more.

import { appendFileSync } from 'node:fs'

/** Returns the end of listening. */
export function logCrashes(file: string, now: () => number): () => void {
  const listen = (error: Error, origin: string) => {
    const { message, stack } = error
    const line = {
      level: 60,
      time: new Date(now()).toISOString(),
      event: 'hub.crashed',
      origin,
      message,
      stack,
    }
    try {
      appendFileSync(file, `${JSON.stringify(line)}\n`, { mode: 0o600 })
    } catch {
      // Node prints the same to stderr; there is nobody left to tell that the file could not be written.
    }
  }
  process.on('uncaughtExceptionMonitor', listen)
  return () => process.off('uncaughtExceptionMonitor', listen)
}
