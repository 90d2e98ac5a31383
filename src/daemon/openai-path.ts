// Other paths of the OpenAI API (embeddings and the like): the hub has nothing to convert there, so they are relayed to a
// channel that speaks OpenAI, byte for byte but for the model's name.

import { asHubError, HubError } from '../base/errors.js'
import { parseJson } from '../base/json.js'
import { spliceModel } from '../protocol/relay.js'
import { authenticate } from './authenticate.js'
import { readBody } from './body.js'
import type { ExchangeQuestion } from './exchange.js'
import type { ExchangeDeps, Route } from './exchange-state.js'
import { glanceAt } from './glance.js'
import { headersDown, headersUp, jsonType } from './headers.js'
import { identify } from './identify.js'
import { hopHeaders, refuseLoop } from './loop-guard.js'
import { requestIdHeader } from './request-id.js'
import type { Target } from './target.js'

function speaker(route: Route, path: string): Target {
  const target = route.targets.find(({ protocol }) => protocol.startsWith('openai-'))
  if (target !== undefined) return target
  throw new HubError('unknown-path', `No channel that serves this model has the path ${path}.`, {
    hint: 'Add a channel with an openai-chat endpoint.',
  })
}

/** Throws HubError when there is no channel for it; a provider's error is passed on as it came. */
export async function relayOpenAiPath(
  question: ExchangeQuestion,
  path: string,
  deps: ExchangeDeps,
): Promise<void> {
  const { incoming, outgoing, search, requestId } = question
  const settings = deps.settings()
  refuseLoop(incoming.headers, settings.instance)
  const controller = new AbortController()
  outgoing.once('close', () => controller.abort())
  const caller = authenticate(incoming.headers, undefined, question.keys)
  const body = await readBody(incoming)
  const glance = glanceAt(body)
  const identity = identify(incoming.headers, glance, question.trace, () => deps.newId('at-'))
  const target = speaker(deps.route({ glance, caller, identity, protocol: 'openai-chat' }), path)
  const url = new URL(target.baseUrl + path + search)
  try {
    const answer = await deps.upstream.send({
      method: 'POST',
      url,
      headers: {
        ...headersUp(incoming.headers, url.hostname, settings.ownHeaders, {
          ownLogin: target.ownLogin,
          shownKey: caller.shownKey,
        }),
        ...jsonType(incoming.headers),
        ...target.headers,
        ...(await target.credential()),
        ...hopHeaders(incoming.headers, settings.instance, target),
      },
      body: glance.model === target.model ? body : (spliceModel(body, target.model) ?? body),
      signal: controller.signal,
      silenceMs: settings.silenceMs,
    })
    if (answer.status >= 300 && answer.status < 400) {
      answer.discard()
      throw new HubError(
        'upstream-failed',
        `The provider sends ${path} elsewhere, and the hub does not follow.`,
        {
          hint: 'Check the base URL of the channel.',
        },
      )
    }
    if ((answer.status === 401 || answer.status === 403) && !target.ownLogin) {
      answer.discard()
      throw question.codec.client.decodeError(
        answer.status,
        answer.headers,
        parseJson('{}'),
        deps.clock.now(),
      )
    }
    outgoing.writeHead(answer.status, {
      ...headersDown(answer.headers),
      ...requestIdHeader(incoming.headers, settings.requestHeader, requestId),
    })
    for await (const piece of answer.body) {
      if (!outgoing.write(piece))
        await new Promise<void>((resolve) => outgoing.once('drain', resolve).once('close', resolve))
    }
    outgoing.end()
  } catch (thrown) {
    // After the head has gone out only a broken connection says that the rest is missing.
    if (outgoing.headersSent) outgoing.destroy()
    else throw asHubError(thrown)
  }
}
