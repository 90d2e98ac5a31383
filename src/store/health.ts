// Whether the database can be read: for a command, on a connection of its own that changes nothing.
import { statSync } from 'node:fs'
import { z } from 'zod'
import { openForReading } from './open.js'

/** SQLite reads the whole file to be sure; beyond this size a person would wait too long. */
const WHOLLY_UP_TO = 512 * 1024 * 1024

export type DatabaseHealth = {
  readonly bytes: number
  /** False: too large, only its head was read. */
  readonly wholly: boolean
  /** What SQLite says is broken; empty when nothing is. */
  readonly broken: readonly string[]
}

const verdicts = z.array(z.object({ quick_check: z.string() }))

/** Throws HubError as openReadOnly does: `not-found`, or why it cannot be opened. */
export function databaseHealth(file: string): DatabaseHealth {
  const database = openForReading(file)
  try {
    const bytes = statSync(file).size
    if (bytes > WHOLLY_UP_TO) return { bytes, wholly: false, broken: [] }
    const rows = verdicts.parse(database.pragma('quick_check(3)'))
    const broken = rows.map((row) => row.quick_check).filter((verdict) => verdict !== 'ok')
    return { bytes, wholly: true, broken }
  } finally {
    database.close()
  }
}
