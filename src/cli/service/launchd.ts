// The hub as an agent of launchd. Pure.

import { join } from 'node:path'
import { marked } from './mark.js'
import type { ServiceFacts, ServicePlan } from './plan.js'
import { xmlText } from './xml-text.js'

export function launchdPlan(facts: ServiceFacts): ServicePlan {
  const { home, userHome, env, command } = facts
  const name = `dev.axonhub.hub${facts.suffix}`
  const file = join(userHome, 'Library', 'LaunchAgents', `${name}.plist`)
  const variables = { AXONHUB_HOME: home, PATH: env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin' }
  const string = (text: string, depth: number) => `${' '.repeat(depth)}<string>${xmlText(text)}</string>`
  const text = facts
    .template('axonhub.plist')
    .replaceAll('@NAME@', name)
    .replaceAll('@ARGUMENTS@', () => command.map((word) => string(word, 4)).join('\n'))
    .replaceAll('@ENVIRONMENT@', () =>
      Object.entries(variables)
        .map(([variable, value]) => `    <key>${variable}</key>\n${string(value, 4)}`)
        .join('\n'),
    )
    .replaceAll('@HOME@', () => xmlText(home))
    .replaceAll('@ERRORS@', () => xmlText(join(facts.logFolder, 'service.log')))
  const domain = `gui/${facts.uid}`
  const launchctl = (...args: string[]) => ({ command: 'launchctl', args })
  return {
    kind: 'launchd',
    name,
    file,
    text: marked(text),
    encoding: 'utf8',
    probe: launchctl('print', domain),
    enable: [launchctl('bootstrap', domain, file)],
    disable: [launchctl('bootout', `${domain}/${name}`)],
    forget: [],
    look: launchctl('print', `${domain}/${name}`),
  }
}
