// `axonhub trace prune`. The hub does it, beside its work: nobody else writes to the database.

import type { Cli } from '../../cli.js'
import { bytes, many } from '../../words.js'

type Options = {
  /** Ms. */
  readonly olderThan?: number
  /** Bytes. */
  readonly maxSize?: number
  readonly dryRun?: boolean
  readonly json?: boolean
}

/** Throws HubError `daemon-not-running`. */
export async function prune(cli: Cli, { olderThan, maxSize, dryRun = false, json }: Options): Promise<void> {
  const { out } = cli
  const control = await cli.control()
  const pruned = await control.pruneTraces({
    ...(olderThan === undefined ? {} : { olderThanMs: olderThan }),
    ...(maxSize === undefined ? {} : { maxBytes: maxSize }),
    dryRun,
  })
  if (json === true) return out.json(pruned)
  if (pruned.traces + pruned.bodies === 0)
    return out.line(`Nothing to remove; ${bytes(pruned.bytesBefore)} in use.`)
  const what = [
    many(pruned.traces, 'conversation'),
    many(pruned.requests, 'request'),
    pruned.bodies === 1 ? '1 body' : `${pruned.bodies} bodies`,
  ].join(', ')
  out.line(`${dryRun ? 'Would remove' : 'Removed'} ${what}.`)
  out.line(
    `${bytes(pruned.bytesBefore)} in use before, ${dryRun ? 'about ' : ''}${bytes(pruned.bytesAfter)} after.`,
  )
}
