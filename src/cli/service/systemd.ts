// The hub as a unit of systemd's user manager. Pure.

import { join } from 'node:path'
import { memorySettings } from '../../base/memory-settings.js'
import { marked } from './mark.js'
import type { ServiceFacts, ServicePlan } from './plan.js'

/** One word of an ExecStart or Environment line (systemd.syntax(7)): quoted, with specifiers and variables escaped. */
export function systemdWord(word: string, { isCommand }: { readonly isCommand: boolean }): string {
  const escaped = word.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('%', '%%')
  return `"${isCommand ? escaped.replaceAll('$', '$$$$') : escaped}"`
}

/** A path where systemd takes the whole rest of the line. */
function systemdPath(path: string): string {
  return path.replaceAll('%', '%%')
}

export function systemdPlan(facts: ServiceFacts): ServicePlan {
  const { env, userHome, home, command } = facts
  const name = `axonhub${facts.suffix}.service`
  const configured = env['XDG_CONFIG_HOME']
  const folder = configured === undefined || configured === '' ? join(userHome, '.config') : configured
  const memory = Object.entries(memorySettings({})).map(([name, value]) => `${name}=${value}`)
  const variables = [
    `AXONHUB_HOME=${home}`,
    `PATH=${env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin'}`,
    ...memory,
  ]
  const text = facts
    .template('axonhub.service')
    .replaceAll('@NAME@', name)
    .replaceAll('@HOME_TEXT@', systemdPath(home))
    .replaceAll('@HOME@', systemdPath(home))
    .replaceAll('@COMMAND@', () => command.map((word) => systemdWord(word, { isCommand: true })).join(' '))
    .replaceAll('@ENVIRONMENT@', () =>
      variables.map((word) => systemdWord(word, { isCommand: false })).join(' '),
    )
  const systemctl = (...args: string[]) => ({ command: 'systemctl', args: ['--user', ...args] })
  return {
    kind: 'systemd',
    name,
    file: join(folder, 'systemd', 'user', name),
    text: marked(text),
    encoding: 'utf8',
    probe: systemctl('show-environment'),
    enable: [systemctl('daemon-reload'), systemctl('enable', name), systemctl('restart', name)],
    disable: [systemctl('disable', '--now', name)],
    forget: [systemctl('daemon-reload')],
    look: systemctl('show', name, '--property=ActiveState,SubState,UnitFileState,MainPID,NRestarts'),
  }
}
