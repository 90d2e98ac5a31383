// Follows what the hub tells: its events until they end, and the answer of one watched request. Events are handed over in
// bunches: a busy hub tells hundreds in a second.

import { asHubError, HubError } from '../base/errors.js'
import type { ControlEvent } from '../control/event-schema.js'
import type { TuiDeps } from './deps.js'
import type { Effect } from './effect.js'
import type { HubEvent, Message } from './message.js'
import { FRAME_MS, type Timers } from './store.js'
import { withoutSecrets } from './without-secrets.js'

export type Following = {
  readonly deps: TuiDeps
  readonly timers: Timers
  readonly tell: (message: Message) => void
}

/** Without a word for this long the hub is taken for gone; it says something every five seconds. */
const SILENCE_MS = 12_000

/** How often what the watched request was answered is told, ms. */
const HEARD_MS = 100

function withCost(event: ControlEvent, deps: TuiDeps): HubEvent {
  if (event.type !== 'request-finished') return event
  const { usage, pricing, modelUsed } = event
  if (usage === undefined || pricing === undefined || modelUsed === undefined) return event
  const cost = deps.costOf(usage, pricing, modelUsed, deps.clock.now())
  return cost === undefined ? event : { ...event, cost }
}

/** Runs until the hub ends or is silent, with `lost` as the last word, or until `whole` ends, without a word. */
export async function followEvents({ deps, timers, tell }: Following, whole: AbortSignal): Promise<void> {
  const ending = new AbortController()
  const watchdog = () => timers.after(SILENCE_MS, () => ending.abort())
  let bunch: HubEvent[] = []
  let due: (() => void) | undefined
  let silence = watchdog()
  const flush = () => {
    due = undefined
    const events = bunch
    bunch = []
    if (events.length > 0) tell({ type: 'events', events })
  }
  let reason = 'The hub has ended.'
  let absent = false
  try {
    for await (const event of deps.control.events(AbortSignal.any([whole, ending.signal]))) {
      silence()
      silence = watchdog()
      if (event.type === 'snapshot') tell({ type: 'connected' })
      if (event.type === 'heartbeat') continue
      bunch.push(withCost(event, deps))
      due ??= timers.after(FRAME_MS, flush)
    }
  } catch (thrown) {
    const error = asHubError(thrown)
    absent = error.code === 'daemon-not-running'
    reason = ending.signal.aborted ? 'The hub is silent.' : error.message
  } finally {
    silence()
    due?.()
    if (!whole.aborted) flush()
  }
  if (!whole.aborted) tell({ type: 'lost', absent, reason })
}

/** Tells all that the request was answered so far, again and again, until it is over or `signal` ends it. */
export async function watchAnswer(
  { deps, timers, tell }: Following,
  { request, protocol }: Extract<Effect, { type: 'watch' }>,
  signal: AbortSignal,
): Promise<void> {
  const listener = (await deps.conversations()).listen(protocol)
  let due: (() => void) | undefined
  const say = (ended: boolean) => {
    due = undefined
    if (!signal.aborted) tell({ type: 'heard', request, said: withoutSecrets(listener.said()), ended })
  }
  try {
    for await (const bytes of deps.control.answerBytes(request, signal)) {
      listener.push(bytes)
      due ??= timers.after(HEARD_MS, () => say(false))
    }
  } catch (thrown) {
    // It was over before it could be watched: then its whole answer is there to be asked for.
    if (!(thrown instanceof HubError) || thrown.code !== 'not-found') throw thrown
  } finally {
    due?.()
  }
  say(true)
}
