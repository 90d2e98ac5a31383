// `serve --demo`: the embedded upstream takes the place of every channel, so nothing leaves the machine.

import type { Channel } from '../config/channels.js'
import type { LoadedConfig } from '../config/load.js'
import { DEMO_MODELS, type DemoUpstream, startDemoUpstream } from '../demo/upstream.js'
import type { HubOptions } from './hub-parts.js'

export function startDemo(options: Pick<HubOptions, 'newId' | 'clock'>): Promise<DemoUpstream> {
  return startDemoUpstream({ newId: options.newId, clock: options.clock })
}

const NAME = 'demo'

function demoChannel(baseUrl: string): Channel {
  return {
    name: NAME,
    provider: undefined,
    title: 'The demo upstream',
    endpoints: [
      { protocol: 'openai-chat', baseUrl: `${baseUrl}/v1`, authStyle: 'none' },
      { protocol: 'openai-responses', baseUrl: `${baseUrl}/v1`, authStyle: 'none' },
      { protocol: 'anthropic-messages', baseUrl, authStyle: 'none' },
      { protocol: 'gemini', baseUrl: `${baseUrl}/v1beta`, authStyle: 'none' },
    ],
    credential: { type: 'none' },
    models: ['*'],
    catalogue: DEMO_MODELS.map((id) => ({ id, context: 200_000 })),
    tags: [],
    priority: 0,
    weight: 1,
    headers: {},
    enabled: true,
    quota: 'off',
    dialects: {},
    families: [],
  }
}

/** Profiles keep their names and mappings; in the place of the channels that they name stands the one that is there. */
export function demoConfiguration(
  loaded: LoadedConfig,
  baseUrl: string,
): { readonly loaded: LoadedConfig; readonly channels: readonly Channel[] } {
  const profiles = Object.fromEntries(
    Object.entries(loaded.config.profiles).map(([name, profile]) => [
      name,
      {
        mappings: profile.mappings.map((mapping) =>
          mapping.channel === undefined ? mapping : { ...mapping, channel: [NAME] },
        ),
      },
    ]),
  )
  return { loaded: { ...loaded, config: { ...loaded.config, profiles } }, channels: [demoChannel(baseUrl)] }
}
