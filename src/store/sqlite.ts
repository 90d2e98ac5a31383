// The library that speaks to SQLite, in the release that is fit for this Node (decision 0020). Law: nobody else loads either of
// the two; types are those of better-sqlite3, which both keep.
import { createRequire } from 'node:module'
import type Database from 'better-sqlite3'
import { HubError } from '../base/errors.js'

export type Sqlite = typeof Database

/** Node-API 10, since Node 22.14. With an older one the newer release does not throw: it ends the process. */
const NEEDED_NODE_API = 10
/** From here on a process in which the older release was compiled dies of the statements that it forgets. */
const DEADLY_NODE = [24, 19] as const

let loaded: Sqlite | undefined

/** The class that opens databases; loaded when it is first asked for. Throws as `fitRelease` does. */
export function sqlite(): Sqlite {
  loaded ??= fitRelease(process.versions, newer, older)
  return loaded
}

/**
 * What of the two fits this Node. `newer` gives undefined where it has no compiled part for this system. Throws `internal` with
 * what to do when neither fits, and what Node throws when the older one cannot be loaded.
 */
export function fitRelease<T>(
  { node, napi }: { readonly node: string; readonly napi?: string | undefined },
  newer: () => T | undefined,
  older: () => T,
): T {
  const found = Number(napi) >= NEEDED_NODE_API ? newer() : undefined
  if (found !== undefined) return found
  const [major = 0, minor = 0] = node.split('.').map(Number)
  if (major < DEADLY_NODE[0] || (major === DEADLY_NODE[0] && minor < DEADLY_NODE[1])) return older()
  throw new HubError(
    'internal',
    `For Node ${node} on this system there is no compiled SQLite that is safe.`,
    {
      hint: 'Start axonhub with Node 22, or with 24.18 or older; or run "npx node-gyp rebuild --release --force_build=1" in the folder node_modules/better-sqlite3-13 of its installation.',
    },
  )
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
