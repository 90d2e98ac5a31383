// Tool ids of this wire match ^[A-Za-z0-9_-]+$ and are unique in a conversation; those of other vendors need not.
// Law: the same id always becomes the same id, and different ids stay different.

import { createHash } from 'node:crypto'

/** An id that Anthropic accepts: valid ones unchanged, others cleaned and marked with a short hash. */
export function toolId(id: string): string {
  if (/^[A-Za-z0-9_-]{1,128}$/.test(id)) return id
  const hash = createHash('sha256').update(id).digest('hex').slice(0, 10)
  const clean = id.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 48)
  return clean === '' ? `toolu_${hash}` : `${clean}_${hash}`
}

/** The ids of one request: a call that repeats an earlier id gets a new one, and results follow the newest call. */
export type CallIds = {
  /** The wire id of a call, in the order of the conversation. */
  call(id: string): string
  /** The wire id that the result of a call must name. */
  result(id: string): string
}

export function callIds(): CallIds {
  const uses = new Map<string, number>()
  const newest = new Map<string, string>()
  return {
    call(id) {
      const seen = uses.get(id) ?? 0
      uses.set(id, seen + 1)
      const given = seen === 0 ? toolId(id) : toolId(`${id}-${seen + 1}`)
      newest.set(id, given)
      return given
    },
    result: (id) => newest.get(id) ?? toolId(id),
  }
}
