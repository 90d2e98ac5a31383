// `axonhub service`: the system starts the hub at login and again whenever it ends by accident.

import type { Command } from 'commander'
import type { Cli } from '../cli.js'
import { readConfig } from '../config-change.js'
import { statusIfRunning } from '../daemon-life.js'
import { examples } from '../help.js'
import { environmentReferences, lingers } from '../service/advice.js'
import {
  installDiff,
  refuseForeign,
  remove,
  requireManager,
  switchOn,
  writeUnit,
} from '../service/install.js'
import type { ServicePlan } from '../service/plan.js'
import { type ServiceStanding, serviceStanding, serviceState } from '../service/standing.js'
import { toolLine, toolRunner } from '../service/tool.js'
import { pairs, wrapped } from '../table.js'
import { shortPath } from '../words.js'

type InstallOptions = { readonly dryRun?: boolean; readonly start: boolean; readonly json?: boolean }

function showFile({ out }: Cli, standing: ServiceStanding): void {
  const diff = installDiff(standing)
  if (diff === '') out.line(`${standing.plan.file} is as it should be.`)
  else out.raw(diff)
}

function showCalls({ out }: Cli, title: string, calls: ServicePlan['enable']): void {
  out.line(title)
  for (const each of calls) out.line(`  ${toolLine(each)}`)
}

/** The service is on, and its hub has not begun: something is in its way, and its own words say what. */
function showWaiting({ out }: Cli, plan: ServicePlan): void {
  out.line(`${out.style.warn('●')} ${plan.name} is switched on, but its hub does not answer yet.`)
  const where = plan.kind === 'systemd' ? `journalctl --user -u ${plan.name}` : 'axonhub logs'
  out.line(`"${where}" says what it waits for; "axonhub service status" looks again.`)
}

/** What the user should know before it is relied on. */
async function warn(cli: Cli, plan: ServicePlan): Promise<readonly string[]> {
  const names = environmentReferences(readConfig(cli).config)
  const unseen =
    names.length === 0
      ? []
      : [
          `A service does not see the variables of your shell: ${names.join(', ')}. Keep these keys in the keychain ("axonhub channel add" offers it)${plan.kind === 'systemd' ? `, or set them with "systemctl --user edit ${plan.name}"` : ''}.`,
        ]
  const linger =
    plan.kind === 'systemd' && (await lingers(cli)) === false
      ? ['It ends when you log out; "loginctl enable-linger" keeps it on.']
      : []
  return [...unseen, ...linger]
}

async function install(cli: Cli, options: InstallOptions): Promise<void> {
  const { out, deps } = cli
  const run = toolRunner(deps.env)
  const standing = serviceStanding(cli)
  const { plan } = standing
  if (options.json !== true) showFile(cli, standing)
  refuseForeign(standing)
  const warnings = await warn(cli, plan)
  const report = (written: boolean, started: boolean, answers: boolean) =>
    out.json({
      kind: plan.kind,
      name: plan.name,
      file: plan.file,
      written,
      started,
      answers,
      diff: installDiff(standing),
      warnings,
    })
  if (options.dryRun === true) {
    if (options.json === true) return report(false, false, false)
    showCalls(cli, 'and then, to switch it on:', plan.enable)
    for (const text of warnings) for (const line of wrapped(`warning: ${text}`, 78)) out.note(line)
    return out.line('Nothing was written (--dry-run).')
  }
  if (options.start) await requireManager(plan, run)
  const written = await writeUnit(cli, standing)
  const answers = options.start && (await switchOn(cli, plan, run))
  if (options.json === true) return report(written, options.start, answers)
  out.line(`${written ? 'Wrote' : 'Kept'} ${shortPath(plan.file, deps.userHome)}.`)
  if (answers)
    out.line(`${out.style.good('●')} The hub is a service now (${plan.name}); it comes back by itself.`)
  else if (options.start) showWaiting(cli, plan)
  else showCalls(cli, 'To switch it on:', plan.enable)
  for (const text of warnings) for (const line of wrapped(`warning: ${text}`, 78)) out.note(line)
  out.line('"axonhub service uninstall" takes it back.')
}

