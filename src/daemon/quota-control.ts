// What the control socket answers about quota (control/quota-schema.ts).

import { HubError } from '../base/errors.js'
import { type QuotaHistoryReply, quotaHistoryQuestion } from '../control/quota-history.js'
import { type QuotaReply, type RouteReply, refreshRequest } from '../control/quota-schema.js'
import type { LastRoutes } from './last-routes.js'
import type { QuotaDesk } from './quota-desk.js'

export type QuotaControl = {
  readonly quota: Pick<QuotaDesk, 'reply' | 'refresh' | 'history'>
  readonly lastRoutes: Pick<LastRoutes, 'of'>
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

/** Throws HubError `not-found` while the conversation has no answered turn. */
export function routeOfTrace(id: string, control: QuotaControl): RouteReply {
  const { quota, lastRoutes } = control
  const route = lastRoutes.of(id)
  if (route === undefined) throw new HubError('not-found', 'This conversation has no answered turn yet.')
  return {
    modelAsked: route.modelAsked,
    modelUsed: route.modelUsed ?? null,
    channel: route.channel ?? null,
    contextWindow: control.contextOf(route.channel ?? '', route.modelUsed ?? route.modelAsked) ?? null,
    ...batteryOf(route.channel, quota.reply()),
  }
}
