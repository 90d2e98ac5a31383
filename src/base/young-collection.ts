// Collects the young objects of a thread when bodies of megabytes have passed. Bodies are memory outside of V8's heap, which is
// given back when the small objects that stand for it are collected. Of these there are few, so V8 would wait until 64 MB have
// come together, and then mark the whole heap: some 5 ms for this thread and three times that for its helpers, each time.

import { collectYoung } from './v8-collection.js'

/** Bytes between two collections, each of some tenths of a millisecond. Twice of it was measured as too rare. */
const BETWEEN = 16 * 1024 * 1024
/** Requests with less bring so many small objects with them that V8 collects in time by itself. */
const LARGE = 256 * 1024

export type YoungCollection = {
  /** A piece of work held so many bytes outside of the heap and is done with them. The collection comes in a later turn of the loop. */
  passed(bytes: number): void
}

export function youngCollection(collect: () => void = collectYoung, between = BETWEEN): YoungCollection {
  let sum = 0
  return {
    passed(bytes) {
      if (bytes < LARGE) return
      sum += bytes
      if (sum < between) return
      sum = 0
      setImmediate(collect)
    },
  }
}
