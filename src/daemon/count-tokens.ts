// POST …/count_tokens and …:countTokens: asked of the upstream where it speaks the asker's protocol, else (or when it has no
// such path) counted here, in a thread of its own. Claude Code estimates by itself only after a 404, and badly.

import { asHubError } from '../base/errors.js'
import { isObject, number, parseJson } from '../base/json.js'
import { stripEnvelopes } from '../protocol/envelopes.js'
import { withWrappedModel } from '../protocol/gemini/count-request.js'
import { spliceModel } from '../protocol/relay.js'
import { readAll } from '../upstream/client.js'
import { authenticate } from './authenticate.js'
import { readBody } from './body.js'
import type { Endpoint } from './endpoints.js'
import type { ExchangeQuestion } from './exchange.js'
import type { ExchangeDeps, Route } from './exchange-state.js'
import { type Glance, glanceAt } from './glance.js'
import { headersUp, jsonType } from './headers.js'
import type { HubParts } from './hub-parts.js'
import { type Identity, identify } from './identify.js'
import { hopHeaders, refuseLoop } from './loop-guard.js'
import { countUrl } from './operation-url.js'
import { requestIdHeader } from './request-id.js'
import type { Target } from './target.js'

const REPLY_LIMIT = 64 * 1024
/** A count is a side question; better an estimate soon than the truth late. */
const PATIENCE_MS = 10_000

/** The member that has the number. */
const TOLD_AS = { 'anthropic-messages': 'input_tokens', gemini: 'totalTokens' } as const

async function askUpstream(
  question: ExchangeQuestion,
  protocol: keyof typeof TOLD_AS,
  deps: ExchangeDeps,
  target: Target,
  { body, glance, shownKey }: { body: Buffer; glance: Glance; shownKey: string | undefined },
): Promise<number | undefined> {
  const { incoming, search } = question
  const settings = deps.settings()
  const url = countUrl(target, search)
  const own = stripEnvelopes(protocol, body)
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
      body: glance.model === target.model ? own : withModel(own, protocol, target.model),
      signal: AbortSignal.timeout(PATIENCE_MS),
      silenceMs: PATIENCE_MS,
    })
    const reply = parseJson((await readAll(answer.body, REPLY_LIMIT)).toString('utf8'))
    return answer.status === 200 && isObject(reply) ? number(reply, TOLD_AS[protocol]) : undefined
  } catch (thrown) {
    deps.log.info('count-tokens.local', { channel: target.channel, why: asHubError(thrown).message })
    return undefined
  }
}

/** Gemini names the model in the path, and in the body only where that wraps the request. */
function withModel(body: Uint8Array, protocol: keyof typeof TOLD_AS, model: string): Uint8Array {
  return protocol === 'gemini' ? withWrappedModel(body, model) : (spliceModel(body, model) ?? body)
}

/** Throws HubError for a request that no channel serves or that cannot be read. */
export async function countTokens(
  question: ExchangeQuestion,
  { protocol }: Extract<Endpoint, { type: 'count-tokens' }>,
  deps: ExchangeDeps,
  parts: HubParts,
): Promise<void> {
  const { incoming, outgoing, requestId } = question
  refuseLoop(incoming.headers, deps.settings().instance)
  const caller = authenticate(incoming.headers, question.queryKey, question.keys)
  const body = await readBody(incoming)
  const glance = glanceAt(body, [], question.named)
  const identity: Identity = {
    ...identify(incoming.headers, glance, question.trace, () => deps.newId('at-')),
    purpose: 'count-tokens',
  }
  const route: Route = deps.route({ glance, caller, identity, protocol })
  const target = route.targets[0]
  const asked =
    target?.mode === 'relay'
      ? await askUpstream(question, protocol, deps, target, { body, glance, shownKey: caller.shownKey })
      : undefined
  const tokens = asked ?? (await parts.tokens.count(body, protocol))
  const reply = Buffer.from(JSON.stringify({ [TOLD_AS[protocol]]: tokens }))
  outgoing.writeHead(200, {
    'content-type': 'application/json',
    'content-length': String(reply.length),
    ...requestIdHeader(incoming.headers, deps.settings().requestHeader, requestId),
  })
  outgoing.end(reply)
}
