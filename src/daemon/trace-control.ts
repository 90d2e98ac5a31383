// What the control socket does with recorded traces beside reading them.

import { HubError } from '../base/errors.js'
import { pruneRequest } from '../control/trace-api.js'
import type { Recorder } from '../recorder/recorder.js'
import type { Pruned } from '../store/views.js'

/** Removes what the request says, or what the configuration's limits say when it names none. */
export function pruneTraces(body: unknown, recorder: Recorder): Promise<Pruned> {
  const parsed = pruneRequest.safeParse(body)
  if (!parsed.success) throw new HubError('usage', 'prune wants { olderThanMs?, maxBytes?, dryRun }.')
  return recorder.prune(parsed.data)
}
