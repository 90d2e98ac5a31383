// The daemon's account of itself: what `axonhub status` and `axonhub explain` show.

import { asHubError, sentence } from '../base/errors.js'
import { formatProblem } from '../config/problem.js'
import type { ExplainReply, ExplainRequest, StatusReply } from '../control/api.js'
import { type Health, restsOf } from '../routing/health.js'
import { assumedFacts } from './facts.js'
import type { HubParts } from './hub-parts.js'
import { PROTOCOL_OF } from './models.js'
import { assumedNeeds } from './needs.js'
import { type Place, placeOf, remoteUrl } from './place.js'
import type { Router } from './router.js'
import { rulesOf } from './routing-table.js'

function activeProfile(parts: HubParts): string | null {
  try {
    return rulesOf(parts.inForce.table(), '').name ?? null
  } catch {
    // The missing profile is told as a warning of the configuration.
    return parts.inForce.loaded().config.active_profile ?? null
  }
}

function restOf(health: Health, channel: string, now: number): StatusReply['channels'][number]['resting'] {
  const rest = restsOf(health, channel, now)[0]
  return rest === undefined ? null : { until: new Date(rest.until).toISOString(), reason: rest.reason }
}

/** What the file says of the address the hub listens on, where that takes a restart. Port 0 is any port. */
export function restartWarnings(
  wanted: Pick<Place, 'asked' | 'port' | 'tls'>,
  here: Pick<Place, 'asked' | 'port' | 'tls'>,
): string[] {
  const told = (name: string, file: string | number, now: string | number) =>
    `server.${name} is ${file} in the file and ${now} here; takes effect after "axonhub restart".`
  return [
    ...(wanted.asked === here.asked ? [] : [told('host', wanted.asked, here.asked)]),
    ...(wanted.port === here.port || wanted.port === 0 ? [] : [told('port', wanted.port, here.port)]),
    ...(wanted.tls?.cert === here.tls?.cert && wanted.tls?.key === here.tls?.key
      ? []
      : [told('tls', wanted.tls?.cert ?? 'not set', here.tls?.cert ?? 'not set')]),
  ]
}

export function statusReport(parts: HubParts, startedAt: string): StatusReply {
  const { options, inForce, recorder, running, secrets, router, place } = parts
  const { config, warnings } = inForce.loaded()
  const stats = recorder.stats()
  return {
    pid: process.pid,
    version: options.version,
    startedAt,
    host: place.host,
    port: place.port,
    remote: remoteUrl(place) ?? null,
    home: options.paths.home,
    demo: options.demo,
    flags: { ...options.flags },
    profile: activeProfile(parts),
    channels: inForce.channels().map((channel) => ({
      name: channel.name,
      enabled: channel.enabled,
      protocols: channel.endpoints.map((endpoint) => endpoint.protocol),
      provider: channel.provider ?? null,
      resting: restOf(router.health(), channel.name, options.clock.now()),
    })),
    keys: [...new Set(parts.keys().values())],
    configError: inForce.error()?.message ?? null,
    warnings: [
      ...warnings.map(formatProblem),
      ...parts.telemetry.warnings(),
      ...restartWarnings(placeOf(config.server, options), place),
      ...(stats.loss === null ? [] : [sentence(stats.loss)]),
    ],
    secrets: secrets.kind,
    requests: running.counts(),
    recorder: {
      state: stats.failure === null ? 'ok' : 'failing',
      queuedBytes: stats.queuedBytes,
      droppedBodies: stats.bodiesDropped,
      error: stats.failure === null ? null : sentence(stats.failure),
      bodies: config.server.capture.bodies,
    },
  }
}

/** What would happen to a request for this model, without sending one. */
export function explainRoute(
  router: Router,
  request: ExplainRequest,
  quotaLeft?: (channel: string) => number | undefined,
): ExplainReply {
  const agent = request.agent ?? 'other'
  try {
    const facts = assumedFacts({ ...request, agent }, quotaLeft)
    const decision = router.decide({
      model: request.model,
      protocol: request.protocol ?? PROTOCOL_OF[agent],
      agent,
      // Explained as for an agent that has its own login; the reasons name the channels that need one.
      caller: { keyName: request.key ?? '', login: {} },
      traceId: '',
      facts,
      needs: () => assumedNeeds(facts),
    })
    return {
      profile: decision.rules.name ?? null,
      model: request.model,
      targets: decision.choices.map((choice) => ({ ...choice, key: choice.key ?? null })),
      reasons: [...decision.reasons],
      error: decision.error === undefined ? null : sentence(decision.error),
    }
  } catch (thrown) {
    return {
      profile: null,
      model: request.model,
      targets: [],
      reasons: [],
      error: sentence(asHubError(thrown)),
    }
  }
}
