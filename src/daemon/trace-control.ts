// What the control socket does with recorded traces beside reading them.

import { HubError } from '../base/errors.js'
import { listQuestion, pruneRequest, usageQuestion } from '../control/trace-api.js'
import type { Recorder } from '../recorder/recorder.js'
import type { ListedTrace, Pruned, UsageRow } from '../store/views.js'

/** Removes what the request says, or what the configuration's limits say when it names none. */
export function pruneTraces(body: unknown, recorder: Recorder): Promise<Pruned> {
  const parsed = pruneRequest.safeParse(body)
  if (!parsed.success) throw new HubError('usage', 'prune wants { olderThanMs?, maxBytes?, dryRun }.')
  return recorder.prune(parsed.data)
}

export function usageOf(query: URLSearchParams, recorder: Recorder): Promise<UsageRow[]> {
  const parsed = usageQuestion.safeParse(Object.fromEntries(query))
  if (!parsed.success) throw new HubError('usage', 'usage wants by=day|model|channel|trace and since=MS.')
  return recorder.query('usage', parsed.data)
}

export function listTraces(query: URLSearchParams, recorder: Recorder): Promise<ListedTrace[]> {
  const parsed = listQuestion.safeParse(Object.fromEntries(query))
  if (parsed.success) return recorder.query('list-traces', parsed.data)
  const names = parsed.error.issues.map(({ path }) => path.join('.')).join(', ')
  throw new HubError('usage', `The list of traces was asked for with a wrong ${names}.`, {
    hint: 'It wants limit=N, before=MS, since=MS, agent=codex|claude-code|other, text, model, channel, status=ok|failed|canceled|running.',
  })
}
