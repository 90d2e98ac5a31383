// What the UI knows of the hub as a whole: whether it answers, how it stands, what is left, what today cost. Pure.

import type { Effect } from './effect.js'
import { inputTokens } from './figures.js'
import type { Answer, HubEvent, Message } from './message.js'
import { type Connection, type Hub, type Model, type Update, unchanged } from './model.js'

/** How often status, quota and today are asked, ms. */
const REFRESH_MS = 10_000

const MINUTE_MS = 60_000

/** Requests of the last minute are counted up to this many. */
const MOST_BEGUN = 100_000

const FIRST_WAIT_MS = 250
const LONGEST_WAIT_MS = 8_000

/** How often a hub that nobody started from here is looked for, ms. */
const ABSENT_WAIT_MS = 2_000

/** A hub that is restarted is back before so many tries. */
const ENDED_AFTER = 4

const ENDED_SHOWN_MS = 20_000

function ended(now: number): NonNullable<Model['notice']> {
  return { kind: 'info', text: 'The hub is off; ":" and "hub start" start one.', until: now + ENDED_SHOWN_MS }
}

const asks: readonly Effect[] = [
  { type: 'ask', question: { of: 'status' } },
  { type: 'ask', question: { of: 'quota' } },
  { type: 'ask', question: { of: 'today' } },
  { type: 'ask', question: { of: 'agents' } },
]

/** Asks all of it now. */
export function refresh(model: Model): Update {
  return { model: { ...model, hub: { ...model.hub, askedAt: model.now } }, effects: asks }
}

/** The times that are not older than a minute; the list itself when all are. */
function lastMinute(begun: readonly number[], now: number): readonly number[] {
  const first = begun.findIndex((at) => at > now - MINUTE_MS)
  if (first === 0) return begun
  return first < 0 ? [] : begun.slice(first)
}

export function hubTick(model: Model, now: number): Update {
  const notice = model.notice !== null && model.notice.until <= now ? null : model.notice
  const hub: Hub = { ...model.hub, begun: lastMinute(model.hub.begun, now) }
  const next: Model = { ...model, now, notice, hub }
  const isDue = hub.connection.type === 'open' && now - hub.askedAt >= REFRESH_MS
  return isDue ? refresh(next) : unchanged(next)
}

export function hubEvents(model: Model, events: readonly HubEvent[]): Update {
  const begun = events.flatMap((event) => {
    if (event.type === 'request-started') return [event.startedAt]
    return event.type === 'snapshot' ? event.running.map(({ startedAt }) => startedAt) : []
  })
  if (begun.length === 0) return unchanged(model)
  return unchanged({
    ...model,
    hub: { ...model.hub, begun: [...model.hub.begun, ...begun].slice(-MOST_BEGUN) },
  })
}

export function connectionLost(model: Model, { absent, reason }: Extract<Message, { type: 'lost' }>): Update {
  const { hub, now } = model
  const to = (connection: Connection, ms: number): Update => ({
    model: { ...model, hub: { ...hub, connection } },
    effects: [{ type: 'retry-after', ms }],
  })
  const { connection } = hub
  // Nobody was there when the UI opened: the user decides, and a hub that starts elsewhere is noticed.
  if (absent && hub.status === null) {
    const isAsked = connection.type === 'starting' || connection.type === 'failed'
    return to(isAsked ? connection : { type: 'absent' }, ABSENT_WAIT_MS)
  }
  const tries = connection.type === 'lost' ? connection.tries + 1 : 1
  const ms = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (tries - 1))
  const lost = to({ type: 'lost', reason, tries, retryAt: now + ms }, ms)
  return absent && tries === ENDED_AFTER ? { ...lost, model: { ...lost.model, notice: ended(now) } } : lost
}

export function hubAnswered(model: Model, answer: Answer): Model {
  const { hub } = model
  switch (answer.of) {
    case 'status':
      return { ...model, hub: { ...hub, status: answer.status } }
    case 'agents':
      return { ...model, agentConnected: answer.connected }
    case 'quota':
      return { ...model, hub: { ...hub, quota: answer.quota } }
    case 'today': {
      const { rows } = answer
      const sum = (of: (row: (typeof rows)[number]) => number) =>
        rows.reduce((total, row) => total + of(row), 0)
      const today = {
        cost: sum(({ cost }) => cost),
        tokens: sum(({ usage }) => inputTokens(usage) + usage.output),
        requests: sum(({ requests }) => requests),
        unpriced: sum(({ unpriced }) => unpriced),
      }
      return { ...model, hub: { ...hub, today } }
    }
    default:
      return model
  }
}
