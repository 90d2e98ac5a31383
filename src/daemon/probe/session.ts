// Where a test asks and on whose behalf, what it may use of the daemon, and what it has used up.

import { HubError } from '../../base/errors.js'
import type { Channel, Endpoint } from '../../config/channels.js'
import type { Capability } from '../../control/card.js'
import type { ProtocolId } from '../../protocol/ids.js'
import type { IrUsage } from '../../protocol/ir/usage.js'
import { totalInput } from '../../protocol/ir/usage.js'
import type { Lesson } from '../../protocol/learning/refused.js'
import type { UpstreamClient } from '../../upstream/client.js'
import { type CredentialSource, credentialHeaders } from '../credentials.js'
import type { Lecture } from '../learned.js'
import { hopHeaders } from '../loop-guard.js'
import type { ProbeAgent } from './agent.js'

/** What a test asks next. */
export type TestStep = {
  readonly protocol: ProtocolId
  readonly capability: Capability
  /** From 1; of so many, as far as every endpoint answers. */
  readonly step: number
  readonly steps: number
}

export type ProbeDeps = {
  readonly upstream: UpstreamClient
  readonly credentials: CredentialSource
  readonly newId: (prefix: string) => string
  readonly clock: { now(): number; monotonic(): number }
  readonly version: string
  /** The mark of the asking hub (loop-guard.ts). */
  readonly instance: string
  /** Told what an upstream refused, for the requests to come. */
  learn(lecture: Lecture): void
  /** Told before each question, for whoever looks on. */
  readonly progress?: (step: TestStep) => void
  /** Estimates the input tokens of a request body. */
  count(body: Uint8Array, protocol: ProtocolId): Promise<number>
}

/** From one agent to one endpoint of a channel. */
export type Way = {
  readonly channel: Channel
  readonly endpoint: Endpoint
  readonly mode: 'relay' | 'convert'
  readonly agent: ProbeAgent
  readonly model: string
  /** The position of the key that is sent, 1 where there is one. */
  readonly key: number
}

export type Spent = { requests: number; inputTokens: number; outputTokens: number }

export type Session = {
  readonly way: Way
  readonly deps: ProbeDeps
  /** Ends the test. */
  readonly signal: AbortSignal
  readonly spent: Spent
  /** Grows: what the upstream refused, so that it is asked without. */
  readonly lessons: Lesson[]
}

/** The longest that one question may be silent, and may take, ms. */
export const PATIENCE_MS = 60_000
export const QUESTION_MS = 180_000

/** Adds what an answer reported. */
export function spend(spent: Spent, usage: IrUsage | undefined): void {
  if (usage === undefined) return
  spent.inputTokens += totalInput(usage)
  spent.outputTokens += usage.output
}

/** The headers of every question: who asks, the channel's own, the credential, and the mark of the hub. */
export async function questionHeaders(
  channel: Channel,
  endpoint: Endpoint,
  deps: Pick<ProbeDeps, 'credentials' | 'version' | 'instance'>,
  key = 1,
): Promise<Record<string, string>> {
  const credential = await credentialHeaders(channel, endpoint, { keyName: '' }, deps.credentials, key)
  return {
    'user-agent': `axonhub/${deps.version}`,
    'content-type': 'application/json',
    ...channel.headers,
    ...credential,
    ...hopHeaders({}, deps.instance, { ownLogin: false, baseUrl: endpoint.baseUrl }),
  }
}

/** The signal, and an end of its own after `ms`, told as `upstream-timeout`. `clear` when the work is done. */
export function within(signal: AbortSignal, ms: number): { readonly signal: AbortSignal; clear(): void } {
  const controller = new AbortController()
  const timer = setTimeout(() => {
    controller.abort(new HubError('upstream-timeout', `It was not done within ${Math.round(ms / 1000)} s.`))
  }, ms)
  return { signal: AbortSignal.any([signal, controller.signal]), clear: () => clearTimeout(timer) }
}
