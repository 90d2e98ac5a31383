// The thread that owns the database. It stores batches and answers questions; when the disk refuses, it holds the
// batch and tries again, so that nothing that reached it is lost while the process lives.
import { parentPort, workerData } from 'node:worker_threads'
import type Database from 'better-sqlite3'
import { assertNever } from '../base/assert-never.js'
import { isPassing, storeFailure } from './failure.js'
import { openStore } from './open.js'
import { openPruning, type Pruning } from './pruning.js'
import { answer } from './queries.js'
import { closeInterrupted } from './requests.js'
import { type FromWorker, packError, type ToWorker, type WorkerSettings } from './thread.js'
import { openWriter, type Writer } from './writer.js'

const FIRST_DELAY_MS = 250
const LONGEST_DELAY_MS = 10_000

type Batch = Extract<ToWorker, { type: 'batch' }>
type Question = Extract<ToWorker, { type: 'query' }>
type PruneRequest = Extract<ToWorker, { type: 'prune' }>
type Port = NonNullable<typeof parentPort>
type Say = (message: FromWorker, buffers?: ArrayBuffer[]) => void

function run(port: Port, settings: WorkerSettings): void {
  const say: Say = (message, buffers) => port.postMessage(message, buffers)
  const database = opened(settings, say)
  if (database === undefined) {
    port.close()
    return
  }
  const writer = openWriter(database)
  const store = storing(writer, settings.file, say)
  const pruning = openPruning(database, (thrown) =>
    say({ type: 'prune-failed', error: packError(storeFailure(thrown, settings.file)) }),
  )
  port.on('message', (message: ToWorker) => {
    switch (message.type) {
      case 'batch':
        store.take(message)
        break
      case 'query':
        reply(database, message, settings.file, say)
        break
      case 'prune':
        void replyPruned(pruning, message, settings.file, say)
        break
      case 'secrets':
        writer.know(message.values)
        break
      case 'retention':
        pruning.keep(message.retention)
        break
      case 'close':
        store.stop()
        pruning.stop()
        database.pragma('wal_checkpoint(TRUNCATE)')
        database.close()
        port.close()
        break
      default:
        assertNever(message)
    }
  })
  say({ type: 'ready' })
}

function opened(settings: WorkerSettings, say: Say): Database.Database | undefined {
  try {
    const database = openStore(settings.file)
    if (settings.closeInterrupted) closeInterrupted(database)
    return database
  } catch (thrown) {
    say({ type: 'open-failed', error: packError(storeFailure(thrown, settings.file)) })
    return undefined
  }
}

/** Stores batches in the order in which they came; after a failure that may pass, the rest waits behind it. */
function storing(writer: Writer, file: string, say: Say) {
  const waiting: Batch[] = []
  let timer: NodeJS.Timeout | undefined
  let delay = FIRST_DELAY_MS

  const work = () => {
    timer = undefined
    for (let batch = waiting[0]; batch !== undefined; batch = waiting[0]) {
      try {
        const { stored, orphans, rejected } = writer.write(batch.entries)
        const errors = rejected.map((thrown) => packError(storeFailure(thrown, file)))
        waiting.shift()
        delay = FIRST_DELAY_MS
        say({ type: 'stored', id: batch.id, stored, orphans, rejected: errors })
      } catch (thrown) {
        if (!isPassing(thrown)) throw thrown
        if (delay === FIRST_DELAY_MS) say({ type: 'blocked', error: packError(storeFailure(thrown, file)) })
        timer = setTimeout(work, delay)
        delay = Math.min(delay * 2, LONGEST_DELAY_MS)
        return
      }
    }
  }
  return {
    take(batch: Batch) {
      waiting.push(batch)
      if (timer === undefined) work()
    },
    stop: () => clearTimeout(timer),
  }
}

function reply(database: Database.Database, question: Question, file: string, say: Say): void {
  const { id, name } = question
  try {
    const found = answer(database, name, question.ask)
    say({ type: 'answer', id, answer: found }, ownBuffer(found))
  } catch (thrown) {
    say({ type: 'refusal', id, error: packError(storeFailure(thrown, file)) })
  }
}

async function replyPruned(
  pruning: Pruning,
  { id, question }: PruneRequest,
  file: string,
  say: Say,
): Promise<void> {
  try {
    say({ type: 'answer', id, answer: await pruning.run(question) })
  } catch (thrown) {
    say({ type: 'refusal', id, error: packError(storeFailure(thrown, file)) })
  }
}

/** The buffer of a body that fills it alone: moved to the asker's thread, because a copy of a large one takes long. */
function ownBuffer(found: unknown): ArrayBuffer[] {
  if (!(found instanceof Uint8Array) || !(found.buffer instanceof ArrayBuffer)) return []
  return found.byteLength === found.buffer.byteLength ? [found.buffer] : []
}

if (parentPort !== null) run(parentPort, workerData)
