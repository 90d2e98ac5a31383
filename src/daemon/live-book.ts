// The answers that run, for who watches them: how they get on, and the bytes of one. Law: an answer that nobody watches
// costs nothing; those that are watched are looked at some times in a second, never from inside their stream.

import { Roster } from '../base/roster.js'
import type { Answer } from './answer.js'
import type { Exchange } from './exchange-state.js'
import type { LiveEvent } from './running.js'
import { aboutTokens, charactersIn } from './words-sent.js'

/** What is looked at of a running exchange. */
export type LiveExchange = {
  readonly id: string
  readonly answer: Pick<Answer, 'pieces' | 'firstByteAt'>
  readonly outcome: Pick<Exchange['outcome'], 'channel' | 'modelUsed' | 'mode' | 'firstTokenAt'>
  readonly stream: Pick<Exchange['stream'], 'asking'>
}

/** Told the pieces of an answer as they go out; `end` is told once, after the last. */
export type Follower = { pieces(pieces: readonly Uint8Array[]): void; end(): void }

export type LiveBook = {
  /** `startedAt`: ms of the monotonic clock. Returns the end of the exchange. */
  enter(exchange: LiveExchange, startedAt: number): () => void
  /** Tells how the answers get on, as events of type `progress`; returns the end of it. */
  watch(listener: (event: LiveEvent) => void): () => void
  /** Follows one answer from its beginning; returns the end of it, undefined when it does not run. */
  follow(id: string, follower: Follower): (() => void) | undefined
}

const PROGRESS_MS = 200
const FOLLOW_MS = 50

type Entry = {
  readonly exchange: LiveExchange
  readonly startedAt: number
  /** Who follows it, and up to which piece he was told; undefined until somebody does. */
  followers: Map<Follower, number> | undefined
  /** Pieces that were counted, and what they said. */
  counted: number
  characters: number
  /** What was told last, as JSON. */
  told: string
}

function progressOf(entry: Entry): { readonly requestId: string } | undefined {
  const { exchange, startedAt } = entry
  const { outcome, answer, stream } = exchange
  const fresh = answer.pieces(entry.counted)
  entry.counted += fresh.length
  for (const piece of fresh) entry.characters += charactersIn(Buffer.from(piece).toString('latin1'))
  const at = outcome.firstTokenAt
  const first = at === undefined ? undefined : Math.max(at, answer.firstByteAt ?? at) - startedAt
  const channel = outcome.channel ?? stream.asking?.channel
  const modelUsed = outcome.modelUsed ?? stream.asking?.model
  const mode = outcome.mode ?? stream.asking?.mode
  const progress = {
    requestId: exchange.id,
    ...(channel === undefined ? {} : { channel }),
    ...(modelUsed === undefined ? {} : { modelUsed }),
    ...(mode === undefined ? {} : { mode }),
    ...(first === undefined ? {} : { firstTokenMs: Math.round(first) }),
    ...(entry.characters === 0 ? {} : { output: aboutTokens(entry.characters) }),
  }
  const text = JSON.stringify(progress)
  if (text === entry.told) return undefined
  entry.told = text
  return progress
}

/** Hands over what went out since the last time. */
function feed(entry: Entry): void {
  const { followers } = entry
  if (followers === undefined) return
  for (const [follower, from] of followers) {
    const fresh = entry.exchange.answer.pieces(from)
    if (fresh.length === 0) continue
    followers.set(follower, from + fresh.length)
    follower.pieces(fresh)
  }
}

/** Runs while it is wanted. */
function ticking(ms: number, tick: () => void): { want(more: 1 | -1): void } {
  let wanted = 0
  let timer: NodeJS.Timeout | undefined
  return {
    want(more) {
      wanted += more
      if (wanted > 0) timer ??= setInterval(tick, ms).unref()
      else {
        clearInterval(timer)
        timer = undefined
      }
    },
  }
}

export function createLiveBook(): LiveBook {
  const entries = new Roster<Entry>()
  const listeners = new Set<(event: LiveEvent) => void>()
  const progress = ticking(PROGRESS_MS, () => {
    const requests = [...entries].map(progressOf).filter((one) => one !== undefined)
    if (requests.length > 0) for (const listener of listeners) listener({ type: 'progress', requests })
  })
  const following = ticking(FOLLOW_MS, () => {
    for (const entry of entries) feed(entry)
  })
  const leave = (entry: Entry, follower: Follower) => {
    if (entry.followers?.delete(follower) === true) following.want(-1)
  }
  return {
    enter(exchange, startedAt) {
      const entry: Entry = { exchange, startedAt, followers: undefined, counted: 0, characters: 0, told: '' }
      const seat = entries.enter(entry)
      return () => {
        entries.leave(seat)
        if (entry.followers === undefined) return
        feed(entry)
        for (const follower of [...entry.followers.keys()]) {
          leave(entry, follower)
          follower.end()
        }
      }
    },
    watch(listener) {
      listeners.add(listener)
      progress.want(1)
      // Who begins to watch is told all of it.
      for (const entry of entries) entry.told = ''
      return () => {
        if (listeners.delete(listener)) progress.want(-1)
      }
    },
    follow(id, follower) {
      const entry = [...entries].find(({ exchange }) => exchange.id === id)
      if (entry === undefined) return undefined
      entry.followers ??= new Map()
      entry.followers.set(follower, 0)
      following.want(1)
      feed(entry)
      return () => leave(entry, follower)
    },
  }
}
