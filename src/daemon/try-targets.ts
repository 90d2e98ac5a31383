// The targets of one request, one after the other, until one answers. Before the first content only; what each try told about
// its channel goes to the router, and into the decision with the values that were measured.

import type { HubError } from '../base/errors.js'
import { seatName } from '../routing/order.js'
import type { Failure } from './all-failed.js'
import { attempt } from './attempt.js'
import type { AttemptResult, Exchange, Route } from './exchange-state.js'
import { isKeyFault, mayTryNext } from './health-report.js'
import { attemptLearning } from './learned-retry.js'
import type { Target } from './target.js'

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

/** The tries of one request: all that needs no waiting, because the frame of an async function lives as long as its request. */
class Tries {
  readonly failures: Failure[] = []
  /** That of the last attempt. */
  number = 0
  private readonly route: Route
  private at = 0
  private startedAt = 0
  /** Channels that were asked, and those of which no other key would help. */
  private readonly entered: string[] = []
  private readonly closed: string[] = []

  constructor(
    private readonly exchange: Exchange,
    private readonly mostChannels: number,
  ) {
    const { deps, glance, caller, identity, codec, outcome } = exchange
    this.route = deps.route({ glance, caller, identity, protocol: codec.id })
    outcome.reasons = this.route.reasons
    if (this.route.profile !== undefined) outcome.profile = this.route.profile
  }

  /** The next target that may still be tried; undefined when none is left, and then the router knows that nobody answered. */
  next(): Target | undefined {
    for (;;) {
      const target = this.route.targets[this.at]
      this.at += 1
      if (target === undefined) {
        this.route.settled('failed')
        return undefined
      }
      const obstacle = this.obstacle(target)
      if (obstacle === undefined) {
        if (!this.entered.includes(target.channel)) this.entered.push(target.channel)
        this.number += 1
        this.startedAt = this.exchange.deps.clock.monotonic()
        return target
      }
      decided(this.exchange, target, obstacle)
    }
  }

  async learning(target: Target): Promise<AttemptResult> {
    const { exchange } = this
    const { result, number } = await attemptLearning(exchange, target, this.number, (one, at) =>
      attempt(exchange, one, at),
    )
    this.number = number
    return result
  }

  /** Takes note of the end of a try; true when the request is answered. */
  isAnswered(target: Target, result: AttemptResult): boolean {
    const { exchange, startedAt, number, route } = this
    const took = exchange.deps.clock.monotonic() - startedAt
    if (result.type === 'answered') {
      const { deps, identity, outcome } = exchange
      noteAnswer(exchange, target, took, number)
      route.settled(outcome.error === undefined ? 'answered' : 'failed')
      // A trace that was made up for this request never comes again.
      if (outcome.error === undefined && identity.traceSource !== 'new')
        deps.served(identity.traceId, { channel: target.channel, key: target.key })
      return true
    }
    const { error, raw } = result
    this.failures.push({ target, error, ...(raw === undefined ? {} : { raw }) })
    noteFailure(exchange, target, error, took)
    if (!mayTryNext(error)) this.at = route.targets.length
    else if (!isKeyFault(error)) this.closed.push(target.channel)
    return false
  }

  /** At most so many channels are asked, each with all of its keys, but for those whose failure no key can help. */
  private obstacle({ channel }: Target): string | undefined {
    const { closed, entered, mostChannels } = this
    if (closed.includes(channel)) return 'not tried, another key would not help'
    if (entered.includes(channel) || entered.length < mostChannels) return undefined
    return `not tried, routing.max_attempts is ${mostChannels}`
  }
}

/**
 * Tries the targets in order; what failed, or nothing when the agent was answered. At most `mostChannels` channels are asked
 * (routing.max_attempts); the keys of one channel count once.
 */
export async function tryTargets(exchange: Exchange, mostChannels: number): Promise<readonly Failure[]> {
  const tries = new Tries(exchange, mostChannels)
  for (let target = tries.next(); target !== undefined; target = tries.next()) {
    const result =
      target.mode === 'relay' ? await attempt(exchange, target, tries.number) : await tries.learning(target)
    if (tries.isAnswered(target, result)) return []
  }
  return tries.failures
}
