// All that the UI knows. Plain values; only update.ts makes new ones.

import type { StatusReply } from '../control/api.js'
import type { QuotaReply } from '../control/quota-schema.js'
import type { Effect } from './effect.js'
import type { NoticeText } from './message.js'
import { type ChannelsState, noChannels } from './screens/channels-state.js'
import { type LiveState, noLive } from './screens/live-state.js'
import { type LogState, noLog } from './screens/log-state.js'
import { noProfiles, type ProfilesState } from './screens/profiles-state.js'
import { noQuota, type QuotaState } from './screens/quota-state.js'
import { noTrace, type TraceState } from './screens/trace-state.js'
import { noUsage, type UsageState } from './screens/usage-state.js'

/** In the order of the tabs. A new screen is a name here, its state below, and an entry in screens/registry.ts. */
export type ScreenId = 'live' | 'trace' | 'quota' | 'channels' | 'profiles' | 'usage' | 'log'

/** What each screen keeps. */
export type ScreenStates = {
  readonly live: LiveState
  readonly trace: TraceState
  readonly quota: QuotaState
  readonly channels: ChannelsState
  readonly profiles: ProfilesState
  readonly usage: UsageState
  readonly log: LogState
}

export type Connection =
  | { readonly type: 'connecting' }
  | { readonly type: 'open' }
  /** It was there; `retryAt`: ms since the epoch. */
  | { readonly type: 'lost'; readonly reason: string; readonly tries: number; readonly retryAt: number }
  /** No hub runs; the user is asked whether to start one. */
  | { readonly type: 'absent' }
  | { readonly type: 'starting' }
  | { readonly type: 'failed'; readonly message: string; readonly hint: string | undefined }

export type Hub = {
  readonly connection: Connection
  /** The newest that is known; null before the first answer. */
  readonly status: StatusReply | null
  readonly quota: QuotaReply | null
  /** Since local midnight. */
  readonly today: {
    readonly cost: number
    readonly tokens: number
    readonly requests: number
    /** Requests whose tokens have no price. */
    readonly unpriced: number
  } | null
  /** When requests of the last minute began, ms since the epoch, oldest first. */
  readonly begun: readonly number[]
  /** When status, quota and today were asked last, ms since the epoch. */
  readonly askedAt: number
}

export type Overlay =
  | { readonly type: 'none' }
  | { readonly type: 'help'; readonly top: number }
  | { readonly type: 'filter' }
  | { readonly type: 'palette'; readonly text: string; readonly index: number }
  | { readonly type: 'confirm'; readonly question: string; readonly effects: readonly Effect[] }

export type Model = {
  /** Of the terminal. */
  readonly columns: number
  readonly rows: number
  /** Ms since the epoch. */
  readonly now: number
  readonly hub: Hub
  readonly screen: ScreenId
  readonly overlay: Overlay
  /** What each screen's list is narrowed by; absent or '' for all. */
  readonly filters: { readonly [screen in ScreenId]?: string }
  readonly notice: (NoticeText & { readonly until: number }) | null
  /** An agent is connected to the hub (`axonhub init`); null: not known. */
  readonly agentConnected: boolean | null
  readonly screens: ScreenStates
}

export type Start = {
  readonly columns: number
  readonly rows: number
  readonly now: number
}

export function firstModel({ columns, rows, now }: Start): Model {
  return {
    columns,
    rows,
    now,
    hub: {
      connection: { type: 'connecting' },
      status: null,
      quota: null,
      today: null,
      begun: [],
      askedAt: 0,
    },
    screen: 'live',
    overlay: { type: 'none' },
    filters: {},
    notice: null,
    agentConnected: null,
    screens: {
      live: noLive(),
      trace: noTrace(),
      quota: noQuota(),
      channels: noChannels(),
      profiles: noProfiles(),
      usage: noUsage(),
      log: noLog(),
    },
  }
}

export type Update = { readonly model: Model; readonly effects: readonly Effect[] }

export function unchanged(model: Model): Update {
  return { model, effects: [] }
}

/** The model with another state of one screen. */
export function withScreen<Id extends ScreenId>(model: Model, id: Id, state: ScreenStates[Id]): Model {
  return { ...model, screens: { ...model.screens, [id]: state } }
}

/** What the shown screen's list is narrowed by, in lower case; '' for nothing. */
export function filterOf(model: Model, screen: ScreenId): string {
  return (model.filters[screen] ?? '').trim().toLowerCase()
}
