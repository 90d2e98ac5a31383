// Counting tokens takes tens of milliseconds and its tables half a second to load, so it happens in a thread of its
// own, started by the first question. Law: every question is answered, also when the thread dies.

import { Worker } from 'node:worker_threads'
import { HubError } from '../base/errors.js'
import { isObject, type JsonObject, number, text } from '../base/json.js'
import { packageFile } from '../base/package-file.js'
import type { ProtocolId } from '../protocol/ids.js'

export type TokenCounter = {
  /**
   * The estimate for a request body of the protocol (see `estimateTokens`). Rejects with HubError `invalid-request`
   * for a body that is no request, `internal` when the thread dies, `canceled` when the counter is closed.
   */
  count(body: Uint8Array, protocol: ProtocolId): Promise<number>
  /** Ends the thread; open questions are canceled. */
  close(): Promise<void>
}

/** Its tables take 90 MB: who has not asked for so long, ms, gets them loaded again, which takes half a second. */
const IDLE_MS = 60_000

/** V8 would take 48 MB for what lives a moment, and keep them; with less a count takes no longer. */
const YOUNG_MB = 12

type Waiting = { resolve(tokens: number): void; reject(error: HubError): void }

type State =
  | { readonly name: 'idle' }
  | { readonly name: 'running'; readonly worker: Worker }
  | { readonly name: 'closed' }

/** Threads run built code only, also for the sources under test. */
const WORKER = packageFile('dist/program/tokens-worker.js')

export function tokenCounter(file: URL = WORKER, idleMs = IDLE_MS): TokenCounter {
  const waiting = new Map<number, Waiting>()
  let state: State = { name: 'idle' }
  let lastId = 0
  let idle: NodeJS.Timeout | undefined

  function rejectAll(error: HubError): void {
    const open = [...waiting.values()]
    waiting.clear()
    for (const one of open) one.reject(error)
  }

  function died(worker: Worker, why: string): void {
    if (state.name !== 'running' || state.worker !== worker) return
    state = { name: 'idle' }
    rejectAll(new HubError('internal', `The token counter ended: ${why}`))
  }

  function hear(message: unknown): void {
    if (!isObject(message)) return
    const id = number(message, 'id') ?? 0
    const one = waiting.get(id)
    waiting.delete(id)
    const tokens = number(message, 'tokens')
    if (tokens === undefined) one?.reject(errorOf(message))
    else one?.resolve(tokens)
    if (waiting.size > 0) return
    clearTimeout(idle)
    idle = setTimeout(rest, idleMs)
    idle.unref()
  }

  function rest(): void {
    if (state.name !== 'running' || waiting.size > 0) return
    const { worker } = state
    state = { name: 'idle' }
    void worker.terminate()
  }

  function start(): Worker {
    const worker = new Worker(file, {
      name: 'axonhub-tokens',
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
    })
    // The thread alone must not keep the process alive.
    worker.unref()
    worker.on('message', hear)
    worker.on('error', (error) => died(worker, String(error)))
    worker.on('exit', (code) => died(worker, `exit code ${code}`))
    state = { name: 'running', worker }
    return worker
  }

  return {
    count(body, protocol) {
      if (state.name === 'closed') return Promise.reject(closed())
      const worker = state.name === 'running' ? state.worker : start()
      const id = ++lastId
      return new Promise<number>((resolve, reject) => {
        waiting.set(id, { resolve, reject })
        worker.postMessage({ id, body, protocol })
      })
    },
    async close() {
      const ending = state
      clearTimeout(idle)
      state = { name: 'closed' }
      rejectAll(closed())
      if (ending.name === 'running') await ending.worker.terminate()
    },
  }
}

function closed(): HubError {
  return new HubError('canceled', 'The token counter is closed.')
}

function errorOf(message: JsonObject): HubError {
  const wrong = text(message, 'wrong')
  const param = text(message, 'param')
  if (wrong !== undefined) return new HubError('invalid-request', wrong, param === undefined ? {} : { param })
  return new HubError('internal', text(message, 'failed') ?? 'The tokens could not be counted.')
}
