// Everything of the outside that the UI may use; main.ts and the command line make it.

import type { Clock } from '../base/clock.js'
import type { ControlClient } from '../control/client.js'
import type { ControlEvent } from '../control/event-schema.js'
import type { ConversationReader } from './conversation.js'
import type { TerminalEnvironment } from './theme.js'

type Finished = Extract<ControlEvent, { type: 'request-finished' }>
type FinishedUsage = NonNullable<Finished['usage']>
type FinishedPricing = NonNullable<Finished['pricing']>

export type TuiDeps = {
  readonly control: ControlClient
  readonly clock: Clock
  /** Loaded when a conversation is opened. */
  conversations(): Promise<ConversationReader>
  /** US dollars; undefined when the price is not known. `at`: ms since the epoch. */
  costOf(usage: FinishedUsage, pricing: FinishedPricing, model: string, at: number): number | undefined
  readonly env: TerminalEnvironment
  readonly platform: NodeJS.Platform
  /** `axonhub init` has connected an agent. */
  hasAgent(): Promise<boolean>
  /** Starts a hub in the background and waits until it answers. Throws HubError. */
  startHub(): Promise<void>
  /** Writes the conversation as a page, secrets removed; tells its path. With `open`, shows it in the browser. */
  exportTrace(id: string, open: boolean): Promise<string>
}
