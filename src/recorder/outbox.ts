// What was recorded and is not yet stored: entries that wait for a batch, and batches that the worker has.
// Batches settle in the order in which they were posted. A batch is kept here (without its moved bodies) until
// the worker says that it is committed, so that the death of the worker costs no metadata.
import { asHubError, HubError } from '../base/errors.js'
import type { BodyCopy } from '../store/body-bytes.js'
import { sharedNow } from '../store/pace.js'
import type { CaptureMode, RecordMessage } from '../store/record.js'
import { type FromWorker, type PostedError, type ToWorker, unpackError } from '../store/thread.js'
import type { Entry } from '../store/writer.js'
import { COPIED_AT_ONCE, type Packed, pack, withoutBodies } from './queue.js'
import { isLent, SpareBuffers } from './spare-buffers.js'

/** A batch that this many workers died of is given up and reported. */
const MOST_TRIES = 3

/** Gives false when there is no worker now. */
export type Post = (message: ToWorker, buffers: readonly ArrayBuffer[]) => boolean

type Sent = {
  readonly id: number
  readonly entries: readonly Entry[]
  readonly bytes: number
  readonly tries: number
  /** Another worker died at it, or beside it: it is stored by itself. */
  readonly isAlone: boolean
}

/** A commit costs more than what is in it: the messages of this time are stored in one. */
const GATHER_MS = 50
/** So many in this time are load: then one commit serves those of some more of it, and the agents' work goes first. */
const MANY = 32
const GATHER_LONGER_MS = 200
/** More messages than this are not held back for one commit. */
const MOST_GATHERED = 1_024
/** Nor are more bytes of bodies. */
const MOST_GATHERED_BYTES = 16 * 1024 * 1024
/** So many are handed over in one turn of the loop: some tenths of a millisecond. */
const POSTED_AT_ONCE = 64

/** What a message takes while it waits, about. It is never dropped, so more than a few thousand take the room of bodies. */
const MESSAGE_BYTES = 2_048
const MOST_LIGHT = 4_096

export type OutboxCounts = {
  readonly stored: number
  readonly orphans: number
  readonly rejected: number
  readonly bodiesDropped: number
  readonly queuedMessages: number
  readonly queuedBytes: number
}

export class Outbox {
  private pending: Packed[] = []
  /** Of bodies in what waits. */
  private copies: BodyCopy[] = []
  private readonly sent: Sent[] = []
  private readonly waiters: { readonly target: number; resolve(): void }[] = []
  private lastId = 0
  private queuedBytes = 0
  private taken = 0
  private stored = 0
  private orphans = 0
  private rejected = 0
  private bodiesDropped = 0
  private scheduled = false
  /** There is no worker, so nothing is tried until there is one again. */
  private isDown = false
  /** Of bodies in what waits. */
  private gatheredBytes = 0
  private isDue = false
  /** Of what waits, so many messages leave in this turn and the next ones. */
  private leaving = 0
  private isUrgent = false
  /** When the oldest of what waits came, and of what leaves. */
  private since = 0
  private leavingSince = 0
  private readonly spare = new SpareBuffers()

  constructor(
    private readonly post: Post,
    private readonly report: (error: HubError) => void,
    private readonly maxBytes: number,
    private readonly hurry: (isUrgent: boolean) => void,
  ) {}

  /** Queues the message; it leaves a moment later, with those that come until then. */
  add(message: RecordMessage, capture: Exclude<CaptureMode, 'off'>): void {
    const packed = pack(message, capture, this.maxBytes - this.held(), this.spare)
    if (this.pending.length === this.leaving) this.since = sharedNow()
    this.pending.push(packed)
    this.taken++
    this.queuedBytes += packed.bytes
    this.bodiesDropped += packed.entry.bodiesDropped
    if (packed.copies.length > 0) this.copy(packed.copies)
    if (this.isDown) return
    if (this.held() > this.maxBytes / 2) this.urge(true)
    this.gatheredBytes += packed.bytes
    if (this.pending.length >= MOST_GATHERED) this.leave()
    else if (this.gatheredBytes >= MOST_GATHERED_BYTES) this.sendInTurn()
    if (this.scheduled) return
    this.scheduled = true
    setTimeout(() => {
      if (this.pending.length < MANY) this.sendInTurn()
      else setTimeout(() => this.sendInTurn(), GATHER_LONGER_MS).unref()
    }, GATHER_MS).unref()
  }

