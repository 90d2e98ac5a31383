// V8's own collection of garbage, asked for in words. Law: no other code gets to see the function for it.

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Without a type it is one of all; V8 of Node 20 takes any type that is named for the minor one. */
type Collection = (...types: { type: 'minor' }[]) => void

let gc: Collection | undefined

/** Collects the young objects of this thread, in some tenths of a millisecond. */
export function collectYoung(): void {
  gc ??= functionOfV8()
  gc?.({ type: 'minor' })
}

/**
 * Collects all objects of this thread, once and in some 20 ms. Compiled code that counts on objects that are gone is thrown away, though
 * less than by `collectHere` (rest.ts), which goes on until there is nothing more to find.
 */
export function collectOnce(): void {
  gc ??= functionOfV8()
  gc?.()
}

/**
 * V8's own function for it, which only a context that is made with this flag has; no other code gets to see it. undefined when another
 * thread has just taken the flag back, which all share: the next collection asks again.
 */
function functionOfV8(): Collection | undefined {
  setFlagsFromString('--expose-gc')
  const found: unknown = runInNewContext('globalThis.gc')
  setFlagsFromString('--no-expose-gc')
  return typeof found === 'function' ? (...types) => void Reflect.apply(found, undefined, types) : undefined
}
