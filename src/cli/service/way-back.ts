// The shortest true ways back to a hub that is off, and away from it.

import { agents } from '../../agents/registry.js'
import { asHubError } from '../../base/errors.js'
import { filesOf, loadLedger } from '../../edit/ledger.js'
import type { Cli } from '../cli.js'
import { type ServiceStanding, serviceStanding } from './standing.js'

export type WaysBack = {
  /** The command that brings the hub back. */
  readonly start: string
  /** Agents that ask the hub and now wait, by their titles. */
  readonly waiting: readonly string[]
}

function installed(cli: Cli): ServiceStanding | undefined {
  try {
    const standing = serviceStanding(cli)
    return standing.standing === 'absent' ? undefined : standing
  } catch (thrown) {
    if (asHubError(thrown).code === 'unsupported') return undefined
    throw thrown
  }
}

function startCommand(cli: Cli): string {
  const service = installed(cli)
  if (service === undefined) return 'axonhub serve --detach'
  const { plan } = service
  return plan.kind === 'systemd' ? `systemctl --user restart ${plan.name}` : 'axonhub service install'
}

/** A ledger that cannot be read names nobody; `undo` says what is wrong with it. */
async function connected(cli: Cli): Promise<string[]> {
  const ledger = await loadLedger(cli.paths().ledger).catch(() => undefined)
  if (ledger === undefined) return []
  return agents.filter(({ id }) => filesOf(ledger, id).length > 0).map(({ title }) => title)
}

export async function waysBack(cli: Cli): Promise<WaysBack> {
  return { start: startCommand(cli), waiting: await connected(cli) }
}
