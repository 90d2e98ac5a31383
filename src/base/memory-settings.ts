// How the allocator of the C library is to treat large pieces of memory. Left to itself, glibc keeps pieces of the size of bodies for
// the next one, between others that live on, and the system gets little of it back before the hub rests (decision 0022, docs/performance.md).
// It is read once, when a process begins, so whoever starts the daemon gives it.

const MB = 1024 * 1024

/**
 * From so many bytes on a piece comes from the system, and goes back to it when it is free. So much may lie free at the end of a thread's
 * memory: with less, the pieces in which a body of a megabyte comes in are taken from the system and given back with each collection.
 */
const SETTINGS = { MALLOC_MMAP_THRESHOLD_: MB / 2, MALLOC_TRIM_THRESHOLD_: 8 * MB }

/** Variables for the daemon's process, without those that the user has set himself. Others than glibc do not read them. */
export function memorySettings(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const own = Object.entries(SETTINGS).filter(([name]) => env[name] === undefined)
  return Object.fromEntries(own.map(([name, bytes]) => [name, String(bytes)]))
}
