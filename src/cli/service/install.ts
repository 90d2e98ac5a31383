// Installs and removes the service. Law: a file that somebody changed or wrote himself is shown and left alone (exit 4).

import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { HubError } from '../../base/errors.js'
import { ensureHome } from '../../config/paths.js'
import { removeIfUnchanged, replaceIfUnchanged } from '../../edit/atomic-write.js'
import { unifiedDiff } from '../../edit/unified-diff.js'
import type { Cli } from '../cli.js'
import { statusIfRunning, stopHub } from '../daemon-life.js'
import type { ServicePlan } from './plan.js'
import { type ServiceStanding, serviceState } from './standing.js'
import { type RunTool, type ToolCall, toolLine } from './tool.js'

function bytesOf(plan: ServicePlan, text: string): Buffer {
  return Buffer.from(plan.encoding === 'utf16le' ? `\uFEFF${text}` : text, plan.encoding)
}

/** What an install would change in the file; empty when nothing. */
export function installDiff({ plan, text }: ServiceStanding): string {
  return unifiedDiff({ path: plan.file, before: text ?? null, after: plan.text, secrets: [] })
}

/** Throws HubError `refused` for a file that is not as we wrote it. */
export function refuseForeign({ plan, standing }: ServiceStanding): void {
  if (standing === 'absent' || standing === 'ours') return
  const why = standing === 'changed' ? 'was changed since it was installed' : 'was not written by axonhub'
  const own =
    plan.kind === 'systemd'
      ? ` Changes of your own belong into "systemctl --user edit ${plan.name}", where they last.`
      : ''
  throw new HubError('refused', `${plan.file} ${why}, so it is left as it is.`, {
    hint: `Move it away and try again.${own}`,
  })
}

async function call(run: RunTool, each: ToolCall): Promise<void> {
  const { code, stdout, stderr } = await run(each)
  if (code === 0) return
  const said = (stderr === '' ? stdout : stderr).split('\n')[0] ?? ''
  throw new HubError('refused', `"${toolLine(each)}" failed${said === '' ? '' : `: ${said}`}`, {
    hint: 'The file is written. "axonhub service status" looks again, "axonhub service uninstall" takes it back.',
  })
}

const WITHOUT: Record<ServicePlan['kind'], string> = {
  systemd:
    'systemd keeps one for each user who is logged in; on a machine where you are not, run "loginctl enable-linger" once and log in again. Without systemd (containers, WSL without it), put "axonhub serve --detach" where your shell or container starts; "axonhub run" starts the hub by itself.',
  launchd: 'Log in at the screen once; until then "axonhub serve --detach" starts the hub.',
  windows: 'The Task Scheduler service must run; until then "axonhub serve --detach" starts the hub.',
}

/** Throws HubError `unsupported` when nobody would start the service. */
export async function requireManager(plan: ServicePlan, run: RunTool): Promise<void> {
  const { manager, trouble } = await serviceState(plan, run)
  if (manager) return
  const words = trouble === undefined ? '' : ` (${trouble})`
  throw new HubError('unsupported', `No service manager answers for you here${words}.`, {
    hint: `Nothing was written. ${WITHOUT[plan.kind]} "--no-start" writes the file all the same.`,
  })
}

/** Writes the file where it is not there as wanted. True when it did. */
export async function writeUnit(cli: Cli, { plan, text, isCurrent }: ServiceStanding): Promise<boolean> {
  if (isCurrent) return false
  ensureHome(cli.paths())
  mkdirSync(dirname(plan.file), { recursive: true })
  const before = text === undefined ? null : bytesOf(plan, text)
  if (await replaceIfUnchanged(plan.file, bytesOf(plan, plan.text), before, { mode: 0o644 })) return true
  throw new HubError('refused', `${plan.file} was changed just now.`, { hint: 'Try again.' })
}

/** How long a start is waited for; a busy machine takes seconds. */
const STARTING_MS = 15_000
/** From when on a service that is not on means that no hub will come: launchd takes a moment, schtasks tells it in the user's language. */
const TAKEN_UP_MS: Record<ServicePlan['kind'], number> = {
  systemd: 0,
  launchd: 2_000,
  windows: STARTING_MS,
}
const POLL_MS = 50

/** Whether a hub answers; waits while the service is on and may still bring one. */
async function begun(cli: Cli, plan: ServicePlan, run: RunTool): Promise<boolean> {
  const { clock } = cli.deps
  const startedAt = clock.monotonic()
  for (;;) {
    if ((await statusIfRunning(cli)) !== undefined) return true
    const waited = clock.monotonic() - startedAt
    if (waited > STARTING_MS) return false
    if (waited >= TAKEN_UP_MS[plan.kind] && !(await serviceState(plan, run)).active) return false
    await sleep(POLL_MS)
  }
}

/** The service takes over: a hub that was started otherwise ends first. True when the new one answers. */
export async function switchOn(cli: Cli, plan: ServicePlan, run: RunTool): Promise<boolean> {
  const running = await statusIfRunning(cli)
  const { pid } = await serviceState(plan, run)
  if (running !== undefined && running.pid !== pid) await stopHub(cli)
  // launchd refuses to load what is loaded.
  if (plan.kind === 'launchd') await run(plan.disable[0] ?? plan.look)
  for (const each of plan.enable) await call(run, each)
  return begun(cli, plan, run)
}

/** The file goes last, so that what failed before can be tried again. */
export async function remove(standing: ServiceStanding, run: RunTool): Promise<void> {
  const { plan, text } = standing
  for (const each of plan.disable) await run(each)
  if (text !== undefined && !(await removeIfUnchanged(plan.file, bytesOf(plan, text)))) {
    throw new HubError('refused', `${plan.file} was changed just now.`, { hint: 'Try again.' })
  }
  for (const each of plan.forget) await run(each)
}
