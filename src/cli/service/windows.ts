// The hub as a task of the Windows Task Scheduler. It restarts a failed task after a minute at the soonest. Pure.

import { marked } from './mark.js'
import type { ServiceFacts, ServicePlan } from './plan.js'
import { xmlText } from './xml-text.js'

/** One word of a command line as CommandLineToArgvW reads it. */
export function windowsWord(word: string): string {
  if (word !== '' && !/[\s"]/.test(word)) return word
  return `"${word.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, '$1$1')}"`
}

export function windowsPlan(facts: ServiceFacts, file: string): ServicePlan {
  const [program = '', ...args] = facts.command
  const name = `axonhub${facts.suffix}`
  const domain = facts.env['USERDOMAIN']
  const user = domain === undefined || domain === '' ? facts.user : `${domain}\\${facts.user}`
  const text = facts
    .template('axonhub-task.xml')
    .replaceAll('@HOME_TEXT@', () => xmlText(facts.home))
    .replaceAll('@USER@', () => xmlText(user))
    .replaceAll('@PROGRAM@', () => xmlText(program))
    .replaceAll('@ARGUMENTS@', () => xmlText(args.map(windowsWord).join(' ')))
    .replaceAll('@HOME@', () => xmlText(facts.home))
  const schtasks = (...words: string[]) => ({ command: 'schtasks', args: words })
  return {
    kind: 'windows',
    name,
    file,
    text: marked(text),
    encoding: 'utf16le',
    probe: schtasks('/Query', '/TN', '\\', '/FO', 'LIST'),
    enable: [schtasks('/Create', '/TN', name, '/XML', file, '/F'), schtasks('/Run', '/TN', name)],
    disable: [schtasks('/End', '/TN', name), schtasks('/Delete', '/TN', name, '/F')],
    forget: [],
    look: schtasks('/Query', '/TN', name, '/FO', 'LIST'),
  }
}
