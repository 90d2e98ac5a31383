// How the store's thread leaves the cores to the thread that carries streams. Where cores are short, the system gives a thread some 3 ms
// at a time, and each stream waits for so long. While what is to be stored is young, the thread works in short pieces, looks in the
// pauses whether others work, and waits while they take a core. Law: what has waited long, or somebody waits for, is written at once.

/** Between two pauses, ms: shorter than what a reader notices; a pause itself costs some 50 µs. */
const PIECE_MS = 0.25
const PAUSE_MS = 0.5
/** The same while nobody else works, and while others need all there is. */
const LONG_PIECE_MS = 3
const LONG_PAUSE_MS = 5
/** The share of a core from which on others are busy, and under which they rest. */
const BUSY = 0.6
const RESTING = 0.05

/** So long after it happened there are pauses, ms: what is older than a second outlives a sudden death. */
const PATIENCE_MS = 400
/** So long the work of one commit may take then: what is committed outlives a sudden death, however slow the machine is. */
const COMMIT_MS = 100

const CALM = 0
const HURRY = 1

/** Where the one thread reads what the other says. */
export type PaceCell = SharedArrayBuffer

export function paceCell(): PaceCell {
  return new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)
}

/** The loop's word that somebody waits for the store, or that much waits to be stored; it ends a pause. */
export function setHurry(cell: PaceCell, isUrgent: boolean): void {
  const view = new Int32Array(cell)
  Atomics.store(view, 0, isUrgent ? HURRY : CALM)
  if (isUrgent) Atomics.notify(view, 0)
}

/** ms of a clock that all threads share and that nobody sets. */
export function sharedNow(): number {
  const [seconds, nanoseconds] = process.hrtime()
  return seconds * 1_000 + nanoseconds / 1e6
}

/** What a pace is made of. */
export type PaceParts = {
  readonly now: () => number
  readonly isUrgent: () => boolean
  /** Waits for so many ms at most; gives the share of a core that the process's other threads took meanwhile. */
  readonly pause: (ms: number) => number
}

/** Of the work on one commit. */
export type Pace = {
  /** To be called between two pieces of work; comes back after a pause when one is due. */
  breathe(): void
  /** To be called before the work: comes back when others do not need the core, or when it is time. */
  waitForRoom(): void
  /** Whether it is time to commit. */
  isEnough(): boolean
}

/** `since`: when the oldest of what is to be stored happened, by `now`. */
export function paceOf({ now, isUrgent, pause }: PaceParts, since: number): Pace {
  const beganAt = now()
  const isPatient = () => now() < since + PATIENCE_MS && !isUrgent()
  let pausedAt = beganAt
  let piece = PIECE_MS
  const waitForRoom = () => {
    for (let length = PAUSE_MS; isPatient(); length = LONG_PAUSE_MS) {
      const others = pause(length)
      piece = others < RESTING ? LONG_PIECE_MS : PIECE_MS
      if (others < BUSY) break
    }
    pausedAt = now()
  }
  return {
    waitForRoom,
    breathe() {
      if (now() - pausedAt >= piece && isPatient()) waitForRoom()
    },
    isEnough: () => now() - beganAt > COMMIT_MS && !isPatient(),
  }
}

/** For a thread that may wait. */
export function threadPace(cell: PaceCell): PaceParts {
  const view = new Int32Array(cell)
  return {
    now: sharedNow,
    isUrgent: () => Atomics.load(view, 0) === HURRY,
    pause(ms) {
      const at = sharedNow()
      const before = process.cpuUsage()
      Atomics.wait(view, 0, CALM, ms)
      const { user, system } = process.cpuUsage(before)
      return (user + system) / 1_000 / (sharedNow() - at)
    },
  }
}

/** Works on without a pause, and commits all at once. */
export const UNPACED: Pace = {
  breathe: () => undefined,
  waitForRoom: () => undefined,
  isEnough: () => false,
}
