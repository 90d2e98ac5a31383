// What the user has the hub do, as data: each a member here and a case in act.ts. Those that break something off ask first.

/** `key`: for this key alone. */
export type Action =
  /** `name` null: the profile is left. */
  | { readonly type: 'use-profile'; readonly name: string | null; readonly key?: string }
  | { readonly type: 'switch-channel'; readonly name: string; readonly enabled: boolean }
  | { readonly type: 'clear-channel'; readonly name: string }
  /** There may be several at once, of one channel only one. */
  | { readonly type: 'test-channel'; readonly name: string }
  | { readonly type: 'stop-test'; readonly name: string }
  /** Asks the providers; absent: all. */
  | { readonly type: 'refresh-quota'; readonly channel?: string }
  /** Sends a recorded request again; `profile` null: under the one that its key has now. */
  | { readonly type: 'replay'; readonly request: string; readonly profile: string | null }

/** What came of it, in a sentence for the foot of the screen; `trace`: where to look. */
export type Done = { readonly text: string; readonly kind: 'good' | 'info' | 'bad'; readonly trace?: string }

/** As it is told while it takes its time; undefined for what is done in no time. */
export function underWay(action: Action): string | undefined {
  switch (action.type) {
    case 'test-channel':
      return `Asking ${action.name} a dozen questions …`
    case 'refresh-quota':
      return 'Asking the providers what is left …'
    case 'replay':
      return 'Sending the request again …'
    default:
      return undefined
  }
}
