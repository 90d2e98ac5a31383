// The thread that owns the database. It stores batches and answers questions; when the disk refuses, it holds the
// batch and tries again, so that nothing that reached it is lost while the process lives.
import { parentPort, workerData } from 'node:worker_threads'
import type Database from 'better-sqlite3'
import { assertNever } from '../base/assert-never.js'
import { HubError } from '../base/errors.js'
import { restAfterWork } from '../base/rest.js'
import { youngCollection } from '../base/young-collection.js'
import { openCleaner } from './cleaning.js'
import { storeFailure } from './failure.js'
import { giveBackMemory } from './give-back.js'
import { lentBuffers } from './lent-buffers.js'
import { openStore } from './open.js'
import { paceOf, threadPace } from './pace.js'
import { type Place, watchPlace } from './place.js'
import { openPruning, type Pruning } from './pruning.js'
import { answer } from './queries.js'
import { closeInterrupted } from './requests.js'
import { openStoring, type Storing } from './storing.js'
import { type FromWorker, packError, type ToWorker, type WorkerSettings } from './thread.js'
import type { Retention } from './views.js'
import { type Entry, openWriter, type Writer, type Written } from './writer.js'

type Question = Extract<ToWorker, { type: 'query' }>
type PruneRequest = Extract<ToWorker, { type: 'prune' }>
type Port = NonNullable<typeof parentPort>
type Say = (message: FromWorker, buffers?: ArrayBuffer[]) => void

/** The database as it is open now, with all that stands on it. */
type Open = {
  readonly database: Database.Database
  readonly place: Place
  readonly writer: Writer
  readonly pruning: Pruning
}

/** How often a file that nobody writes to is looked after, ms. */
const LOOK_MS = 1_000
/** What helps with the next request is not held for longer while none comes. */
const FORGET_MS = 60_000

function run(port: Port, settings: WorkerSettings): void {
  const { file } = settings
  const say: Say = (message, buffers) => port.postMessage(message, buffers)
  const cleaner = openCleaner()
  const openAll = (): Open => {
    const database = openStore(file)
    const writer = openWriter(database, cleaner)
    const pruning = openPruning(database, {
      failed: (thrown) => say({ type: 'prune-failed', error: packError(storeFailure(thrown, file)) }),
      removed: () => writer.forget(),
    })
    return { database, place: watchPlace(file), writer, pruning }
  }
  const first = opened(settings, openAll, say)
  if (first === undefined) {
    port.close()
    return
  }
  let open = first
  let retention: Retention | undefined
  const renew = () => {
    if (open.place.isThere()) return
    open.pruning.stop()
    open.database.close()
    open.place.clear()
    open = openAll()
    if (retention !== undefined) open.pruning.keep(retention)
    say({ type: 'renewed', error: packError(renewed(file)) })
  }
  const current = () => {
    renew()
    return open
  }
  const lent = lentBuffers(() => open.writer.held())
  let writtenAt: number | undefined = performance.now()
  let works = 0
  const pace = threadPace(settings.pace)
  const write = (entries: readonly Entry[], since: number): Written => {
    writtenAt = performance.now()
    return current().writer.write(entries, paceOf(pace, since))
  }
  const waitForRoom = (since: number) => paceOf(pace, since).waitForRoom()
  const store = openStoring({ write, waitForRoom, settled: lent.settled, file, say })
  const young = youngCollection()
  const look = setInterval(() => {
    attempted(renew, file, say)
    if (writtenAt === undefined || performance.now() - writtenAt <= FORGET_MS) return
    open.writer.forget()
    lent.settled([])
    writtenAt = undefined
    works++
  }, LOOK_MS)
  const stopResting = restAfterWork({ done: () => works, isBusy: () => false, patience: 1 })
  port.on('message', (message: ToWorker) => {
    if (message.type !== 'give-back') works++
    switch (message.type) {
      case 'batch':
        // The buffers that were lent are not left to the collector.
        young.passed(message.bytes - message.lent.reduce((sum, { byteLength }) => sum + byteLength, 0))
        store.take(message)
        break
      case 'query':
        store.flush()
        reply(() => current().database, message, file, say)
        break
      case 'prune':
        store.flush()
        void replyPruned(open.pruning, message, file, say)
        break
      case 'secrets':
        cleaner.know(message.values)
        break
      case 'retention':
        retention = message.retention
        open.pruning.keep(message.retention)
        break
      case 'give-back':
        giveBackMemory()
        break
      case 'close':
        clearInterval(look)
        stopResting()
        end(store, () => open)
        port.close()
        break
      default:
        assertNever(message)
    }
  })
  say({ type: 'ready' })
}

/** Writes what came, which may begin a new database, and leaves the one that is open then as one file. */
function end(store: Storing, open: () => Open): void {
  store.flush()
  store.stop()
  const { database, pruning } = open()
  pruning.stop()
  database.pragma('wal_checkpoint(TRUNCATE)')
  database.close()
}

function opened(settings: WorkerSettings, openAll: () => Open, say: Say): Open | undefined {
  try {
    const open = openAll()
    if (settings.closeInterrupted) closeInterrupted(open.database)
    return open
  } catch (thrown) {
    say({ type: 'open-failed', error: packError(storeFailure(thrown, settings.file)) })
    return undefined
  }
}

/** Looks after the file; what goes wrong is said, and the next look is the next try. */
function attempted(work: () => void, file: string, say: Say): void {
  try {
    work()
  } catch (thrown) {
    say({ type: 'blocked', error: packError(storeFailure(thrown, file)) })
  }
}

function renewed(file: string): HubError {
  return new HubError('internal', `${file} was removed or replaced while the hub ran; a new one was begun.`, {
    hint: 'What was recorded before is only where the file was moved to. Stop the hub before you move or restore its database.',
  })
}

function reply(database: () => Database.Database, question: Question, file: string, say: Say): void {
  const { id, name } = question
  try {
    const found = answer(database(), name, question.ask)
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
