// The bodies that were stored last, taken apart: the next one of a conversation repeats most of its predecessor, and a new
// conversation begins as others began. Law: bounded by bytes and by number; to forget costs time and nothing else.
import type { Anatomy } from './anatomy.js'
import { sharedBeginning } from './shared-ends.js'

const MOST_BYTES = 24 * 1024 * 1024
/** A small body takes much more than its bytes, and each request may be a conversation of its own. */
const MOST_BODIES = 500
/** A larger body would push out those of all others. */
const LARGEST = MOST_BYTES / 3
/** What is known of a place in a body takes about so much: a list of numbers is mostly places. */
const PLACE_BYTES = 100
/** A conversation that is new is held against so many others, those of which a body came last. */
const OTHERS = 4
/** Less in common is not worth going on from. */
const LEAST_SHARED = 1_024

export type BodyMemory<Part> = {
  /** The body to hold these bytes against. */
  find(lane: string, bytes: Buffer): Anatomy<Part> | undefined
  /** It is the lane's last one now. */
  keep(lane: string, body: Anatomy<Part>): void
  /** The buffers in which they stand. */
  buffers(): ReadonlySet<ArrayBufferLike>
  forget(): void
}

function bytesOf({ bytes, pieces, parts, stops }: Anatomy<unknown>): number {
  return bytes.length + PLACE_BYTES * (pieces.length + parts.length + stops.length)
}

export function bodyMemory<Part>(): BodyMemory<Part> {
  /** The one that was used last stands last. In boxes, which are emptied: a Map's dead tables hold what stood in them (base/roster.ts). */
  const bodies = new Map<string, { body: Anatomy<Part> | undefined }>()
  let size = 0

  const drop = (lane: string) => {
    const box = bodies.get(lane)
    if (box?.body === undefined) return
    size -= bytesOf(box.body)
    box.body = undefined
    bodies.delete(lane)
  }
  const nearest = (bytes: Buffer) => {
    let found: Anatomy<Part> | undefined
    let most = LEAST_SHARED
    for (const { body } of [...bodies.values()].slice(-OTHERS)) {
      const shared = body === undefined ? 0 : sharedBeginning(bytes, body.bytes)
      if (shared >= most) [found, most] = [body, shared]
    }
    return found
  }
  return {
    find: (lane, bytes) => bodies.get(lane)?.body ?? nearest(bytes),
    keep(lane, body) {
      drop(lane)
      const bytes = bytesOf(body)
      if (bytes > LARGEST) return
      bodies.set(lane, { body })
      size += bytes
      for (const oldest of bodies.keys()) {
        if (size <= MOST_BYTES && bodies.size <= MOST_BODIES) break
        drop(oldest)
      }
    },
    buffers: () =>
      new Set([...bodies.values()].flatMap(({ body }) => (body === undefined ? [] : [body.bytes.buffer]))),
    forget() {
      for (const lane of [...bodies.keys()]) drop(lane)
      size = 0
    },
  }
}
