// The store as a command sees it while the daemon is off: questions only, nothing is changed, no thread.
import { storeFailure } from './failure.js'
import { openForReading } from './open.js'
import { answerRead, type ReadQueries } from './queries.js'

export type ReadOnlyStore = {
  /** Answers at once. Throws HubError as the recorder's `query` does. */
  query<K extends keyof ReadQueries>(name: K, ask: ReadQueries[K]['ask']): ReadQueries[K]['answer']
  close(): void
}

/** Opens the database for questions. Throws HubError: `not-found` when there is none, else as openStore does. */
export function openReadOnly(file: string): ReadOnlyStore {
  const database = openForReading(file)
  return {
    query(name, ask) {
      try {
        return answerRead(database, name, ask)
      } catch (thrown) {
        throw storeFailure(thrown, file)
      }
    },
    close: () => void database.close(),
  }
}
