// Two providers of the agent's own protocol behind the hub, so that one can fail while the other stands in.

import { SCRIPTS } from '../../support/upstream/task.js'
import { startUpstream, type Upstream } from '../../support/upstream/upstream.js'
import type { Home } from './home.js'
import type { Route } from './upstreams.js'

/** Named in the order in which they are tried. */
export type TwoChannels = { readonly first: Upstream; readonly second: Upstream }

/** Two servers of one maker: what one has sealed the other can open. */
export async function startTwo(route: Route, home: Home): Promise<TwoChannels> {
  const options = { provider: route.provider, scripts: SCRIPTS, folder: home.work }
  return {
    first: await startUpstream({ ...options, server: 'first' }),
    second: await startUpstream({ ...options, server: 'second' }),
  }
}

/** config.yml: `first` before `second`, every name mapped to the route's model. */
export function twoChannelsConfig(
  route: Route,
  urls: { readonly first: string; readonly second: string },
): string {
  const channel = (name: 'first' | 'second', priority: number) =>
    `  - { name: ${name}, endpoints: { ${route.provider.protocol}: "${urls[name]}" }, api_key: sk-${name}, models: ["*"], priority: ${priority} }`
  const mapping = route.model === undefined ? [] : [`    mappings: [{ from: "*", to: ${route.model} }]`]
  return [
    'channels:',
    channel('first', 0),
    channel('second', 1),
    ...(mapping.length === 0 ? [] : ['profiles:', '  all:', ...mapping, 'active_profile: all']),
    '',
  ].join('\n')
}
