// What all checks look at, read once.

import type { AgentContext } from '../../agents/agent.js'
import { asHubError, type HubError } from '../../base/errors.js'
import type { LoadedConfig } from '../../config/load.js'
import type { Paths } from '../../config/paths.js'
import type { StatusReply } from '../../control/api.js'
import { agentContext } from '../agent-setup.js'
import type { Cli } from '../cli.js'
import { readConfig } from '../config-change.js'
import { statusIfRunning } from '../daemon-life.js'
import type { Finding } from './finding.js'

type Read<T> =
  | { readonly type: 'read'; readonly value: T }
  | { readonly type: 'failed'; readonly error: HubError }

export type Subject = {
  readonly cli: Cli
  readonly paths: Paths
  readonly context: AgentContext
  readonly config: Read<LoadedConfig>
  /** Undefined when no hub runs. */
  readonly hub: Read<StatusReply | undefined>
}

/** The hub that answers, when one does. */
export function runningHub({ hub }: Subject): StatusReply | undefined {
  return hub.type === 'read' ? hub.value : undefined
}

async function read<T>(act: () => T | Promise<T>): Promise<Read<T>> {
  try {
    return { type: 'read', value: await act() }
  } catch (thrown) {
    return { type: 'failed', error: asHubError(thrown) }
  }
}

export async function readSubject(cli: Cli): Promise<Subject> {
  return {
    cli,
    paths: cli.paths(),
    context: agentContext(cli),
    config: await read(() => readConfig(cli)),
    hub: await read(() => statusIfRunning(cli)),
  }
}

export type Check = (subject: Subject) => Promise<readonly Finding[]>

export function isHubErrorOf(thrown: unknown, code: HubError['code']): boolean {
  return asHubError(thrown).code === code
}
