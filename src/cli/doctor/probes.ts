// What `doctor` asks of the daemon's parts; main.ts gives it, each part loaded when it is asked.

import type { HubError } from '../../base/errors.js'

export type DatabaseHealth = {
  readonly bytes: number
  /** False: too large, only its head was read. */
  readonly wholly: boolean
  readonly broken: readonly string[]
  /** False: so broken that no hub starts with it. */
  readonly opens: boolean
}

export type Probes = {
  /** Who listens on the port; undefined when nobody does, or nothing can be learned. */
  portOwner(port: number): Promise<{ readonly pid: number; readonly command?: string } | undefined>
  /** Throws HubError: `not-found` when nothing was recorded yet, or why it cannot be opened. */
  checkDatabase(file: string): Promise<DatabaseHealth>
  /** Why no hub starts with this database; undefined when nothing is known against it. */
  databaseTrouble(file: string): Promise<HubError | undefined>
  /** Of the published prices that the package brings along. */
  prices(): Promise<{ readonly source: string; readonly date: string }>
}
