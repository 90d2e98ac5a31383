// The one place where the UI meets the outside: runs the effects that the update asks for and dispatches what comes of them.
// Law: it never throws; what goes wrong is a message.

import { assertNever } from '../base/assert-never.js'
import { asHubError } from '../base/errors.js'
import { act, type RunningTests } from './act.js'
import { answerTo } from './answers.js'
import type { TuiDeps } from './deps.js'
import type { Effect } from './effect.js'
import { followEvents, watchAnswer } from './follow.js'
import { logFollower } from './follow-log.js'
import type { Message } from './message.js'
import type { Timers } from './store.js'

export type Effects = {
  run(effect: Effect): void
  /** Ends all that runs. */
  stop(): void
}

export type EffectsOptions = {
  readonly deps: TuiDeps
  readonly timers: Timers
  readonly dispatch: (message: Message) => void
  /** Puts a text into the clipboard of the user's terminal. */
  readonly copy: (text: string) => void
  /** The next frame is to be painted whole. */
  readonly repaint: () => void
  readonly quit: () => void
}

/** An effect that takes time, and what there is to tell when it is done. */
async function work(effect: Effect, deps: TuiDeps): Promise<Message> {
  switch (effect.type) {
    case 'ask':
      return { type: 'answer', answer: await answerTo(effect.question, deps) }
    case 'start-hub':
      await deps.startHub()
      return { type: 'hub-started' }
    case 'export': {
      const path = await deps.exportTrace(effect.trace, effect.open)
      const text = `${effect.open ? 'Opened' : 'Wrote'} ${path}`
      return { type: 'notice', notice: { kind: 'good', text } }
    }
    default:
      throw new TypeError(`${effect.type} takes no time`)
  }
}

export function createEffects({ deps, timers, dispatch, copy, repaint, quit }: EffectsOptions): Effects {
  const whole = new AbortController()
  let connecting = new AbortController()
  let watching = new AbortController()
  let retrying: () => void = () => undefined

  const tell = (message: Message) => {
    if (whole.signal.aborted) return
    dispatch({ type: 'tick', now: deps.clock.now() })
    dispatch(message)
  }
  const tests: RunningTests = new Map()
  const log = logFollower({ control: deps.control, timers, tell })
  const following = { deps, timers, tell }
  const failed = (effect: Effect) => (thrown: unknown) => {
    const error = asHubError(thrown)
    const { hint } = error.detail
    tell({ type: 'failed', effect, message: error.message, ...(hint === undefined ? {} : { hint }) })
  }

  return {
    run(effect) {
      switch (effect.type) {
        case 'follow':
          retrying()
          // There is never more than one follower: two would count everything twice.
          connecting.abort()
          connecting = new AbortController()
          followEvents(following, AbortSignal.any([whole.signal, connecting.signal])).catch(failed(effect))
          return
        case 'retry-after':
          retrying()
          retrying = timers.after(effect.ms, () => tell({ type: 'retry' }))
          return
        case 'watch':
          watching.abort()
          watching = new AbortController()
          watchAnswer(following, effect, AbortSignal.any([whole.signal, watching.signal])).catch(
            failed(effect),
          )
          return
        case 'unwatch':
          watching.abort()
          return
        case 'copy':
          copy(effect.text)
          tell({ type: 'notice', notice: { kind: 'good', text: `Copied ${effect.what}.` } })
          return
        case 'act': {
          const { action } = effect
          tell({ type: 'acting', action })
          act(deps.control, tests, action)
            .then((done): Message => ({ type: 'acted', action, done }))
            .then(tell, failed(effect))
          return
        }
        case 'follow-log':
          log.follow(effect.lines)
          return
        case 'unfollow-log':
          log.unfollow()
          return
        case 'repaint':
          repaint()
          dispatch({ type: 'tick', now: deps.clock.now() })
          return
        case 'quit':
          quit()
          return
        case 'say':
          dispatch(effect.message)
          return
        case 'ask':
        case 'start-hub':
        case 'export':
          work(effect, deps).then(tell, failed(effect))
          return
        default:
          assertNever(effect)
      }
    },
    stop() {
      whole.abort()
      log.unfollow()
      for (const test of tests.values()) test.abort()
      retrying()
    },
  }
}