  /** While a batch is being stored, what comes waits for its end, so that under load one commit serves many. */
  private sendInTurn(): void {
    if (this.sent.length === 0 && this.copies.length === 0) this.leave()
    else this.isDue = true
  }

  /** What waits now leaves in small batches, one a turn of the loop, because handing over takes time as well. */
  private leave(): void {
    const isLeaving = this.leaving > 0
    if (!isLeaving) this.leavingSince = this.since
    this.leaving = this.pending.length
    this.scheduled = false
    this.isDue = false
    this.gatheredBytes = 0
    if (!isLeaving) this.leaveOn()
  }

  private leaveOn(): void {
    if (this.leaving === 0 || this.copies.length > 0) return
    const batch = this.pending.splice(0, Math.min(this.leaving, POSTED_AT_ONCE))
    this.leaving -= batch.length
    this.isDown = !this.dispatch(batch)
    if (this.isDown) {
      this.pending.unshift(...batch)
      this.leaving = 0
    }
    if (this.leaving > 0) setImmediate(() => this.leaveOn())
  }

  /** Copies in the turns that follow; what waits leaves when all is copied. */
  private copy(more: readonly BodyCopy[]): void {
    this.copies.push(...more)
    if (this.copies.length > more.length) return
    const next = () => {
      if (this.copies[0]?.step(COPIED_AT_ONCE) === true) this.copies.shift()
      if (this.copies.length > 0) setImmediate(next)
      else if (this.leaving > 0) this.leaveOn()
      else if (this.isDue) this.sendInTurn()
    }
    setImmediate(next)
  }

  /** Posts what waits as one batch, because somebody waits for it; it stays when there is no worker. */
  send(): void {
    this.scheduled = false
    this.isDue = false
    if (this.leaving === 0) this.leavingSince = this.since
    this.leaving = 0
    for (const copy of this.copies) copy.step(Number.POSITIVE_INFINITY)
    this.copies = []
    this.urge(this.pending.length + this.sent.length > 0)
    if (this.pending.length === 0) return
    const batch = this.pending
    this.pending = []
    this.gatheredBytes = 0
    this.isDown = !this.dispatch(batch)
    if (this.isDown) this.pending = batch
  }

  /** Bytes against the bound: of bodies, and of more messages than a few thousand. */
  private held(): number {
    const many = Math.max(0, this.taken - this.settled() - MOST_LIGHT)
    return this.queuedBytes + many * MESSAGE_BYTES
  }

  private urge(isUrgent: boolean): void {
    if (isUrgent === this.isUrgent) return
    this.isUrgent = isUrgent
    this.hurry(isUrgent)
  }

  /** The worker's word that a batch is settled. */
  settle(message: Extract<FromWorker, { type: 'stored' }>): void {
    const last = this.sent.findIndex(({ id }) => id === message.id)
    if (last === -1) return
    for (const batch of this.sent.splice(0, last + 1)) this.queuedBytes -= batch.bytes
    if (this.sent.length === 0) this.urge(false)
    this.spare.add(message.spare ?? [])
    this.stored += message.stored
    this.orphans += message.orphans
    this.rejected += message.rejected.length
    const [first] = message.rejected
    if (first !== undefined) this.report(rejection(first, message.rejected.length))
    this.wake()
    if (this.isDue) this.sendInTurn()
  }

