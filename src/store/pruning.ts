// When and how the worker prunes: one run at a time, in steps between which batches are stored and questions
// answered; by itself some time after the start and then every few minutes, if there is something to do.
import type Database from 'better-sqlite3'
import type { Clock } from '../base/clock.js'
import { watchClock } from './clock-trust.js'
import { isPruneDue, type PruneRule, type PruneSteps, prune, usedBytes } from './retention.js'
import type { Pruned, PruneQuestion, Retention } from './views.js'

const FIRST_LOOK_MS = 30_000
const LATER_LOOKS_MS = 5 * 60_000
/** A database that is over its limit is brought below it by this much, so that it is not pruned with each request. */
const AIM = 0.9
/** For the same reason things may get older by this share of the retention before they go. */
const GRACE = 0.02

/** After each step it rests as long as the step took: agents and the hub want the processor and the disk too. */
const LONGEST_REST_MS = 50

export type Pruning = {
  /** Prunes after what is being pruned now. */
  run(question: PruneQuestion): Promise<Pruned>
  /** What is kept from now on. */
  keep(retention: Retention): void
  /** Ends between two steps; what waits is never answered. */
  stop(): void
}

/** Gives what takes the call back. */
function later(next: () => void, tookMs: number): () => void {
  if (tookMs < 1) {
    const immediate = setImmediate(next)
    return () => clearImmediate(immediate)
  }
  const timer = setTimeout(next, Math.min(LONGEST_REST_MS, tookMs))
  return () => clearTimeout(timer)
}

type Listeners = {
  /** Told of what the pruning by itself throws. */
  readonly failed: (thrown: unknown) => void
  /** Told after rows were removed. */
  readonly removed: () => void
}

/** `firstLookMs` after the rule is known it looks for work. */
export function openPruning(
  database: Database.Database,
  { failed, removed }: Listeners,
  firstLookMs: number = FIRST_LOOK_MS,
  clock: Clock = { now: () => Date.now(), monotonic: () => performance.now() },
): Pruning {
  const isClockRight = watchClock(clock)
  let retention: Retention | undefined
  let timer: NodeJS.Timeout | undefined
  let cancel = (): void => undefined
  let stopped = false
  let last: Promise<unknown> = Promise.resolve()

  const walk = (steps: PruneSteps) =>
    new Promise<Pruned>((resolve, reject) => {
      const next = () => {
        const began = performance.now()
        try {
          const result = steps.next()
          const took = performance.now() - began
          if (result.done === true) resolve(result.value)
          else cancel = later(next, took)
        } catch (thrown) {
          reject(thrown)
        }
      }
      next()
    })
  const queue = (rule: PruneRule) => {
    const mine = last.then(() => walk(prune(database, { ...rule, removed })))
    last = mine.catch(() => undefined)
    return mine
  }
  const look = async () => {
    if (retention === undefined) return
    const { maxBytes, retentionMs } = retention
    const now = clock.now()
    try {
      if (isClockRight() && isPruneDue(database, now - retentionMs * (1 + GRACE)))
        await queue({ before: now - retentionMs, dryRun: false })
      if (usedBytes(database) > maxBytes) await queue({ maxBytes: Math.floor(maxBytes * AIM), dryRun: false })
    } catch (thrown) {
      failed(thrown)
    }
    again(LATER_LOOKS_MS)
  }
  const again = (ms: number) => {
    clearTimeout(timer)
    if (!stopped) timer = setTimeout(() => void look(), ms)
  }

  return {
    run({ olderThanMs, maxBytes, dryRun }) {
      const now = Date.now()
      if (olderThanMs === undefined && maxBytes === undefined && retention !== undefined)
        return queue({ before: now - retention.retentionMs, maxBytes: retention.maxBytes, dryRun })
      return queue({
        ...(olderThanMs === undefined ? {} : { before: now - olderThanMs }),
        ...(maxBytes === undefined ? {} : { maxBytes }),
        dryRun,
      })
    },
    keep(rule) {
      const first = retention === undefined
      retention = rule
      again(first ? firstLookMs : Math.min(firstLookMs, 1_000))
    },
    stop() {
      stopped = true
      clearTimeout(timer)
      cancel()
    },
  }
}
