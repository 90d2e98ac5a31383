// The library that speaks to SQLite, in the release that is fit for this Node (decision 0020). Law: nobody else loads either of
// the two; types are those of better-sqlite3, which both keep.
import { createRequire } from 'node:module'
import type Database from 'better-sqlite3'

export type Sqlite = typeof Database

/** Node-API 10, since Node 22.14. With an older one the newer release does not throw: it ends the process. */
const NEEDED_NODE_API = 10

let loaded: Sqlite | undefined

/** The class that opens databases; loaded when it is first asked for. Throws what Node throws when neither release can be loaded. */
export function sqlite(): Sqlite {
  loaded ??= (Number(process.versions.napi) >= NEEDED_NODE_API ? newer() : undefined) ?? older()
  return loaded
}

/** undefined: it is not installed, or has no compiled part for this system. Only opening a database shows the latter. */
function newer(): Sqlite | undefined {
  try {
    const library: Sqlite = createRequire(import.meta.url)('better-sqlite3-13')
    new library(':memory:').close()
    return library
  } catch {
    return undefined
  }
}

function older(): Sqlite {
  const library: Sqlite = createRequire(import.meta.url)('better-sqlite3')
  return library
}