async function uninstall(cli: Cli, { json }: { json?: boolean }): Promise<void> {
  const { out, deps } = cli
  const standing = serviceStanding(cli)
  const { plan } = standing
  const removed = standing.standing !== 'absent'
  refuseForeign(standing)
  if (removed) await remove(standing, toolRunner(deps.env))
  if (json === true) return out.json({ kind: plan.kind, name: plan.name, file: plan.file, removed })
  if (!removed) return out.line('No service is installed for this home.')
  out.line(`Removed ${shortPath(plan.file, deps.userHome)}; the hub that it kept has ended.`)
  out.line('"axonhub serve --detach" starts one without it.')
}

function words(standing: ServiceStanding['standing'], isCurrent: boolean): string {
  if (standing === 'absent') return 'not installed ("axonhub service install")'
  if (standing === 'foreign') return 'not written by axonhub'
  if (standing === 'changed') return 'changed since it was installed'
  return isCurrent ? 'installed' : 'installed by another version or for another place of the program'
}

async function status(cli: Cli, { json }: { json?: boolean }): Promise<void> {
  const { out, deps } = cli
  const { plan, standing, isCurrent } = serviceStanding(cli)
  const state = await serviceState(plan, toolRunner(deps.env))
  const hub = await statusIfRunning(cli)
  const keepsHub = hub !== undefined && state.pid === hub.pid
  if (standing === 'absent' || !state.active) cli.exit(1)
  if (json === true) {
    return out.json({
      kind: plan.kind,
      name: plan.name,
      file: plan.file,
      standing,
      current: isCurrent,
      manager: state.manager,
      enabled: state.enabled,
      active: state.active,
      pid: state.pid ?? null,
      restarts: state.restarts ?? null,
      keepsHub,
    })
  }
  const running =
    hub === undefined ? 'off' : `pid ${hub.pid}${keepsHub ? ', kept by the service' : ', started without it'}`
  const rows: [string, string][] = [
    ['Service', `${plan.name}: ${words(standing, isCurrent)}`],
    ['File', shortPath(plan.file, deps.userHome)],
    [
      'Manager',
      state.manager ? plan.kind : `does not answer${state.trouble === undefined ? '' : `: ${state.trouble}`}`,
    ],
    [
      'State',
      `${state.active ? 'on' : 'off'}${state.restarts === undefined ? '' : `, started again ${state.restarts} times`}`,
    ],
    ['Hub', running],
  ]
  for (const line of pairs(rows)) out.line(line)
}

export function configure(command: Command, cli: Cli): void {
  command.addHelpText(
    'after',
    examples(
      ['axonhub service install', 'the hub comes back after a crash and a reboot'],
      ['axonhub service status', 'does it keep the hub?'],
    ),
  )
  command
    .command('install')
    .description('let the system start the hub at login, and again when it ends by accident')
    .option('-n, --dry-run', 'show what would be written, and write nothing')
    .option('--no-start', 'write the file and leave the switching on to you')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      examples(['axonhub service install --dry-run', 'look only'], ['axonhub service install', '']),
    )
    .action((options: InstallOptions) => install(cli, options))
  command
    .command('uninstall')
    .description('take back what install wrote')
    .option('--json', 'print JSON')
    .addHelpText('after', examples(['axonhub service uninstall', 'the hub that it kept ends']))
    .action((options: { json?: boolean }) => uninstall(cli, options))
  command
    .command('status')
    .description('whether the service is installed, on, and keeps the hub; exit code 1 when it is not')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      examples(['axonhub service status', ''], ['axonhub service status --json', 'for a script']),
    )
    .action((options: { json?: boolean }) => status(cli, options))
}
