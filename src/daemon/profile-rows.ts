// The profiles as `GET /profiles` tells them: each mapping with how many requests of today it took.

import type { Config, ProfileConfig } from '../config/schema.js'
import type { ProfileRow, ProfilesReply } from '../control/profiles.js'
import { readMatch } from '../routing/rules.js'
import { conditionWords } from '../routing/when.js'
import type { RuleMatch } from '../store/rule-matches.js'
import type { HubParts } from './hub-parts.js'

type Mapping = ProfileConfig['mappings'][number]

/** Ms since the epoch: today's first moment, local time. */
function midnight(now: number): number {
  return new Date(now).setHours(0, 0, 0, 0)
}

/**
 * The position of the mapping that a decision of today named. A file that was edited since may have it at another
 * position; -1: it is there no longer.
 */
function positionOf(mappings: readonly Mapping[], line: string): number {
  const match = readMatch(line)
  if (match === undefined) return -1
  const fits = ({ from, to }: Mapping) => from === match.from && to === match.to
  const named = mappings[match.index]
  return named !== undefined && fits(named) ? match.index : mappings.findIndex(fits)
}

function rowOf(
  name: string,
  profile: ProfileConfig,
  config: Config,
  matches: readonly RuleMatch[],
): ProfileRow {
  const { mappings } = profile
  const counts = mappings.map(() => 0)
  let requestsToday = 0
  let unmatchedToday = 0
  for (const { profile: of, line, requests } of matches) {
    if (of !== name) continue
    requestsToday += requests
    if (line === null) unmatchedToday += requests
    else {
      const position = positionOf(mappings, line)
      if (position >= 0) counts[position] = (counts[position] ?? 0) + requests
    }
  }
  return {
    name,
    active: name === config.active_profile,
    keys: Object.entries(config.keys).flatMap(([key, { profile: own }]) => (own === name ? [key] : [])),
    channels: profile.channels === undefined ? null : [...profile.channels],
    tags: profile.tags === undefined ? null : [...profile.tags],
    mappings: mappings.map(({ from, to, channel, when }, index) => ({
      from,
      to,
      channels: channel === undefined ? null : [...channel],
      when: when === undefined ? null : conditionWords(when),
      matchedToday: counts[index] ?? 0,
    })),
    requestsToday,
    unmatchedToday,
  }
}

/** In the order of the configuration. Rejects with the store's HubError when it cannot be read. */
export async function profileRows(parts: HubParts): Promise<ProfilesReply> {
  const { inForce, recorder, options } = parts
  const now = options.clock.now()
  const matches = await recorder.query('rule-matches', { since: midnight(now) })
  const { config } = inForce.loaded()
  const names = [...new Set([...Object.keys(config.keys), ...parts.keys().values()])]
  return {
    at: new Date(now).toISOString(),
    active: config.active_profile ?? null,
    keys: names.map((name) => {
      const own = config.keys[name]?.profile
      return { name, profile: own ?? config.active_profile ?? null, own: own !== undefined }
    }),
    profiles: Object.entries(config.profiles).map(([name, profile]) => rowOf(name, profile, config, matches)),
  }
}