  /** After a restart: what the dead worker had goes again, without the bodies that died with it. */
  sendAgain(): void {
    const lost = this.sent.splice(0)
    for (const [position, batch] of lost.entries()) {
      const stripped = withoutBodies(batch.entries)
      this.queuedBytes -= batch.bytes
      this.bodiesDropped += stripped.dropped
      // Batches are stored in order, so the first is the one that the worker was at when it died.
      const tries = batch.tries + (position === 0 ? 1 : 0)
      // Each record goes alone then, so that one that kills takes no other with it.
      if (position === 0 && stripped.entries.length > 1)
        for (const entry of stripped.entries)
          this.repost({ id: ++this.lastId, entries: [entry], tries: 1, isAlone: true })
      else if (tries > MOST_TRIES) this.giveUp(1, 'The store died of a record several times.')
      else
        this.repost({
          id: batch.id,
          entries: stripped.entries,
          tries,
          isAlone: batch.isAlone || position === 0,
        })
    }
    this.send()
  }

  /** Resolves when all that was added until now is settled. */
  drained(): Promise<void> {
    this.send()
    return new Promise((resolve) => {
      this.waiters.push({ target: this.taken, resolve })
      this.wake()
    })
  }

  /** Lets go of the buffers that are kept for the next bodies. */
  forgetSpare(): void {
    this.spare.forget()
  }

  counts(): OutboxCounts {
    const { stored, orphans, rejected, bodiesDropped, queuedBytes } = this
    return {
      stored,
      orphans,
      rejected,
      bodiesDropped,
      queuedBytes,
      queuedMessages: this.taken - this.settled(),
    }
  }

  private dispatch(batch: readonly Packed[]): boolean {
    const id = this.lastId + 1
    const entries = batch.map((packed) => packed.entry)
    const bytes = batch.reduce((sum, packed) => sum + packed.bytes, 0)
    try {
      const buffers = batch.flatMap((packed) => packed.buffers)
      const since = this.leavingSince
      const lent = buffers.filter(({ byteLength }) => isLent(byteLength))
      if (!this.post({ type: 'batch', id, entries, bytes, lent, since, isAlone: false }, buffers))
        return false
    } catch (thrown) {
      return this.dispatchSingly(batch, thrown)
    }
    this.lastId = id
    // The bodies have moved: only the metadata is kept for a second try.
    this.sent.push({ id, entries, bytes, tries: 1, isAlone: false })
    return true
  }

  /** A value that cannot cross the thread boundary spoils a batch: each entry goes alone, and the bad one is reported. */
  private dispatchSingly(batch: readonly Packed[], thrown: unknown): boolean {
    const [only] = batch
    if (batch.length > 1) return batch.every((packed) => this.dispatch([packed]))
    this.queuedBytes -= only?.bytes ?? 0
    this.giveUp(batch.length, asHubError(thrown).message)
    return true
  }

  private repost({ id, entries, tries, isAlone }: Omit<Sent, 'bytes'>): void {
    this.sent.push({ id, entries, bytes: 0, tries, isAlone })
    this.post({ type: 'batch', id, entries, bytes: 0, lent: [], isAlone, since: 0 }, [])
  }

  private giveUp(count: number, why: string): void {
    this.rejected += count
    this.report(new HubError('internal', `${count} records were not stored. ${why}`))
    this.wake()
  }

  private settled(): number {
    return this.stored + this.orphans + this.rejected
  }

  private wake(): void {
    const settled = this.settled()
    for (
      let first = this.waiters[0];
      first !== undefined && first.target <= settled;
      first = this.waiters[0]
    ) {
      this.waiters.shift()
      first.resolve()
    }
  }
}

/** One report for a batch, so that a damaged file does not flood the log. */
function rejection(first: PostedError, count: number): HubError {
  const more = count === 1 ? '' : ` (${count} records like this)`
  return unpackError({ ...first, message: `${first.message}${more}` })
}
