// The two parts of undici that the hub uses. Its index loads fetch, caches and mocks besides: half of what the daemon would
// take to start, and megabytes that it never needs. The version is pinned, so the places are known.

import connect from 'undici/lib/core/connect.js'
import UndiciAgent from 'undici/lib/dispatcher/agent.js'

type Undici = typeof import('undici')

export const Agent: Undici['Agent'] = UndiciAgent
export const buildConnector: Undici['buildConnector'] = connect
