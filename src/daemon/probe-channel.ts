// Tests of channels in a running hub: what was learned and known of the channel is forgotten first, what is found out is
// kept and used from the next request on.

import { HubError } from '../base/errors.js'
import type { Channel } from '../config/channels.js'
import type { ChannelTestReply, ChannelTestRequest } from '../control/api.js'
import type { CapabilityCard } from '../control/card.js'
import { credentialSource, type HubParts } from './hub-parts.js'
import { selfObstacle } from './loop-guard.js'
import { modelsOfChannel } from './probe/models.js'
import { probeChannel } from './probe/probe.js'
import type { ProbeDeps, TestStep } from './probe/session.js'

function probeDeps({ upstream, credentials, tokens, learned, options, instance }: HubParts): ProbeDeps {
  const { newId, clock, version } = options
  return {
    upstream,
    credentials: credentialSource(options, credentials),
    newId,
    clock,
    version,
    instance,
    count: (body, protocol) => tokens.count(body, protocol),
    learn: (lecture) => learned.learn(lecture),
  }
}

/** Throws HubError `not-found`. */
export function channelInForce(parts: HubParts, name: string): Channel {
  const channel = parts.inForce.channels().find((one) => one.name === name)
  if (channel !== undefined) return channel
  throw new HubError('not-found', `There is no channel named ${name}.`, {
    hint: 'See "axonhub channel list".',
  })
}

/** The key that a test asks with, where there are several. */
function firstKey({ credential }: Channel): number | undefined {
  return credential.type === 'secret' && credential.references.length > 1 ? 1 : undefined
}

/** Throws HubError as `probeChannel` does. A channel that answers rests no longer. */
export async function testInForce(
  parts: HubParts,
  name: string,
  request: ChannelTestRequest,
  signal: AbortSignal,
): Promise<ChannelTestReply> {
  const channel = channelInForce(parts, name)
  const obstacle = selfObstacle(channel.endpoints, parts.place)
  if (obstacle !== undefined) return { channel: name, ok: false, note: `not asked, ${obstacle}.`, cards: [] }
  parts.credentials.forget()
  parts.learned.forget(name)
  const startedAt = parts.options.clock.now()
  const progress = (step: TestStep) => parts.tests.note(name, startedAt, step)
  const reply = await probeChannel(
    channel,
    { ...request, signal },
    { ...probeDeps(parts), progress },
  ).finally(() => parts.tests.ended(name))
  for (const card of reply.cards) {
    if (request.depth !== 'text') parts.cards.keep(channel, card)
    if (card.answers)
      parts.router.report({ type: 'succeeded', channel: name, model: card.model, key: firstKey(channel) })
  }
  return reply
}

export function cardsInForce({ cards, inForce }: HubParts): CapabilityCard[] {
  return cards.list(inForce.channels())
}

/** Throws HubError when the provider cannot be asked. */
export async function modelsInForce(parts: HubParts, name: string): Promise<string[]> {
  return modelsOfChannel(channelInForce(parts, name), probeDeps(parts))
}
