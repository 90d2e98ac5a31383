// What the hub does when nobody asks: memory goes back to the system, first what a storm of requests left free, then what is collected.

import { collectHere, restAfterWork, type Work } from '../base/rest.js'
import { collectOnce } from '../base/v8-collection.js'

/** One step of quiet, ms. */
const STEP_MS = 2_500
/** Soon after a storm, but not between two requests of an agent at work: what was given back costs time to get again. */
const GIVE_BACK_AFTER = 4
/** To collect all there is forgets compiled code (base/rest.ts), so that waits for longer. */
const COLLECT_AFTER = 12
/** When the store has forgotten the bodies that it remembers for a minute, and has collected them. */
const GIVE_REST_AFTER = 30
/** So long a collection may go on behind its own end, ms. */
const COLLECTED_MS = 500

/** With less held the collection of all is early enough: a single one throws compiled code away, too, for half a second of CPU. */
const WORTH_COLLECTING = 32 * 1024 * 1024

export type Resting = Omit<Work, 'patience'> & {
  /** Bytes of bodies and other memory outside of V8's heap, used and unused. */
  readonly held: () => number
  /** Gives the system what the C library keeps. */
  readonly giveBack: () => void
}

/** The two collections of this thread. */
type Collections = { readonly once: () => void; readonly all: () => void }

const COLLECTIONS: Collections = { once: collectOnce, all: collectHere }

/** Returns the end of it. */
export function restOf({ done, isBusy, held, giveBack }: Resting, collect = COLLECTIONS): () => void {
  const after = (patience: number, act: () => void) => restAfterWork({ done, isBusy, patience }, act, STEP_MS)
  let soon: NodeJS.Timeout | undefined
  const giveBackSoon = () => {
    soon = setTimeout(() => {
      // Whoever asks now is not held up; after the answer the rest begins anew.
      if (!isBusy()) giveBack()
    }, COLLECTED_MS).unref()
  }
  // After the start all come at once: then one of them is enough.
  const afterWork = (patience: number, act: () => void) =>
    after(patience, () => {
      if (done() > 0) act()
    })
  const ends = [
    afterWork(GIVE_BACK_AFTER, () => {
      if (held() >= WORTH_COLLECTING) collect.once()
      giveBackSoon()
    }),
    after(COLLECT_AFTER, () => {
      collect.all()
      giveBackSoon()
    }),
    afterWork(GIVE_REST_AFTER, giveBack),
  ]
  return () => {
    clearTimeout(soon)
    for (const end of ends) end()
  }
}
