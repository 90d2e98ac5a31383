// The far end of the tap: takes what happened and hands it to the store's thread. Law: `record` never waits and
// never throws; the agent's stream must not notice that anything is written down.
import { assertNever } from '../base/assert-never.js'
import { asHubError, HubError } from '../base/errors.js'
import { packageFile } from '../base/package-file.js'
import { paceCell, setHurry } from '../store/pace.js'
import type { Queries } from '../store/queries.js'
import type { CaptureMode, RecordMessage } from '../store/record.js'
import { type FromWorker, unpackError } from '../store/thread.js'
import type { Pruned, PruneQuestion, Retention } from '../store/views.js'
import { type Line, openLine } from './line.js'
import { Outbox } from './outbox.js'
import { openQuestions, type Questions } from './questions.js'
import { type SecretList, secretList } from './secret-list.js'

const MAX_QUEUED_BYTES = 64 * 1024 * 1024
const CLOSING_MS = 5_000
const WORKER = packageFile('dist/program/store-worker.js')

export type RecorderOptions = {
  /** The file axonhub.db; its directory must exist. */
  readonly database: string
  readonly capture: CaptureMode
  /** What is kept at most; absent: everything, until it is asked for. */
  readonly retention?: Retention
  /** Told about every failure of the store; called from the event loop, never from inside `record`. */
  readonly onError: (error: HubError) => void
  /** Bytes of bodies that may wait to be stored; over it new bodies are dropped. Default 64 MiB. */
  readonly maxQueuedBytes?: number
  /** The built thread, when it is not the package's own. */
  readonly worker?: URL
}

export type RecorderStats = {
  /** Messages given to `record`. */
  readonly recorded: number
  /** Messages that are committed. */
  readonly stored: number
  /** Messages that could not be stored, each reported to `onError`. */
  readonly rejected: number
  /** Messages not kept on purpose: capture is off, or was off when their request began. */
  readonly ignored: number
  /** Bodies not kept because too much waited, or because the worker died with them. */
  readonly bodiesDropped: number
  readonly queuedMessages: number
  readonly queuedBytes: number
  readonly restarts: number
  /** Why nothing can be stored now; null while all is well. */
  readonly failure: HubError | null
  /** That the database was lost while it was used, and a new one begun; null when it never was. */
  readonly loss: HubError | null
}

export type Recorder = {
  /**
   * Takes one message. Bodies are copied, half a megabyte at once and the rest in the turns that follow: until then they
   * must stay as they are. Costs microseconds, never waits, never throws.
   */
  record(message: RecordMessage): void
  /** Values that must not be stored, whatever they look like: credentials that the hub met. They stay in memory. */
  know(secrets: readonly string[]): void
  /** Where such values stand in a text, `[from, to)`. */
  findKnown(text: string): [number, number][]
  /** What is kept from now on. */
  setCapture(mode: CaptureMode): void
  /** How much is kept from now on. */
  setRetention(retention: Retention): void
  /** Asks the store. What was recorded before is seen. Rejects with HubError. */
  query<K extends keyof Queries>(name: K, ask: Queries[K]['ask']): Promise<Queries[K]['answer']>
  /** Removes what is old or too much, in steps beside the recording. Rejects with HubError. */
  prune(question: PruneQuestion): Promise<Pruned>
  stats(): RecorderStats
  /**
   * Nothing is going on: the store's thread gives the system the memory of this process that nobody uses. It may hold all threads up
   * for some ms.
   */
  giveBack(): void
  /** Resolves when all that was recorded until now is committed (or given up and reported). */
  flush(): Promise<void>
  /** Stores what waits (for some seconds at most) and closes the database. */
  close(): Promise<void>
}

