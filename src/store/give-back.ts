// Gives the system what the C library keeps: pages between pieces of memory that live on, which glibc holds for the next storm of
// requests until it is asked for them. Law: a system without that function loses nothing but the memory.
import { sqlite } from './sqlite.js'

/** glibc by the name that each program that uses it has loaded it by, and its function (malloc_trim(3)). */
const LIBRARY = 'libc.so.6'
const FUNCTION = 'malloc_trim'
/** What SQLite says when the function was called and had something to give: it takes 1 for a start that failed. */
const CALLED = 'error during initialization'

/** The second word is missing in the types. */
type Loader = { loadExtension(file: string, entry: string): unknown; close(): unknown }

/**
 * Gives back what all threads have free; takes a millisecond for 5 MB, and who needs memory meanwhile waits. Gives whether this system
 * can. The only way from JavaScript into a C library that needs no compiler is SQLite's loader of extensions: it calls a function by
 * its name. What it hands over, addresses, the function takes for the bytes to be kept at the end of the heap, which are more than there are:
 * the end is left to the library's own bound for it.
 */
export function giveBackMemory(): boolean {
  if (process.platform !== 'linux') return false
  const database: Loader = new (sqlite())(':memory:')
  try {
    database.loadExtension(LIBRARY, FUNCTION)
    return true
  } catch (thrown) {
    return thrown instanceof Error && thrown.message.includes(CALLED)
  } finally {
    database.close()
  }
}
