// What the store's thread still has to write. Batches are stored in the order in which they came, and those that wait together share a
// commit; after a failure that may pass all wait and are tried again, so that nothing that reached the thread is lost while it lives.
import { isPassing, storeFailure } from './failure.js'
import { type FromWorker, packError, type ToWorker } from './thread.js'
import { type Entry, together, type Written } from './writer.js'

const FIRST_DELAY_MS = 250
const LONGEST_DELAY_MS = 10_000
/** To so many messages no more are added: until all that are taken together are stored, none is told of. */
const MOST_TOGETHER = 1_024

type Batch = Extract<ToWorker, { type: 'batch' }>

/** What is written together; `at`: so many of its entries are done, with what became of them. */
type Work = {
  /** Of the last of its batches. */
  readonly id: number
  readonly entries: readonly Entry[]
  /** When the oldest of them happened. */
  readonly since: number
  /** The large buffers in which their bodies stand. */
  readonly lent: readonly ArrayBuffer[]
  done: Omit<Written, 'taken'>
  at: number
}

export type StoringParts = {
  /** Writes as many as one commit should have. Throws what stands in the way. */
  readonly write: (entries: readonly Entry[], since: number) => Written
  /** Comes back when others do not need the core, or when what happened then has waited long enough. */
  readonly waitForRoom: (since: number) => void
  /** Batches with these buffers are settled; gives those that go back, earlier ones among them. */
  readonly settled: (lent: readonly ArrayBuffer[]) => ArrayBuffer[]
  /** The database, for errors. */
  readonly file: string
  readonly say: (message: FromWorker, buffers: ArrayBuffer[]) => void
}

export type Storing = {
  take(batch: Batch): void
  /** Writes what came until now, unless the disk refuses for the moment. */
  flush(): void
  stop(): void
}

export function openStoring({ write, waitForRoom, settled, file, say }: StoringParts): Storing {
  let waiting: Batch[] = []
  let work: Work | undefined
  let timer: NodeJS.Timeout | undefined
  let delay = FIRST_DELAY_MS
  let messages = 0
  let isGathering = false

  /** What waits, up to a batch that is to be alone, or until it is enough. */
  const next = (): Work | undefined => {
    const [first] = waiting
    if (first === undefined) return undefined
    let count = 0
    const from = waiting.findIndex(({ isAlone, entries }, index) => {
      const isBehind = index > 0 && (isAlone || first.isAlone || count >= MOST_TOGETHER)
      count += entries.length
      return isBehind
    })
    const taken = from === -1 ? waiting : waiting.slice(0, from)
    waiting = from === -1 ? [] : waiting.slice(from)
    messages = waiting.reduce((sum, { entries }) => sum + entries.length, 0)
    return {
      id: taken.at(-1)?.id ?? first.id,
      entries: together(taken.flatMap(({ entries }) => entries)),
      since: first.since,
      lent: taken.flatMap(({ lent }) => lent),
      done: { stored: 0, orphans: 0, rejected: [] },
      at: 0,
    }
  }
  const step = (now: Work) => {
    const left = now.at === 0 ? now.entries : now.entries.slice(now.at)
    const { stored, orphans, rejected, taken } = write(left, now.since)
    delay = FIRST_DELAY_MS
    now.done = {
      stored: now.done.stored + stored,
      orphans: now.done.orphans + orphans,
      rejected: [...now.done.rejected, ...rejected],
    }
    now.at += taken
    if (now.at < now.entries.length) return
    work = undefined
    const errors = now.done.rejected.map((thrown) => packError(storeFailure(thrown, file)))
    const spare = settled(now.lent)
    const told = { type: 'stored', id: now.id, ...now.done, rejected: errors } as const
    say(spare.length === 0 ? told : { ...told, spare }, spare)
  }
  const goOn = () => {
    timer = undefined
    for (work ??= next(); work !== undefined; work ??= next()) {
      try {
        step(work)
      } catch (thrown) {
        if (!isPassing(thrown)) throw thrown
        if (delay === FIRST_DELAY_MS)
          say({ type: 'blocked', error: packError(storeFailure(thrown, file)) }, [])
        timer = setTimeout(goOn, delay)
        delay = Math.min(delay * 2, LONGEST_DELAY_MS)
        return
      }
    }
  }
  /** What comes until there is room for the work is taken with it. */
  const gather = (since: number) => {
    isGathering = true
    setImmediate(() => {
      waitForRoom(since)
      setImmediate(() => {
        isGathering = false
        flush()
      })
    })
  }
  const flush = () => {
    if (timer === undefined) goOn()
  }
  return {
    flush,
    take(batch) {
      waiting.push(batch)
      messages += batch.entries.length
      if (batch.isAlone || messages >= MOST_TOGETHER) flush()
      else if (!isGathering) gather(batch.since)
    },
    stop: () => clearTimeout(timer),
  }
}
