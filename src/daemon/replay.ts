// Sends a recorded request again through the life of a request: same reading, routing, conversion and recording. Law: the
// original's conversation does not notice; a replay has a trace of its own, and teaches neither router nor channels.

import { HubError } from '../base/errors.js'
import { REPLAY_HEADER, type ReplayReply, type ReplayRequest, replayRequest } from '../control/replay.js'
import { codecOf } from '../protocol/registry.js'
import { hashKey } from '../secrets/client-key.js'
import type { RecordMessage } from '../store/record.js'
import type { RequestView } from '../store/views.js'
import { type Endpoint, endpointOf } from './endpoints.js'
import { exchange } from './exchange.js'
import type { ExchangeDeps } from './exchange-state.js'
import { traceSettings } from './handlers.js'
import { exchangeDeps, type HubParts, routingQuestion } from './hub-parts.js'
import { askInside } from './inner-door.js'
import { replayHeading, replayRules } from './replay-rules.js'
import type { ProfileRules } from './routing-table.js'

/** An answer is far smaller; this keeps a broken provider from filling the memory. */
const ANSWER_LIMIT = 32 * 1024 * 1024

const KEY_HEADER = 'x-axonhub-key'

/** Throws HubError `refused` with what stands in the way. */
function refuse(message: string, hint: string): never {
  throw new HubError('refused', message, { hint })
}

/** Without what is recorded of the query. */
function pathOf({ path }: RequestView): string {
  return path.split('?', 1)[0] ?? path
}

function generateOf(view: RequestView): Extract<Endpoint, { type: 'generate' }> {
  if (view.outcome === 'running')
    refuse(`The request ${view.id} is still running.`, 'Replay it when it is over.')
  const endpoint = endpointOf(view.method, pathOf(view))
  if (endpoint.type !== 'generate')
    refuse(`${view.method} ${view.path} asks no model for an answer.`, 'Choose a request of a conversation.')
  return endpoint
}

/** The message as a replay's: the trace says what it is, and of which request. */
function marked(message: RecordMessage, id: string): RecordMessage {
  if (message.type !== 'request-started') return message
  return { ...message, traceSource: 'replay', headers: { ...message.headers, [REPLAY_HEADER]: id } }
}

/** Says outright what the reasons hint at: an agent's own login cannot be replayed. */
function withLoginHint(thrown: unknown): unknown {
  const isOurs = thrown instanceof HubError && thrown.message.includes("the agent's own login")
  if (!isOurs) return thrown
  return new HubError(thrown.code, thrown.message, {
    ...thrown.detail,
    hint: 'No credential of an agent is stored, so those channels cannot be asked again; name one with a key: --channel NAME.',
  })
}

type Plan = { readonly id: string; readonly rules: ProfileRules; readonly heading: string }

/** Of the hub's own: nothing that outlives the replay is told to router, channels or lessons. */
function replayDeps(parts: HubParts, { id, rules, heading }: Plan): ExchangeDeps {
  const own = exchangeDeps(parts)
  return {
    ...own,
    record: (message) => own.record(marked(message, id)),
    route(question) {
      try {
        return parts.router.routeUnder(rules, routingQuestion(parts, question), heading)
      } catch (thrown) {
        throw withLoginHint(thrown)
      }
    },
    served: () => undefined,
    report: () => undefined,
    learned: { lessonsFor: own.learned.lessonsFor, learn: () => undefined },
  }
}

/** The query of the address is not recorded; Claude Code always asks with this one (2.1.197, 2.1.328). */
function searchOf({ agent, protocol, path }: RequestView): string {
  if (/:streamGenerateContent(\?|$)/.test(path)) return '?alt=sse'
  return agent === 'claude-code' && protocol === 'anthropic-messages' ? '?beta=true' : ''
}

/** What the agent said of itself, without the marks of hub and conversation. */
function headersOf({ headers }: RequestView, own: Readonly<Record<string, string>>): Record<string, string> {
  const kept = Object.entries(headers).filter(([name]) => !name.startsWith('ah-'))
  return { ...Object.fromEntries(kept), 'content-type': 'application/json', ...own }
}

async function ask(
  parts: HubParts,
  view: RequestView,
  body: Uint8Array,
  plan: Plan,
  signal: AbortSignal,
): Promise<ReplayReply> {
  const { options, inForce } = parts
  const requestId = options.newId('ar-')
  const traceId = options.newId('at-')
  const { protocol, named } = generateOf(view)
  const trace = traceSettings(parts)
  // Good for this one connection, which only this function can reach.
  const key = options.newId('once-')
  const deps = replayDeps(parts, plan)
  const answer = await askInside(
    (incoming, outgoing) =>
      exchange(
        {
          incoming,
          outgoing,
          path: pathOf(view),
          search: searchOf(view),
          codec: codecOf(protocol),
          named,
          requestId,
          keys: new Map([[hashKey(key), view.keyName]]),
          trace,
          maxAttempts: inForce.loaded().config.routing.max_attempts,
        },
        deps,
      ),
    {
      path: pathOf(view),
      headers: headersOf(view, { [KEY_HEADER]: key, [trace.traceHeader.toLowerCase()]: traceId }),
      body,
      signal,
      limit: ANSWER_LIMIT,
    },
  )
  return { requestId, traceId, status: answer.status, answer: answer.body.toString('utf8') }
}

/**
 * `id` may be the beginning of one. Throws HubError: `not-found` for an id or a body that is not there, `refused` when the
 * request cannot be sent again, `profile-missing`. What goes wrong on the way up is an answer like any other.
 */
export async function replay(
  parts: HubParts,
  id: string,
  asked: unknown,
  signal: AbortSignal,
): Promise<ReplayReply> {
  const parsed = replayRequest.safeParse(asked ?? {})
  if (!parsed.success) throw new HubError('usage', 'replay wants { profile?, model?, channel? }.')
  const request: ReplayRequest = parsed.data
  const view = await parts.recorder.query('show-request', { id })
  generateOf(view)
  if (parts.inForce.loaded().config.server.capture.bodies === 'off')
    refuse(
      'Recording is off, so there would be nothing to compare.',
      'Set server.capture.bodies to full or metadata in config.yml.',
    )
  const body = await parts.recorder.query('body', { request: view.id, which: 'request' })
  const rules = replayRules(parts.inForce.table(), view.keyName, request)
  return ask(parts, view, body, { id: view.id, rules, heading: replayHeading(view.id, request) }, signal)
}
