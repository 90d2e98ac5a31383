// The port: whose it is, and whether it is the one that is written where the agents look.

import { urlOf } from '../daemon-life.js'
import { waysBack } from '../service/way-back.js'
import { listed } from '../words.js'
import { type Finding, note, pass, problem, warning } from './finding.js'
import type { Subject } from './subject.js'

export async function checkPort(subject: Subject): Promise<Finding[]> {
  const { hub, config, cli } = subject
  if (hub.type === 'failed') {
    return [
      problem('hub.answers', hub.error.message, {
        why: 'Without its control socket the hub cannot be asked or stopped.',
        fix: hub.error.detail.hint ?? 'axonhub restart',
      }),
    ]
  }
  const configured = config.type === 'read' ? config.value.config.server.port : undefined
  if (hub.value !== undefined) {
    const { port } = hub.value
    if (configured === undefined || configured === 0 || configured === port) {
      return [pass('hub.answers', `the hub runs on ${urlOf(hub.value)}`)]
    }
    // Whoever gave another port by a flag knows of it.
    const byFlag = hub.value.flags['server.port'] !== undefined
    return [
      pass('hub.answers', `the hub runs on ${urlOf(hub.value)}`),
      (byFlag ? note : warning)('hub.port', `it listens on ${port}, and config.yml says ${configured}`, {
        why: 'After the next start agents that were connected now do not find it.',
        fix: 'axonhub stop && axonhub serve --detach && axonhub init',
      }),
    ]
  }
  const owner =
    configured === undefined || configured === 0 ? undefined : await cli.deps.probes.portOwner(configured)
  if (owner !== undefined) {
    return [
      problem(
        'hub.port',
        `port ${configured} is held by ${owner.command ?? 'a program'} (pid ${owner.pid})`,
        {
          why: 'The hub cannot start there, and connected agents talk to that program, with their key.',
          fix: `Stop it, or set another: AXONHUB_SERVER_PORT, server.port in config.yml; then axonhub init`,
        },
      ),
    ]
  }
  const { start, waiting } = await waysBack(cli)
  if (waiting.length === 0) return [note('hub.answers', 'the hub is off', { fix: start })]
  return [
    warning('hub.answers', `the hub is off, and ${listed(waiting)} ask it`, {
      why: 'They get no answer; Codex waits without end.',
      fix: `${start} (or "axonhub undo": they then do without it)`,
    }),
  ]
}
