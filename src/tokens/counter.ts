// Counting tokens costs tens of milliseconds, so it happens in a thread of its own, started by the first question.

import { existsSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import { HubError } from '../base/errors.js'
import { isObject, number, text } from '../base/json.js'
import type { ProtocolId } from '../protocol/ids.js'

export type TokenCounter = {
  /** Rejects with HubError `invalid-request` for a body that is no request, `internal` when the thread dies. */
  count(body: Uint8Array, protocol: ProtocolId): Promise<number>
  close(): Promise<void>
}

type Waiting = { resolve(tokens: number): void; reject(error: HubError): void }

/** Threads run compiled code only; beside the sources (in tests) that is the build. */
function workerFile(): URL {
  const beside = new URL('./worker.js', import.meta.url)
  return existsSync(beside) ? beside : new URL('../../dist/tokens/worker.js', import.meta.url)
}

export function tokenCounter(file: URL = workerFile()): TokenCounter {
  const waiting = new Map<number, Waiting>()
  let worker: Worker | undefined
  let lastId = 0

  const fail = (message: string) => {
    worker = undefined
    for (const one of waiting.values()) one.reject(new HubError('internal', message))
    waiting.clear()
  }
  const hear = (message: unknown) => {
    if (!isObject(message)) return
    const id = number(message, 'id') ?? 0
    const one = waiting.get(id)
    waiting.delete(id)
    const tokens = number(message, 'tokens')
    if (tokens !== undefined) one?.resolve(tokens)
    else one?.reject(new HubError('invalid-request', text(message, 'error') ?? 'The tokens could not be counted.'))
  }
  const start = (): Worker => {
    const started = new Worker(file)
    started.unref()
    started.on('message', hear)
    started.on('error', (error) => fail(`The token counter failed: ${error.message}`))
    started.on('exit', () => {
      if (worker === started) fail('The token counter ended.')
    })
    return started
  }

  return {
    count(body, protocol) {
      worker ??= start()
      const id = ++lastId
      const counted = new Promise<number>((resolve, reject) => waiting.set(id, { resolve, reject }))
      worker.postMessage({ id, body, protocol })
      return counted
    },
    async close() {
      const ending = worker
      worker = undefined
      await ending?.terminate()
    },
  }
}
