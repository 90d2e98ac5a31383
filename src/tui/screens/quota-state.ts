// What the quota screen keeps: how the meters went over the last day, and where the cursor is. Pure.

import type { QuotaHistoryReply } from '../../control/quota-history.js'
import type { QuotaAccount, QuotaMeter } from '../../control/quota-schema.js'
import { moved } from '../keys.js'
import type { Message } from '../message.js'
import { filterOf, type Model, type Update, unchanged, withScreen } from '../model.js'
import { bodyArea } from '../screen.js'
import { holds, isDue } from './asking.js'

export type QuotaState = {
  readonly history: QuotaHistoryReply | null
  /** The row of the cursor, among those that are shown. */
  readonly cursor: number
  /** Ms since the epoch. */
  readonly askedAt: number
}

export function noQuota(): QuotaState {
  return { history: null, cursor: 0, askedAt: 0 }
}

const EVERY_MS = 15_000

export type MeterRow = {
  readonly account: QuotaAccount
  /** Null: nothing is known but the account's trouble. */
  readonly meter: QuotaMeter | null
  /** The first of its account. */
  readonly isFirst: boolean
}

/** A row for each meter; the one that an account stands or falls with opens its rows. */
export function meterRows(model: Model): MeterRow[] {
  const filter = filterOf(model, 'quota')
  return (
    (model.hub.quota?.accounts ?? [])
      .filter(({ channel, account, plan }) => holds(`${channel} ${account} ${plan ?? ''}`, filter))
      // Of some only a throttle of the moment is known, which says nothing of what is left.
      .filter(({ meters, trouble }) => meters.length > 0 || trouble !== null)
      .flatMap((account): MeterRow[] => {
        const { meters, headline } = account
        if (meters.length === 0) return [{ account, meter: null, isFirst: true }]
        const sorted = [
          ...meters.filter(({ name }) => name === headline),
          ...meters.filter(({ name }) => name !== headline),
        ]
        return sorted.map((meter, index) => ({ account, meter, isFirst: index === 0 }))
      })
  )
}

/** The row of the cursor, which never stands behind the last one. */
export function cursorOf(model: Model, rows: readonly MeterRow[]): number {
  return Math.max(0, Math.min(model.screens.quota.cursor, rows.length - 1))
}

function keyPressed(model: Model, message: Extract<Message, { type: 'key' }>): Update {
  const state = model.screens.quota
  const rows = meterRows(model)
  const cursor = moved(message.key, cursorOf(model, rows), rows.length, bodyArea(model).height)
  if (cursor !== undefined) return unchanged(withScreen(model, 'quota', { ...state, cursor }))
  if (message.key.name !== 'r') return unchanged(model)
  return { model, effects: [{ type: 'act', action: { type: 'refresh-quota' } }] }
}

export function updateQuota(model: Model, message: Message): Update {
  const state = model.screens.quota
  if (message.type === 'key') return keyPressed(model, message)
  if (message.type === 'answer' && message.answer.of === 'quota-history')
    return unchanged(withScreen(model, 'quota', { ...state, history: message.answer.history }))
  const isFresh =
    message.type === 'acted' && message.action.type === 'refresh-quota' && model.screen === 'quota'
  if (!isFresh && !isDue(model, 'quota', message, { askedAt: state.askedAt, everyMs: EVERY_MS }))
    return unchanged(model)
  return {
    model: withScreen(model, 'quota', { ...state, askedAt: model.now }),
    effects: [
      { type: 'ask', question: { of: 'quota' } },
      { type: 'ask', question: { of: 'quota-history' } },
    ],
  }
}