/** Opens the store in its thread. Rejects with the store's HubError when the database cannot be opened. */
export async function openRecorder(options: RecorderOptions): Promise<Recorder> {
  const report = (error: HubError) => void setImmediate(() => options.onError(error))
  let line: Line | undefined
  let restarts = 0
  let failure: HubError | null = null
  let loss: HubError | null = null
  let { retention } = options
  const fail = (error: HubError) => {
    failure = error
    report(error)
  }
  const post: Line['post'] = (message, buffers) => line?.post(message, buffers) ?? false
  const cell = paceCell()
  const secrets = secretList((values) => post({ type: 'secrets', values }))
  const outbox = new Outbox(post, report, options.maxQueuedBytes ?? MAX_QUEUED_BYTES, (isUrgent) =>
    setHurry(cell, isUrgent),
  )
  const questions = openQuestions((question) => {
    outbox.send()
    post(question)
  })
  line = await openLine(options.worker ?? WORKER, options.database, cell, {
    up: () => {
      restarts++
      failure = null
      if (retention !== undefined) post({ type: 'retention', retention })
      secrets.tellAgain()
      outbox.sendAgain()
      questions.askAgain()
    },
    said: (message) => {
      if (message.type === 'stored') failure = failureOf(message)
      if (message.type === 'renewed') {
        failure = null
        loss = unpackError(message.error)
        report(loss)
      }
      listen(message, outbox, questions, fail)
    },
    down: fail,
  })
  const keep = (rule: Retention) => {
    retention = rule
    post({ type: 'retention', retention: rule })
  }
  if (retention !== undefined) keep(retention)
  return face({
    options,
    keep,
    secrets,
    line,
    outbox,
    questions,
    report,
    health: () => ({ restarts, failure, loss }),
  })
}

/** A batch of which nothing was stored means that the store does not work, as after damage to the file. */
function failureOf({ stored, rejected }: Extract<FromWorker, { type: 'stored' }>): HubError | null {
  const [first] = rejected
  return first !== undefined && stored === 0 ? unpackError(first) : null
}

function listen(
  message: FromWorker,
  outbox: Outbox,
  questions: Questions,
  fail: (error: HubError) => void,
): void {
  switch (message.type) {
    case 'stored':
      outbox.settle(message)
      break
    case 'answer':
      questions.answered(message.id, message.answer)
      break
    case 'refusal':
      questions.refused(message.id, unpackError(message.error))
      break
    case 'blocked':
    case 'prune-failed':
      fail(unpackError(message.error))
      break
    case 'renewed':
      // The recorder keeps it as the loss.
      break
    case 'ready':
    case 'open-failed':
      // The line itself answers to these two.
      break
    default:
      assertNever(message)
  }
}

type Parts = {
  readonly options: RecorderOptions
  readonly keep: (retention: Retention) => void
  readonly secrets: SecretList
  readonly line: Line
  readonly outbox: Outbox
  readonly questions: Questions
  readonly report: (error: HubError) => void
  readonly health: () => Pick<RecorderStats, 'restarts' | 'failure' | 'loss'>
}

function face({ options, keep, secrets, line, outbox, questions, report, health }: Parts): Recorder {
  let capture = options.capture
  let recorded = 0
  let ignored = 0
  let failed = 0
  let closing: Promise<void> | undefined

  const end = async () => {
    const timely = await within(CLOSING_MS, outbox.drained())
    await line.end()
    questions.rejectAll(new HubError('internal', 'The store was closed.'))
    const left = outbox.counts().queuedMessages
    if (!timely && left > 0)
      report(new HubError('internal', `${left} records were not stored before the end.`))
  }

  return {
    record(message) {
      recorded++
      if (capture === 'off' || closing !== undefined) {
        ignored++
        return
      }
      try {
        outbox.add(message, capture)
      } catch (thrown) {
        failed++
        report(asHubError(thrown))
      }
    },
    know: (values) => secrets.know(values),
    findKnown: (text) => secrets.find(text),
    setCapture(mode) {
      capture = mode
    },
    setRetention: keep,
    query(name, ask) {
      if (closing !== undefined) return Promise.reject(new HubError('internal', 'The store is closed.'))
      return questions.ask(name, ask)
    },
    prune(question) {
      if (closing !== undefined) return Promise.reject(new HubError('internal', 'The store is closed.'))
      return questions.prune(question)
    },
    stats() {
      const { orphans, rejected, ...counts } = outbox.counts()
      return {
        recorded,
        ...counts,
        rejected: rejected + failed,
        ignored: ignored + orphans,
        ...health(),
      }
    },
    giveBack() {
      outbox.forgetSpare()
      line.post({ type: 'give-back' })
    },
    flush: () => outbox.drained(),
    close() {
      closing ??= end()
      return closing
    },
  }
}

/** Whether the work was done within `ms`. */
async function within(ms: number, work: Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms)
  })
  const done = await Promise.race([work.then(() => true as const), late])
  clearTimeout(timer)
  return done
}
