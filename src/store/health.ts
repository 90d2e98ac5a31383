// Whether the database can be read: for a command, on a connection of its own that changes nothing.
import { statSync } from 'node:fs'
import type Database from 'better-sqlite3'
import { z } from 'zod'
import { asHubError, type HubError } from '../base/errors.js'
import { isDamage, storeFailure } from './failure.js'
import { openForReading } from './open.js'

/** SQLite reads the whole file to be sure; beyond this size a person would wait too long. */
const WHOLLY_UP_TO = 512 * 1024 * 1024

export type DatabaseHealth = {
  readonly bytes: number
  /** False: too large, only its head was read. */
  readonly wholly: boolean
  /** What SQLite says is broken; empty when nothing is. */
  readonly broken: readonly string[]
  /** False: so broken that no hub starts with it. */
  readonly opens: boolean
}

const verdicts = z.array(z.object({ quick_check: z.string() }))

/** Throws HubError as openForReading does: `not-found`, or why it cannot be opened although it is not damaged. */
export function databaseHealth(file: string): DatabaseHealth {
  let opens = false
  try {
    const database = openForReading(file)
    opens = true
    try {
      return { ...read(file, database), opens }
    } finally {
      database.close()
    }
  } catch (thrown) {
    if (!isDamage(thrown)) throw thrown
    const { message } = storeFailure(thrown, file)
    return { bytes: statSync(file).size, wholly: true, broken: [message], opens }
  }
}

function read(file: string, database: Database.Database): Omit<DatabaseHealth, 'opens'> {
  const bytes = statSync(file).size
  if (bytes > WHOLLY_UP_TO) return { bytes, wholly: false, broken: [] }
  const rows = verdicts.parse(database.pragma('quick_check(3)'))
  const broken = rows.map((row) => row.quick_check).filter((verdict) => verdict !== 'ok')
  return { bytes, wholly: true, broken }
}

/** Why no hub starts with this file; undefined when nothing is known against it. Reads only its head. */
export function databaseTrouble(file: string): HubError | undefined {
  try {
    openForReading(file, true).close()
    return undefined
  } catch (thrown) {
    const error = asHubError(thrown)
    return error.code === 'not-found' ? undefined : error
  }
}
