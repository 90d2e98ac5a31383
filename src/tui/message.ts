// Everything that can happen to the UI. The reducer (update.ts) hears nothing else.

import type { ExplainReply, StatusReply } from '../control/api.js'
import type { ChannelsReply } from '../control/channels.js'
import type { ControlEvent } from '../control/event-schema.js'
import type { LogEntry } from '../control/log.js'
import type { ProfilesReply } from '../control/profiles.js'
import type { QuotaHistoryReply } from '../control/quota-history.js'
import type { QuotaReply } from '../control/quota-schema.js'
import type { ListedTrace, ShownTrace, ShownUsage } from '../control/trace-reader.js'
import type { Action, Done } from './action.js'
import type { Conversation, Said } from './conversation.js'
import type { Effect } from './effect.js'
import type { Key } from './keys.js'
import type { ScreenId } from './model.js'
import type { UsageGroup } from './screens/usage-state.js'
import type { WireView } from './wire.js'

type Finished = Extract<ControlEvent, { type: 'request-finished' }>

/** What the hub told, and what an answer cost, US dollars, where that is known. */
export type HubEvent = Exclude<ControlEvent, Finished> | (Finished & { readonly cost?: number })

/** What the hub said to a question. */
export type Answer =
  | { readonly of: 'status'; readonly status: StatusReply }
  | { readonly of: 'quota'; readonly quota: QuotaReply }
  | { readonly of: 'agents'; readonly connected: boolean }
  | { readonly of: 'today'; readonly rows: readonly ShownUsage[] }
  | { readonly of: 'traces'; readonly traces: readonly ListedTrace[] }
  | { readonly of: 'trace'; readonly trace: ShownTrace }
  | { readonly of: 'conversation'; readonly request: string; readonly conversation: Conversation }
  | { readonly of: 'wire'; readonly request: string; readonly wire: WireView }
  | { readonly of: 'quota-history'; readonly history: QuotaHistoryReply }
  | { readonly of: 'channels'; readonly channels: ChannelsReply }
  | { readonly of: 'profiles'; readonly profiles: ProfilesReply }
  | {
      readonly of: 'usage'
      readonly by: UsageGroup
      readonly days: number
      readonly rows: readonly ShownUsage[]
    }
  | { readonly of: 'explain'; readonly explained: ExplainReply }

/** A sentence at the foot of the screen for some seconds. */
export type NoticeText = { readonly kind: 'good' | 'bad' | 'info'; readonly text: string }

export type Message =
  | { readonly type: 'key'; readonly key: Key }
  | { readonly type: 'resize'; readonly columns: number; readonly rows: number }
  /** Ms since the epoch. Every message that is about time is preceded by one. */
  | { readonly type: 'tick'; readonly now: number }
  /** The hub answers: its events follow. */
  | { readonly type: 'connected' }
  /** In the order in which they came; several at once when there are many. */
  | { readonly type: 'events'; readonly events: readonly HubEvent[] }
  /** `absent`: nobody answers at all, as against a hub that went away or refuses. */
  | { readonly type: 'lost'; readonly absent: boolean; readonly reason: string }
  | { readonly type: 'retry' }
  | { readonly type: 'hub-started' }
  | { readonly type: 'answer'; readonly answer: Answer }
  /** The effect did not work; the words are for a person. */
  | { readonly type: 'failed'; readonly effect: Effect; readonly message: string; readonly hint?: string }
  /** What the watched request was answered so far: the newest whole state of it. */
  | {
      readonly type: 'heard'
      readonly request: string
      readonly said: readonly Said[]
      readonly ended: boolean
    }
  /** The hub begins what the user wants, and has done it. */
  | { readonly type: 'acting'; readonly action: Action }
  | { readonly type: 'acted'; readonly action: Action; readonly done: Done }
  /** Lines of the hub's log, oldest first. */
  | { readonly type: 'logged'; readonly entries: readonly LogEntry[] }
  /** No more lines come: the hub is gone. */
  | { readonly type: 'log-ended' }
  | { readonly type: 'notice'; readonly notice: NoticeText }
  /** Shows a screen; every screen hears it, so that it can ask for what it shows. */
  | { readonly type: 'go'; readonly screen: ScreenId }
  | { readonly type: 'open-trace'; readonly trace: string; readonly request?: string }
  /** Asks first; the effects run when the user says yes. */
  | { readonly type: 'confirm'; readonly question: string; readonly effects: readonly Effect[] }
  | { readonly type: 'run'; readonly effects: readonly Effect[] }
