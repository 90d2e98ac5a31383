// The line to the store's worker: starts it, starts it again when it dies, ever more slowly while it keeps dying.
import { Worker } from 'node:worker_threads'
import { asHubError, HubError } from '../base/errors.js'
import type { PaceCell } from '../store/pace.js'
import { type FromWorker, type ToWorker, unpackError, type WorkerSettings } from '../store/thread.js'

const FIRST_DELAY_MS = 100
const LONGEST_DELAY_MS = 30_000
const ENDING_MS = 5_000
/** What the thread makes lives shortly, and comes in batches: a large nursery (48 MB) would only be memory held. */
const YOUNG_MB = 12

export type LineEvents = {
  /** The worker has opened the database and listens; also after each restart. */
  readonly up: () => void
  readonly said: (message: FromWorker) => void
  /** The worker died by itself. */
  readonly down: (error: HubError) => void
}

export type Line = {
  /** Posts when the worker is there; gives false when it is not. May throw for values that cannot be cloned. */
  post(message: ToWorker, buffers?: readonly ArrayBuffer[]): boolean
  /** Ends the worker after what was posted; resolves when it is gone. */
  end(): Promise<void>
}

type State =
  | { readonly type: 'starting'; readonly worker: Worker }
  | { readonly type: 'up'; readonly worker: Worker }
  | { readonly type: 'waiting'; readonly timer: NodeJS.Timeout }
  | { readonly type: 'ended' }

/** Opens the line. Rejects with the HubError of the store when the database cannot be opened the first time. */
export async function openLine(script: URL, file: string, pace: PaceCell, events: LineEvents): Promise<Line> {
  let state: State = { type: 'ended' }
  let delay = FIRST_DELAY_MS

  const start = (settings: WorkerSettings, opened: () => void, refused: (error: HubError) => void) => {
    const worker = new Worker(script, {
      workerData: settings,
      name: 'axonhub-store',
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
    })
    state = { type: 'starting', worker }
    let cause: HubError | undefined
    worker.on('message', (message: FromWorker) => {
      if (message.type === 'ready') {
        // The line may have been ended while the worker was opening the database.
        if (state.type === 'ended') return
        state = { type: 'up', worker }
        opened()
      } else if (message.type === 'open-failed') cause = unpackError(message.error)
      else {
        if (message.type === 'stored') delay = FIRST_DELAY_MS
        events.said(message)
      }
    })
    worker.on('error', (thrown) => {
      cause = asHubError(thrown)
    })
    worker.on('exit', () => {
      if (state.type === 'ended') return
      refused(cause ?? new HubError('internal', 'The thread of the store ended.'))
    })
  }

  const restartLater = (error: HubError) => {
    const timer = setTimeout(() => {
      start({ file, closeInterrupted: false, pace }, events.up, restartLater)
    }, delay)
    delay = Math.min(delay * 2, LONGEST_DELAY_MS)
    state = { type: 'waiting', timer }
    events.down(error)
  }

  await new Promise<void>((resolve, reject) => {
    const refused = (error: HubError) => {
      if (state.type === 'up') {
        restartLater(error)
        return
      }
      state = { type: 'ended' }
      reject(error)
    }
    start({ file, closeInterrupted: true, pace }, resolve, refused)
  })

  return {
    post(message, buffers = []) {
      if (state.type !== 'up') return false
      state.worker.postMessage(message, [...buffers])
      return true
    },
    async end() {
      const last = state
      state = { type: 'ended' }
      if (last.type === 'waiting') clearTimeout(last.timer)
      else if (last.type !== 'ended') await endWorker(last.worker)
    },
  }
}

/** Asks the worker to close the database; one that does not within some seconds is stopped (WAL keeps the file whole). */
async function endWorker(worker: Worker): Promise<void> {
  const gone = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
  const close: ToWorker = { type: 'close' }
  worker.postMessage(close)
  const timer = setTimeout(() => void worker.terminate(), ENDING_MS)
  await gone
  clearTimeout(timer)
}
