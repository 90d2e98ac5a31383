// The service as it is on this machine: the file that we would write, what stands there, and what the system says of it.

import { readFileSync } from 'node:fs'
import type { Cli } from '../cli.js'
import { type Standing, standingOf } from './mark.js'
import { type ServicePlan, servicePlan } from './plan.js'
import type { RunTool } from './tool.js'

export type ServiceStanding = {
  readonly plan: ServicePlan
  readonly standing: Standing
  /** What stands in the file; undefined when there is none. */
  readonly text: string | undefined
  /** It is what an install would write now. */
  readonly isCurrent: boolean
}

/** What the system's manager says. */
export type ServiceState = {
  /** The manager answers for this user. */
  readonly manager: boolean
  /** Why not, in its own words. */
  readonly trouble: string | undefined
  readonly active: boolean
  readonly enabled: boolean
  readonly pid: number | undefined
  /** How often it was started again; only systemd counts. */
  readonly restarts: number | undefined
}

function readText(plan: ServicePlan): string | undefined {
  try {
    return readFileSync(plan.file, plan.encoding).replace(/^\uFEFF/, '')
  } catch (thrown) {
    if (
      thrown instanceof Error &&
      'code' in thrown &&
      (thrown.code === 'ENOENT' || thrown.code === 'ENOTDIR')
    )
      return undefined
    throw thrown
  }
}

/** Throws HubError `unsupported` on an unknown system. */
export function serviceStanding(cli: Cli): ServiceStanding {
  const plan = servicePlan(cli)
  const text = readText(plan)
  return { plan, text, standing: standingOf(text), isCurrent: text === plan.text }
}

const NOTHING = { active: false, enabled: false, pid: undefined, restarts: undefined }

function numberIn(text: string, pattern: RegExp): number | undefined {
  const found = Number(pattern.exec(text)?.[1])
  return Number.isInteger(found) && found > 0 ? found : undefined
}

function readLook(plan: ServicePlan, text: string): Omit<ServiceState, 'manager' | 'trouble'> {
  switch (plan.kind) {
    case 'systemd':
      return {
        active: /^ActiveState=(active|reloading|activating)$/m.test(text),
        enabled: /^UnitFileState=enabled$/m.test(text),
        pid: numberIn(text, /^MainPID=(\d+)$/m),
        restarts: numberIn(text, /^NRestarts=(\d+)$/m) ?? 0,
      }
    case 'launchd':
      return {
        active: /state = running/.test(text),
        enabled: true,
        pid: numberIn(text, /^\s*pid = (\d+)$/m),
        restarts: undefined,
      }
    case 'windows':
      return { active: /Running/i.test(text), enabled: true, pid: undefined, restarts: undefined }
  }
}

export async function serviceState(plan: ServicePlan, run: RunTool): Promise<ServiceState> {
  const probe = await run(plan.probe)
  if (probe.code !== 0) {
    const trouble = probe.code === undefined ? `${plan.probe.command} cannot be started` : probe.stderr
    return { manager: false, trouble: trouble === '' ? undefined : trouble.split('\n')[0], ...NOTHING }
  }
  const look = await run(plan.look)
  const told = look.code === 0 ? readLook(plan, look.stdout) : NOTHING
  return { manager: true, trouble: undefined, ...told }
}
