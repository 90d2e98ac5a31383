// The targets of one request, one after the other, until one answers. Before the first content only; what each try told about
// its channel goes to the router, and into the decision with the values that were measured.

import type { HubError } from '../base/errors.js'
import { seatName } from '../routing/order.js'
import type { Failure } from './all-failed.js'
import { attempt } from './attempt.js'
import type { Exchange } from './exchange-state.js'
import { isKeyFault, mayTryNext } from './health-report.js'
import { attemptLearning } from './learned-retry.js'
import type { Target } from './target.js'

/**
 * Which targets a request may still try: at most `most` channels, each with all of its keys, and no other key of a channel
 * that failed with something that no key can help.
 */
function turnstile(most: number) {
  const entered: string[] = []
  const closed: string[] = []
  return {
    obstacle({ channel }: Target): string | undefined {
      if (closed.includes(channel)) return 'not tried, another key would not help'
      if (entered.includes(channel) || entered.length < most) return undefined
      return `not tried, routing.max_attempts is ${most}`
    },
    enter({ channel }: Target) {
      if (!entered.includes(channel)) entered.push(channel)
    },
    close: ({ channel }: Target) => void closed.push(channel),
  }
}

function decided(exchange: Exchange, target: Target, words: string): void {
  exchange.outcome.reasons = [...exchange.outcome.reasons, `channel ${seatName(target)}: ${words}`]
}

/** `failed after 132 ms with status 429, slow down` */
function failedWords(error: HubError, took: number): string {
  const status = error.detail.status === undefined ? '' : ` with status ${error.detail.status}`
  return `failed after ${Math.round(took)} ms${status}, ${error.message}`
}

function noteFailure(exchange: Exchange, target: Target, error: HubError, took: number): void {
  decided(exchange, target, failedWords(error, took))
  exchange.deps.log.warn('upstream.failed', {
    request: exchange.id,
    channel: target.channel,
    ...(target.key === undefined ? {} : { key: target.key }),
    code: error.code,
    status: error.detail.status,
  })
}

function noteAnswer(exchange: Exchange, target: Target, took: number, tries: number): void {
  const { error } = exchange.outcome
  if (error !== undefined) {
    const words = `broke off after ${Math.round(took)} ms, ${error.message}`
    decided(exchange, target, `${words.replace(/\.$/, '')}; content had gone out, so nothing was tried again`)
  } else if (tries > 1) decided(exchange, target, `answered in ${Math.round(took)} ms`)
}

/**
 * Tries the targets in order; what failed, or nothing when the agent was answered. At most `mostChannels` channels are asked
 * (routing.max_attempts); the keys of one channel count once.
 */
export async function tryTargets(exchange: Exchange, mostChannels: number): Promise<readonly Failure[]> {
  const { deps, glance, caller, identity, codec, outcome } = exchange
  const route = deps.route({ glance, caller, identity, protocol: codec.id })
  outcome.reasons = route.reasons
  if (route.profile !== undefined) outcome.profile = route.profile
  const failures: Failure[] = []
  const gate = turnstile(mostChannels)
  let number = 0
  for (const target of route.targets) {
    const obstacle = gate.obstacle(target)
    if (obstacle !== undefined) {
      decided(exchange, target, obstacle)
      continue
    }
    gate.enter(target)
    number += 1
    const startedAt = deps.clock.monotonic()
    const { result, number: last } =
      target.mode === 'relay'
        ? { result: await attempt(exchange, target, number), number }
        : await attemptLearning(exchange, target, number, (one, at) => attempt(exchange, one, at))
    number = last
    const took = deps.clock.monotonic() - startedAt
    if (result.type === 'answered') {
      noteAnswer(exchange, target, took, number)
      route.settled(outcome.error === undefined ? 'answered' : 'failed')
      // A trace that was made up for this request never comes again.
      if (outcome.error === undefined && identity.traceSource !== 'new')
        deps.served(identity.traceId, { channel: target.channel, key: target.key })
      return []
    }
    const { error, raw } = result
    failures.push({ target, error, ...(raw === undefined ? {} : { raw }) })
    noteFailure(exchange, target, error, took)
    if (!mayTryNext(error)) break
    if (!isKeyFault(error)) gate.close(target)
  }
  route.settled('failed')
  return failures
}
