// A request by its id or the beginning of it. Law: who names a conversation instead is told so, with its requests.

import { HubError } from '../../../base/errors.js'
import type { ShownRequest, TraceReader } from '../../../control/trace-reader.js'
import { clockTime } from '../../words.js'

type Reader = Pick<TraceReader, 'showRequest' | 'showTrace'>

/** The newest of a conversation that are named, one in a line. */
const NAMED = 5

function named(requests: readonly ShownRequest[]): string {
  const newest = requests.slice(-NAMED).reverse()
  return newest
    .map(({ id, startedAt, modelAsked }) => `  ${id}  ${clockTime(startedAt)}  ${modelAsked}`)
    .join('\n')
}

/** Throws HubError `usage` when it is a conversation's id or fits several requests, `not-found` when it is nobody's. */
export async function findRequest(reader: Reader, id: string): Promise<ShownRequest> {
  try {
    return await reader.showRequest(id)
  } catch (thrown) {
    if (!(thrown instanceof HubError) || (thrown.code !== 'not-found' && thrown.code !== 'usage'))
      throw thrown
    const trace = await reader.showTrace(id).catch(() => undefined)
    if (trace === undefined) throw thrown
    const requests = trace.turns.flatMap((turn) => turn.requests)
    const more = requests.length > NAMED ? `, the newest ${NAMED} of ${requests.length}` : ''
    throw new HubError('usage', `${id} is a conversation, and this is about one request of it.`, {
      hint: `Name a request${more}:\n${named(requests)}`,
      cause: thrown,
    })
  }
}
