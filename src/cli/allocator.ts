// What the C library of Linux is told about the memory of a hub, by the environment it starts with. Bodies of every size come and
// go in several threads; by itself glibc keeps an arena for each thread and raises the size from which it asks the system, so
// that what was given back stays with the process (docs/performance.md). Other systems and libraries do not read it.

/** What the user set himself goes before. */
export const ALLOCATOR: Readonly<Record<string, string>> = {
  MALLOC_ARENA_MAX: '2',
  // Named once, both stay where they are.
  MALLOC_MMAP_THRESHOLD_: '131072',
  MALLOC_TRIM_THRESHOLD_: '131072',
}
