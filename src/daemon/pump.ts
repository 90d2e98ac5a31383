// Carries one upstream stream to the agent: pull, write, wait for the reader. Before the first content everything can
// still be taken back; after it an error is an event, and a cut stream never ends clean.

import { HubError } from '../base/errors.js'
import { formatSse } from '../protocol/sse/format.js'
import type { UpstreamAnswer } from '../upstream/client.js'
import { withoutOpening } from './early-head.js'
import type { AttemptResult, Exchange } from './exchange-state.js'
import { advised } from './failure-advice.js'
import type { StreamMachine } from './stream-machine.js'
import { wantReader } from './whole.js'

/** Enough to decide; a provider that sends more before any content is taken at its word. */
const HOLD_BYTES = 256 * 1024

function noteFigures(exchange: Exchange, machine: StreamMachine): void {
  const { outcome } = exchange
  if (machine.usage !== undefined) outcome.usage = machine.usage
  if (machine.stopReason !== undefined) outcome.stopReason = machine.stopReason
  if (machine.content) outcome.firstTokenAt ??= exchange.deps.clock.monotonic()
}

/** A provider that is silent for so long is worth telling. */
const GAP_MS = 2_000
const MOST_GAPS = 50

/** `from`: when the hub was ready for more, so that a slow reader's time does not count. */
function noteGap({ deps, outcome }: Exchange, from: number | undefined): void {
  if (from === undefined) return
  const durationMs = deps.clock.monotonic() - from
  if (durationMs < GAP_MS) return
  outcome.gaps ??= []
  if (outcome.gaps.length < MOST_GAPS) outcome.gaps.push({ from, durationMs })
}

/** Ends a stream that already carries content with an error the agent can read. */
async function endWithError(
  exchange: Exchange,
  machine: StreamMachine,
  error: HubError,
  told: boolean,
): Promise<void> {
  exchange.outcome.error = error
  if (!told) {
    const events = exchange.codec.server.encodeStreamError(error, {
      ...exchange.errorContext,
      started: machine.started,
    })
    await exchange.answer.write([events.map(formatSse).join('')])
  }
  exchange.answer.end()
}

/** Throws only what is not an upstream's fault (the agent hung up: `canceled`). */
export async function pump(
  exchange: Exchange,
  upstream: UpstreamAnswer,
  fresh: StreamMachine,
): Promise<AttemptResult> {
  const { answer } = exchange
  const machine = exchange.stream.openedEarly === true ? withoutOpening(fresh) : fresh
  exchange.stream.machine = machine
  let failure: HubError | undefined
  let heldBytes = 0
  let ended = true
  let readyAt: number | undefined
  try {
    for await (const chunk of upstream.body) {
      noteGap(exchange, readyAt)
      const pieces = machine.push(chunk)
      noteFigures(exchange, machine)
      if (machine.error !== undefined && !answer.committed && !machine.content) {
        ended = false
        break
      }
      const room = answer.write(pieces)
      if (room !== undefined) await room
      readyAt = exchange.deps.clock.monotonic()
      heldBytes += chunk.length
      if (machine.content || heldBytes > HOLD_BYTES) answer.commit()
      if (machine.error !== undefined && machine.endsAtError) {
        ended = false
        break
      }
    }
    if (ended) await finish(exchange, machine)
    failure = machine.error
  } catch (thrown) {
    if (!(thrown instanceof HubError)) throw thrown
    failure = thrown
  } finally {
    upstream.discard()
  }
  noteFigures(exchange, machine)
  if (failure === undefined) {
    answer.end()
    wantReader(exchange)
    return { type: 'answered' }
  }
  if (failure.code === 'canceled') throw failure
  if (!answer.committed && !machine.content) {
    answer.reset()
    return { type: 'failed', error: failure }
  }
  const { asking } = exchange.stream
  const told = machine.error === failure && machine.errorTold
  const now = exchange.deps.clock.now()
  // A hub that was stopped says so itself.
  const isOurs = asking === undefined || exchange.signal.aborted
  const error = isOurs ? failure : advised(failure, asking, now)
  await endWithError(exchange, machine, error, told)
  return { type: 'answered' }
}

async function finish(exchange: Exchange, machine: StreamMachine): Promise<void> {
  const rest = machine.end()
  // A relay's rest is a cut event when the stream was cut; the error that follows must not be glued to it.
  if (machine.error === undefined || machine.errorTold) await exchange.answer.write(rest)
}
