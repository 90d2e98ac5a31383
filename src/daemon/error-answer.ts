// The answer when nothing could be answered: in the asker's protocol, in the form that its agent shows to the user
// without a storm of retries (docs/clients.md).

import { HubError } from '../base/errors.js'
import { isObject, parseJson } from '../base/json.js'
import { formatSse } from '../protocol/sse/format.js'
import type { Exchange, RawAnswer } from './exchange-state.js'
import { headersDown } from './headers.js'
import type { Target } from './target.js'
import { sendJson } from './whole.js'

/**
 * May a provider's own error be passed on byte for byte? Not where it speaks of the hub's credential: agents take a 401 for
 * their own login (Claude Code retries it ten times and says "run /login"). Nor where it is none of the protocol: a page of some proxy
 * says nothing to who reads JSON.
 */
export function isRawWorthy(
  exchange: Exchange,
  raw: RawAnswer,
  error: HubError,
  { ownLogin }: Pick<Target, 'ownLogin'>,
): boolean {
  if (isMisleading(exchange, error)) return false
  if (raw.status < 400 || raw.status > 599 || !isObject(parseJson(raw.body.toString('utf8')))) return false
  if ((raw.status === 401 || raw.status === 403) && !ownLogin) return false
  if (exchange.identity.agent !== 'codex') return true
  // Codex repeats the others four to thirty times and hides the message; as hub errors they are told once. It knows what to
  // say of a limit of its own plan, but sleeps through the Retry-After of any other, however long.
  return raw.status === 400 || raw.status === 413 || (ownLogin && (raw.status === 401 || raw.status === 429))
}

export async function answerRaw(exchange: Exchange, raw: RawAnswer): Promise<void> {
  const headers = headersDown(raw.headers)
  await sendJson(exchange, raw.status, headers, raw.body)
}

/**
 * Of a 404 Claude Code only says that the model it asked for may not exist, whatever the words are: true where that model was asked
 * for, and misleading where a rule led to another one.
 */
function isMisleading({ identity, glance, stream: { asking } }: Exchange, { code }: HubError): boolean {
  const isLed = asking !== undefined && asking.model !== glance.model
  return code === 'unknown-model' && identity.agent === 'claude-code' && isLed
}

export async function answerError(exchange: Exchange, cause: HubError): Promise<void> {
  const error = isMisleading(exchange, cause)
    ? new HubError('upstream-rejected', cause.message, cause.detail)
    : cause
  const { answer, codec, errorContext, glance, identity, baseHeaders } = exchange
  if (answer.committed) {
    const started = exchange.stream.machine?.started ?? false
    const events = codec.server.encodeStreamError(error, { ...errorContext, started })
    await answer.write([events.map(formatSse).join('')])
    answer.end()
    return
  }
  if (identity.agent === 'codex' && glance.stream) {
    const wire = codec.server.encodeError(error, errorContext)
    if (wire.status !== 200) {
      await sendJson(exchange, wire.status, { ...wire.headers }, JSON.stringify(wire.body))
      return
    }
    answer.head(200, { ...baseHeaders, 'content-type': 'text/event-stream' })
    const events = codec.server.encodeStreamError(error, { ...errorContext, started: false })
    answer.commit()
    await answer.write([events.map(formatSse).join('')])
    answer.end()
    return
  }
  const wire = codec.server.encodeError(error, errorContext)
  await sendJson(exchange, wire.status, { ...wire.headers }, JSON.stringify(wire.body))
}
