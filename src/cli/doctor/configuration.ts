// config.yml: whether it can be used, and whether keys stand in it in plain text.

import { formatProblem } from '../../config/problem.js'
import { parseReference } from '../../secrets/reference.js'
import { type Finding, note, pass, problem, warning } from './finding.js'
import { runningHub, type Subject } from './subject.js'

export async function checkConfiguration(subject: Subject): Promise<Finding[]> {
  const { config, paths } = subject
  if (config.type === 'failed') {
    return [
      problem('config.valid', config.error.message, {
        why: 'The hub does not start with it; one that runs goes on with the old one.',
        fix: 'axonhub config edit',
      }),
    ]
  }
  const { exists, warnings, config: values } = config.value
  const stale = runningHub(subject)?.configError ?? null
  return [
    pass('config.valid', exists ? 'config.yml is valid' : 'no config.yml: defaults'),
    ...warnings.map((each) =>
      warning('config.warning', formatProblem(each).replace(`${paths.config}:`, 'config.yml:'), {
        why: 'The hub goes on, but hardly as meant.',
        fix: 'axonhub config edit',
      }),
    ),
    ...(stale === null
      ? []
      : [
          problem('config.in-force', 'the hub does not use the file as it is', {
            why: stale,
            fix: 'axonhub config check',
          }),
        ]),
    ...literalKeys(values.channels),
    ...(values.channels.length === 0 && runningHub(subject)?.demo !== true
      ? [note('config.channels', 'no channel yet: nobody can answer', { fix: 'axonhub channel add' })]
      : []),
  ]
}

function literalKeys(
  channels: readonly { readonly name: string; readonly api_key?: readonly string[] }[],
): Finding[] {
  return channels
    .filter(({ api_key }) => (api_key ?? []).some((key) => parseReference(key).type === 'literal'))
    .map(({ name, api_key = [] }) => {
      const isOnly = api_key.length === 1
      const elsewhere = isOnly ? '"channel key" keeps it elsewhere' : 'env:NAME is a variable instead'
      return warning('config.literal-key', `the key of the channel "${name}" stands in config.yml`, {
        why: `It goes along with every copy and backup of the file; ${elsewhere}.`,
        fix: isOnly ? `axonhub channel key ${name}` : 'axonhub config edit',
      })
    })
}
