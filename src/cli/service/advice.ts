// What a user of the service may stumble over later.

import { userInfo } from 'node:os'
import type { Config } from '../../config/schema.js'
import { parseReference } from '../../secrets/reference.js'
import type { Cli } from '../cli.js'
import { toolRunner } from './tool.js'

/** The variables that the channels take their keys from. */
export function environmentReferences({ channels }: Config): string[] {
  const names = channels
    .filter(({ enabled }) => enabled)
    .flatMap(({ api_key }) => api_key ?? [])
    .map(parseReference)
    .flatMap((reference) => (reference.type === 'env' ? [reference.name] : []))
  return [...new Set(names)]
}

/** Whether the user's services go on without a login; undefined when nobody can tell. */
export async function lingers({ deps }: Cli): Promise<boolean | undefined> {
  const run = toolRunner(deps.env)
  // Without a name it would tell of the machine.
  const args = ['show-user', userInfo().username, '--property=Linger', '--value']
  const { code, stdout } = await run({ command: 'loginctl', args })
  return code === 0 && (stdout === 'yes' || stdout === 'no') ? stdout === 'yes' : undefined
}
