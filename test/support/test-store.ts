// A store in a temporary file with a way to write messages straight into it, without a thread.
import { join } from 'node:path'
import type Database from 'better-sqlite3'
import { onTestFinished } from 'vitest'
import { openStore } from '../../src/store/open.js'
import type { RecordMessage } from '../../src/store/record.js'
import { openWriter, type Written } from '../../src/store/writer.js'
import { temporaryFolder } from './records.js'

export type TestStore = {
  readonly file: string
  readonly database: Database.Database
  readonly write: (...messages: RecordMessage[]) => Written
}

export function testStore(): TestStore {
  const file = join(temporaryFolder(), 'axonhub.db')
  const database = openStore(file)
  const writer = openWriter(database)
  onTestFinished(() => void database.close())
  return {
    file,
    database,
    write: (...messages) => writer.write(messages.map((message) => ({ message, bodiesDropped: 0 }))),
  }
}
