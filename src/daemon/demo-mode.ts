// `serve --demo`: the embedded upstream takes the place of every channel, so nothing leaves the machine.

import type { Channel } from '../config/channels.js'
import type { LoadedConfig } from '../config/load.js'
import { DEMO_MODELS, type DemoUpstream, startDemoUpstream } from '../demo/upstream.js'
import type { HubOptions } from './hub-parts.js'

export function startDemo(options: Pick<HubOptions, 'newId' | 'clock'>): Promise<DemoUpstream> {
  return startDemoUpstream({ newId: options.newId, clock: options.clock })
}

function demoChannel(baseUrl: string): Channel {
  return {
    name: 'demo',
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

/** Profiles keep their names and mappings; the channels they name are not there in a demo. */
export function demoConfiguration(
  loaded: LoadedConfig,
  baseUrl: string,
): { readonly loaded: LoadedConfig; readonly channels: readonly Channel[] } {
  const profiles = Object.fromEntries(
    Object.entries(loaded.config.profiles).map(([name, profile]) => [
      name,
      {
        mappings: profile.mappings.map(({ from, to, when }) =>
          when === undefined ? { from, to } : { from, to, when },
        ),
      },
    ]),
  )
  return { loaded: { ...loaded, config: { ...loaded.config, profiles } }, channels: [demoChannel(baseUrl)] }
}
