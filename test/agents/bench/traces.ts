// What the hub says about traces, read from `axonhub trace list --json` as a script would.

import { isObject, number, parseJson, text } from '../../../src/base/json.js'
import type { Hub } from './hub.js'

export type Trace = {
  readonly id: string | undefined
  readonly agent: string | undefined
  readonly failed: number | undefined
}

/** All traces that the hub recorded. */
export async function listTraces(hub: Hub): Promise<Trace[]> {
  const listed = await hub.axonhub('trace', 'list', '--json')
  const value = parseJson(listed.stdout)
  if (listed.code !== 0 || !Array.isArray(value)) {
    throw new Error(`axonhub trace list --json ended with ${listed.code}:\n${listed.stdout}${listed.stderr}`)
  }
  return value
    .filter(isObject)
    .map((trace) => ({ id: text(trace, 'id'), agent: text(trace, 'agent'), failed: number(trace, 'failed') }))
}
