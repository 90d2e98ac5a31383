// Finds OpenCode and the file of its configuration. It keeps logins of its own elsewhere, and none of them is ours.
import { join } from 'node:path'
import type { AgentContext, AgentState } from '../agent.js'
import { exists, holdsMoreThan } from '../config-file.js'

/** OpenCode's folder: below `XDG_CONFIG_HOME`, else `~/.config`. */
function opencodeHome({ env, home }: Pick<AgentContext, 'env' | 'home'>): string {
  const set = env['XDG_CONFIG_HOME']
  return join(set === undefined || set === '' ? join(home, '.config') : set, 'opencode')
}

/** It reads both names; the one that is there is the one that its user edits. */
async function configFileIn(home: string): Promise<string> {
  const commented = join(home, 'opencode.jsonc')
  return (await exists(commented)) ? commented : join(home, 'opencode.json')
}

export async function detectOpencode(context: AgentContext): Promise<AgentState> {
  const home = opencodeHome(context)
  const command = await context.which('opencode')
  return {
    installed: command !== undefined || (await holdsMoreThan(home, ['opencode.json', 'opencode.jsonc'])),
    command,
    version: command === undefined ? undefined : await context.versionOf(command),
    home,
    configFile: await configFileIn(home),
    login: 'none',
  }
}
