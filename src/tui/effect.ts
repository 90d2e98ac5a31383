// What the update asks of the outside, as data: effects.ts runs it and dispatches what comes of it. A new effect is a
// member here, a case there, and an answer in message.ts.

import type { Action } from './action.js'
import type { Message } from './message.js'
import type { UsageGroup } from './screens/usage-state.js'

/** Questions to the hub; each is answered by a message `answer` of the same `of`, or by `failed`. */
export type Question =
  | { readonly of: 'status' }
  | { readonly of: 'quota' }
  /** Whether `axonhub init` has connected an agent. */
  | { readonly of: 'agents' }
  /** Cost and tokens since local midnight. */
  | { readonly of: 'today' }
  | { readonly of: 'traces'; readonly limit: number }
  | { readonly of: 'trace'; readonly id: string }
  /** What a request says and was answered, and its bytes on the wire. */
  | { readonly of: 'conversation'; readonly request: string; readonly protocol: string }
  | { readonly of: 'wire'; readonly request: string }
  /** How the meters went over the last day. */
  | { readonly of: 'quota-history' }
  | { readonly of: 'channels' }
  | { readonly of: 'profiles' }
  /** `since`: ms since the epoch, the beginning of so many days. */
  | { readonly of: 'usage'; readonly by: UsageGroup; readonly days: number; readonly since: number }
  | { readonly of: 'explain'; readonly model: string }

export type Effect =
  /** Connects to the hub and tells every event, until it is lost. */
  | { readonly type: 'follow' }
  /** Tells `retry` after a while. */
  | { readonly type: 'retry-after'; readonly ms: number }
  | { readonly type: 'ask'; readonly question: Question }
  /** Follows the answer of one running request; there is never more than one. */
  | { readonly type: 'watch'; readonly request: string; readonly protocol: string }
  | { readonly type: 'unwatch' }
  | { readonly type: 'start-hub' }
  | { readonly type: 'copy'; readonly text: string; readonly what: string }
  /** Writes the conversation as a page; with `open`, in the browser. */
  | { readonly type: 'export'; readonly trace: string; readonly open: boolean }
  /** Tells `acting` at once, then `acted` or `failed`. */
  | { readonly type: 'act'; readonly action: Action }
  /** Tells `logged` with the last lines of the hub's log and then with the new ones, until `unfollow-log`. */
  | { readonly type: 'follow-log'; readonly lines: number }
  | { readonly type: 'unfollow-log' }
  /** Draws all of the screen anew: something else wrote to the terminal. */
  | { readonly type: 'repaint' }
  | { readonly type: 'quit' }
  /** Not of the outside: a message to the frame and to the other screens, heard before anything else happens. */
  | { readonly type: 'say'; readonly message: Message }
