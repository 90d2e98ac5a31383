// What the control socket does with recorded traces beside reading them.

import { HubError } from '../base/errors.js'
import { FIND_CHARACTERS, type FindReply, findRequest } from '../control/known-secrets.js'
import { listQuestion, pruneRequest, usageQuestion } from '../control/trace-api.js'
import type { Recorder } from '../recorder/recorder.js'
import type { BodyName, BodyQuestion, ListedTrace, Pruned, UsageRow } from '../store/views.js'
import { wholeNumberOf } from './control-call.js'

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

/** Where credentials stand in the text that the question brings. */
export function findKnown(body: unknown, recorder: Recorder): FindReply {
  const parsed = findRequest.safeParse(body)
  if (!parsed.success)
    throw new HubError('usage', `secrets/find wants { text } of ${FIND_CHARACTERS} characters.`)
  return recorder.findKnown(parsed.data.text)
}

const BODY_NAMES: readonly BodyName[] = ['request', 'response', 'upstream-request', 'upstream-response']

/** Which body of the request: `which`, by default what the agent sent, and `attempt`. Throws HubError `usage`. */
export function bodyQuestion(request: string, query: URLSearchParams): BodyQuestion {
  const which = BODY_NAMES.find((name) => name === (query.get('which') ?? 'request'))
  if (which === undefined) throw new HubError('usage', `which must be one of ${BODY_NAMES.join(', ')}.`)
  const attempt = wholeNumberOf(query, 'attempt')
  return { request, which, ...(attempt === undefined ? {} : { attempt }) }
}
