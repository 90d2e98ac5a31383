// Holds the model: messages in, frames out. Law: whoever looks is told at most every `frameMs`, however much happens.

import type { Effect } from './effect.js'
import type { Message } from './message.js'
import type { Model, Update } from './model.js'

/** Fifteen frames a second. */
export const FRAME_MS = 67

export type Timers = {
  /** Ms; returns its end. */
  after(ms: number, action: () => void): () => void
  /** Ms of a clock that only goes forward. */
  monotonic(): number
}

export type Store = {
  dispatch(message: Message): void
  model(): Model
  /** Told when there is a new model to be drawn; returns the end of it. */
  subscribe(listener: () => void): () => void
}

export type StoreOptions = {
  readonly first: Update
  readonly update: (model: Model, message: Message) => Update
  readonly run: (effect: Effect) => void
  readonly timers: Timers
  readonly frameMs: number
}

export function createStore({ first, update, run, timers, frameMs }: StoreOptions): Store {
  let { model } = first
  const listeners = new Set<() => void>()
  let toldAt = Number.NEGATIVE_INFINITY
  let waiting: (() => void) | undefined

  const tell = () => {
    waiting = undefined
    toldAt = timers.monotonic()
    for (const listener of listeners) listener()
  }
  const changed = () => {
    if (waiting !== undefined) return
    waiting = timers.after(Math.max(0, toldAt + frameMs - timers.monotonic()), tell)
  }
  const put = (next: Update) => {
    if (next.model !== model) {
      model = next.model
      changed()
    }
    for (const effect of next.effects) run(effect)
  }
  timers.after(0, () => put(first))
  return {
    dispatch: (message) => put(update(model, message)),
    model: () => model,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
