// A file that we wrote for the system knows itself: a line in it holds the hash of all the rest, so that whatever somebody
// changed since is seen without a record elsewhere. Pure.

import { createHash } from 'node:crypto'

const PLACE = '@MARK@'
const EMPTY = 'axonhub-sha256 0000000000000000000000000000000000000000000000000000000000000000'
const MARK = /axonhub-sha256 [0-9a-f]{64}/

function markOf(text: string): string {
  return `axonhub-sha256 ${createHash('sha256').update(text.replace(MARK, EMPTY)).digest('hex')}`
}

/** The template's text with the mark in its place. */
export function marked(text: string): string {
  const unmarked = text.replace(PLACE, EMPTY)
  return unmarked.replace(EMPTY, markOf(unmarked))
}

/** `ours`: as we wrote it; `changed`: ours once, and edited since; `foreign`: never ours. */
export type Standing = 'absent' | 'ours' | 'changed' | 'foreign'

export function standingOf(text: string | undefined): Standing {
  if (text === undefined) return 'absent'
  const mark = MARK.exec(text)?.[0]
  if (mark === undefined) return 'foreign'
  return mark === markOf(text) ? 'ours' : 'changed'
}
