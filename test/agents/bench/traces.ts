// What the hub says about traces, read from `axonhub trace list --json` as a script would.

import { isObject, parseJson, text } from '../../../src/base/json.js'
import type { Hub } from './hub.js'

/** The ids of all traces that the hub recorded. */
export async function traceIds(hub: Hub): Promise<string[]> {
  const listed = await hub.axonhub('trace', 'list', '--json')
  const value = parseJson(listed.stdout)
  if (listed.code !== 0 || !Array.isArray(value)) {
    throw new Error(`axonhub trace list --json ended with ${listed.code}:\n${listed.stdout}${listed.stderr}`)
  }
  return value.filter(isObject).map((trace) => text(trace, 'id') ?? '')
}
