// All checks, in the order in which a person wants to read them.

import { asHubError } from '../../base/errors.js'
import { checkAgents } from './agents.js'
import { checkChannels } from './channels.js'
import { checkConfiguration } from './configuration.js'
import { type Finding, problem } from './finding.js'
import { checkHome } from './home.js'
import { checkInstallation } from './installation.js'
import { checkClock, checkDisk } from './machine.js'
import { checkPort } from './port.js'
import { checkRemote } from './remote.js'
import { checkService } from './service.js'
import { checkStore } from './store.js'
import type { Check, Subject } from './subject.js'

const CHECKS: readonly (readonly [area: string, check: Check])[] = [
  ['installation', checkInstallation],
  ['home', checkHome],
  ['config', checkConfiguration],
  ['hub', checkPort],
  ['remote', checkRemote],
  ['channels', checkChannels],
  ['agents', checkAgents],
  ['service', checkService],
  ['database', checkStore],
  ['disk', checkDisk],
  ['clock', checkClock],
]

/** A check that breaks is a finding, and does not keep the others from being made. */
async function guarded(
  [area, check]: (typeof CHECKS)[number],
  subject: Subject,
): Promise<readonly Finding[]> {
  try {
    return await check(subject)
  } catch (thrown) {
    const error = asHubError(thrown)
    return [
      problem(`${area}.checked`, `could not be checked: ${error.message}`, {
        why: 'What is wrong there stays unknown.',
        fix: error.detail.hint ?? 'AXONHUB_DEBUG=1 axonhub doctor',
      }),
    ]
  }
}

export async function runChecks(subject: Subject): Promise<Finding[]> {
  return (await Promise.all(CHECKS.map((each) => guarded(each, subject)))).flat()
}
