// Whether the system keeps the hub on, where it was told to.

import { environmentReferences, lingers } from '../service/advice.js'
import { serviceStanding, serviceState } from '../service/standing.js'
import { toolRunner } from '../service/tool.js'
import { type Finding, note, pass, problem, skipped, warning } from './finding.js'
import { isHubErrorOf, runningHub, type Subject } from './subject.js'

/** Starts in a row that say that something is wrong rather than that the machine was busy. */
const MANY_RESTARTS = 20

async function installed(subject: Subject): Promise<Finding[]> {
  const { cli, config } = subject
  const { plan, standing, isCurrent } = serviceStanding(cli)
  if (standing === 'absent') {
    return [
      note('service.installed', 'not installed: the hub is off after a reboot or a crash', {
        fix: 'axonhub service install',
      }),
    ]
  }
  const state = await serviceState(plan, toolRunner(cli.deps.env))
  const findings: Finding[] = []
  if (standing === 'ours' && !isCurrent) {
    findings.push(
      warning('service.current', `${plan.name} starts another version or place of the program`, {
        why: 'After an update of Node or of axonhub it may not start at all.',
        fix: 'axonhub service install',
      }),
    )
  }
  if (!state.manager) {
    findings.push(
      problem(
        'service.manager',
        `the service manager does not answer${state.trouble === undefined ? '' : `: ${state.trouble}`}`,
        {
          why: 'The service is installed and nobody starts it.',
          fix: 'loginctl enable-linger, then log in again',
        },
      ),
    )
  } else if (!state.active) {
    findings.push(
      problem('service.active', `${plan.name} is off`, {
        why: 'Nobody starts the hub again.',
        fix: plan.kind === 'systemd' ? `systemctl --user restart ${plan.name}` : 'axonhub service install',
      }),
    )
  }
  if ((state.restarts ?? 0) > MANY_RESTARTS) {
    findings.push(
      warning('service.restarts', `it was started again ${state.restarts} times`, {
        why: 'Each time running answers were lost.',
        fix: 'axonhub logs',
      }),
    )
  }
  const hub = runningHub(subject)
  if (hub !== undefined && state.active && state.pid !== undefined && state.pid !== hub.pid) {
    findings.push(
      warning('service.keeps', `the hub that runs (pid ${hub.pid}) was started beside the service`, {
        why: 'The service waits for it to end; until then nobody starts this one again.',
        fix: 'axonhub stop',
      }),
    )
  }
  const unseen = config.type === 'read' ? environmentReferences(config.value.config) : []
  if (unseen.length > 0) {
    findings.push(
      warning('service.environment', `the service does not see ${unseen.join(', ')}`, {
        why: 'It is a variable of your shell, and channels take their key from it.',
        fix: `systemctl --user edit ${plan.name}, or keep the key in the keychain: axonhub channel add`,
      }),
    )
  }
  if (plan.kind === 'systemd' && (await lingers(cli)) === false) {
    findings.push(note('service.linger', 'it ends when you log out', { fix: 'loginctl enable-linger' }))
  }
  return findings.length === 0 ? [pass('service.active', `${plan.name} keeps it on`)] : findings
}

export async function checkService(subject: Subject): Promise<Finding[]> {
  try {
    return await installed(subject)
  } catch (thrown) {
    if (isHubErrorOf(thrown, 'unsupported')) return [skipped('service.installed', 'not known on this system')]
    throw thrown
  }
}
