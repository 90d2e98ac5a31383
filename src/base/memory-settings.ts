// How the allocator of the C library is to treat large pieces of memory. Left to itself, glibc keeps pieces of the size of bodies for
// the next one, between others that live on, and the system gets none of it back: after twelve hundred bodies of a megabyte a quiet
// daemon held 290 MB, with this 120 (docs/performance.md). It is read once, when a process begins, so whoever starts the daemon gives it.

/** Bytes from which a piece comes from the system, and goes back to it when it is free. */
const LARGE = 512 * 1024

/** Variables for the daemon's process, without those that the user has set himself. Others than glibc do not read them. */
export function memorySettings(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return env['MALLOC_MMAP_THRESHOLD_'] === undefined ? { MALLOC_MMAP_THRESHOLD_: String(LARGE) } : {}
}
