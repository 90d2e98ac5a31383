// The two parts of undici that the hub uses. Its index loads fetch, caches and mocks besides: half of what the daemon would
// take to start, and megabytes that it never needs. The version is pinned, so the places are known.

import { createRequire } from 'node:module'

type Undici = typeof import('undici')

const load = createRequire(import.meta.url)

export const Agent: Undici['Agent'] = load('undici/lib/dispatcher/agent.js')
export const buildConnector: Undici['buildConnector'] = load('undici/lib/core/connect.js')
