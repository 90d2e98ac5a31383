// POST …/count_tokens: asked of the upstream where it speaks Anthropic, else (or when it has no such path) counted here, in a
// thread of its own. Claude Code estimates by itself only after a 404, and badly.

import { asHubError } from '../base/errors.js'
import { isObject, number, parseJson } from '../base/json.js'
import { stripEnvelopes } from '../protocol/envelopes.js'
import { spliceModel } from '../protocol/relay.js'
import { readAll } from '../upstream/client.js'
import { authenticate } from './authenticate.js'
import { readBody } from './body.js'
import type { ExchangeQuestion } from './exchange.js'
import type { ExchangeDeps, Route } from './exchange-state.js'
import { type Glance, glanceAt } from './glance.js'
import { headersUp, jsonType } from './headers.js'
import type { HubParts } from './hub-parts.js'
import { type Identity, identify } from './identify.js'
import { hopHeaders, refuseLoop } from './loop-guard.js'
import { requestIdHeader } from './request-id.js'
import type { Target } from './target.js'

const REPLY_LIMIT = 64 * 1024
/** A count is a side question; better an estimate soon than the truth late. */
const PATIENCE_MS = 10_000

async function askUpstream(
  question: ExchangeQuestion,
  deps: ExchangeDeps,
  target: Target,
  { body, glance, shownKey }: { body: Buffer; glance: Glance; shownKey: string | undefined },
): Promise<number | undefined> {
  const { incoming, search } = question
  const settings = deps.settings()
  const url = new URL(`${target.baseUrl}/v1/messages/count_tokens${search}`)
  const own = stripEnvelopes('anthropic-messages', body)
  try {
    const answer = await deps.upstream.send({
      method: 'POST',
      url,
      headers: {
        ...headersUp(incoming.headers, url.hostname, settings.ownHeaders, {
          ownLogin: target.ownLogin,
          shownKey,
        }),
        ...jsonType(incoming.headers),
        ...target.headers,
        ...(await target.credential()),
        ...hopHeaders(incoming.headers, settings.instance, target),
      },
      body: glance.model === target.model ? own : (spliceModel(own, target.model) ?? own),
      signal: AbortSignal.timeout(PATIENCE_MS),
      silenceMs: PATIENCE_MS,
    })
    const reply = parseJson((await readAll(answer.body, REPLY_LIMIT)).toString('utf8'))
    return answer.status === 200 && isObject(reply) ? number(reply, 'input_tokens') : undefined
  } catch (thrown) {
    deps.log.info('count-tokens.local', { channel: target.channel, why: asHubError(thrown).message })
    return undefined
  }
}

/** Throws HubError for a request that no channel serves or that cannot be read. */
export async function countTokens(
  question: ExchangeQuestion,
  deps: ExchangeDeps,
  parts: HubParts,
): Promise<void> {
  const { incoming, outgoing, requestId } = question
  refuseLoop(incoming.headers, deps.settings().instance)
  const caller = authenticate(incoming.headers, undefined, question.keys)
  const body = await readBody(incoming)
  const glance = glanceAt(body)
  const identity: Identity = {
    ...identify(incoming.headers, glance, question.trace, () => deps.newId('at-')),
    purpose: 'count-tokens',
  }
  const route: Route = deps.route({ glance, caller, identity, protocol: 'anthropic-messages' })
  const target = route.targets[0]
  const asked =
    target?.mode === 'relay'
      ? await askUpstream(question, deps, target, { body, glance, shownKey: caller.shownKey })
      : undefined
  const tokens = asked ?? (await parts.tokens.count(body, 'anthropic-messages'))
  const reply = Buffer.from(JSON.stringify({ input_tokens: tokens }))
  outgoing.writeHead(200, {
    'content-type': 'application/json',
    'content-length': String(reply.length),
    ...requestIdHeader(incoming.headers, deps.settings().requestHeader, requestId),
  })
  outgoing.end(reply)
}
