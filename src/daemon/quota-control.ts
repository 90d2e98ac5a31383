// What the control socket answers about quota (control/quota-schema.ts).

import { HubError } from '../base/errors.js'
import { type QuotaHistoryReply, quotaHistoryQuestion } from '../control/quota-history.js'
import { type QuotaReply, type RouteReply, refreshRequest } from '../control/quota-schema.js'
import type { Recorder } from '../recorder/recorder.js'
import type { LastRoutes } from './last-routes.js'
import type { QuotaDesk } from './quota-desk.js'

export type QuotaControl = {
  readonly quota: Pick<QuotaDesk, 'reply' | 'told' | 'refresh' | 'history'>
  readonly lastRoutes: Pick<LastRoutes, 'of'>
  readonly recorder: Pick<Recorder, 'query'>
  /** How many tokens a model of a channel takes; undefined: not known. */
  contextOf(channel: string, model: string): number | undefined
}

export function refreshQuota(body: unknown, { quota }: QuotaControl): Promise<QuotaReply> {
  const parsed = refreshRequest.safeParse(body ?? {})
  if (!parsed.success) throw new HubError('usage', 'refresh wants { channel? }.')
  return quota.refresh(parsed.data.channel)
}

export function quotaHistoryOf(query: URLSearchParams, { quota }: QuotaControl): Promise<QuotaHistoryReply> {
  const parsed = quotaHistoryQuestion.safeParse(Object.fromEntries(query))
  if (!parsed.success)
    throw new HubError('usage', 'quota/history wants channel, account, window and since=MS, all optional.')
  return quota.history(parsed.data)
}

/** Of a channel with several accounts the one that is best off pays next. */
export function batteryOf(channel: string | undefined, { accounts }: QuotaReply) {
  const own = accounts.filter(
    (account) => channel !== undefined && account.channels.includes(channel) && account.headline !== null,
  )
  const best = own.toSorted((a, b) => (b.leftPercent ?? -1) - (a.leftPercent ?? -1))[0]
  const meter = best?.meters.find(({ name }) => name === best.headline)
  return {
    charge: best?.charge ?? null,
    leftPercent: best?.leftPercent ?? null,
    window: meter?.window ?? null,
    resetsAt: meter?.resetsAt ?? null,
  }
}

/** A store that is busy must not hold a status line. */
const PATIENCE_MS = 50

function inTime<T>(answer: Promise<T>): Promise<T | undefined> {
  const late = new Promise<undefined>((resolve) => {
    setTimeout(() => resolve(undefined), PATIENCE_MS).unref()
  })
  return Promise.race([answer, late])
}

/** Throws HubError `not-found` while the conversation has no answered turn. */
export async function routeOfTrace(id: string, control: QuotaControl): Promise<RouteReply> {
  const { quota, lastRoutes, recorder } = control
  const stored = await inTime(recorder.query('trace-line', { id }))
  const route =
    lastRoutes.of(id) ??
    (stored === undefined || stored.modelAsked === null
      ? undefined
      : { ...stored, modelAsked: stored.modelAsked })
  if (route === undefined) throw new HubError('not-found', 'This conversation has no answered turn yet.')
  const channel = route.channel ?? undefined
  const modelUsed = route.modelUsed ?? null
  return {
    modelAsked: route.modelAsked,
    modelUsed,
    channel: channel ?? null,
    contextWindow: control.contextOf(channel ?? '', modelUsed ?? route.modelAsked) ?? null,
    costDollars: stored === undefined || stored.unpriced > 0 ? null : stored.dollars,
    ...batteryOf(channel, quota.reply()),
  }
}
