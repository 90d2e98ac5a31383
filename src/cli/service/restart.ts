// A hub that the system keeps is started anew by the system, or it would run beside its service.

import { setTimeout as sleep } from 'node:timers/promises'
import type { Cli } from '../cli.js'
import { statusIfRunning } from '../daemon-life.js'
import { type ServiceState, serviceStanding, serviceState } from './standing.js'
import { toolRunner } from './tool.js'

const PATIENCE_MS = 50_000
const POLL_MS = 100

/** Whether the system keeps the hub with this process id, by a unit that is there. */
async function keeps(cli: Cli, pid: number): Promise<ServiceState | undefined> {
  if (cli.deps.platform !== 'linux') return undefined
  const { plan, standing } = serviceStanding(cli)
  if (standing === 'absent') return undefined
  const state = await serviceState(plan, toolRunner(cli.deps.env))
  return state.pid === pid ? state : undefined
}

/** True when the service was restarted and its new hub answers; false when the hub is not the service's. */
export async function restartService(cli: Cli, pid: number): Promise<boolean> {
  if ((await keeps(cli, pid)) === undefined) return false
  const { plan } = serviceStanding(cli)
  const { code } = await toolRunner(cli.deps.env)({
    command: 'systemctl',
    args: ['--user', 'restart', plan.name],
  })
  if (code !== 0) return false
  const end = cli.deps.clock.monotonic() + PATIENCE_MS
  while (cli.deps.clock.monotonic() < end) {
    const now = await statusIfRunning(cli)
    if (now !== undefined && now.pid !== pid) return true
    await sleep(POLL_MS)
  }
  return false
}
