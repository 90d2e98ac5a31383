// `axonhub` without a command where no terminal is: how things stand, and the next steps.

import type { Cli } from './cli.js'
import { readConfig } from './config-change.js'
import { statusIfRunning } from './daemon-life.js'
import { showStatus } from './status-view.js'
import { hasAgent } from './terminal-ui.js'
import { shortPath } from './words.js'

type Next = readonly [command: string, what: string]

async function nextSteps(cli: Cli, running: boolean, hasChannels: boolean): Promise<Next[]> {
  const steps: Next[] = []
  if (!hasChannels) steps.push(['axonhub channel add', 'add a provider (or try "axonhub serve --demo")'])
  if (!running) steps.push(['axonhub serve --detach', 'start the hub'])
  if (!(await hasAgent(cli))) steps.push(['axonhub init', 'connect Codex and Claude Code'])
  return steps.length > 0 ? steps : [['axonhub trace list', 'see what the agents asked']]
}

export async function overview(cli: Cli): Promise<void> {
  const { out, deps } = cli
  const status = await statusIfRunning(cli)
  const channels = status === undefined ? readConfig(cli).config.channels.length : status.channels.length
  if (status === undefined) {
    out.line(`${out.style.dim('○')} ${out.style.bold('axonhub')} ${deps.version}: no hub is running`)
    out.line(`Home  ${shortPath(cli.paths().home, deps.userHome)}`)
  } else showStatus(cli, status)
  out.line()
  const steps = await nextSteps(cli, status !== undefined, channels > 0)
  out.line(steps.length > 1 ? 'Next steps:' : 'Next step:')
  for (const [command, what] of steps) out.line(`  ${out.style.accent(command.padEnd(24))}  ${what}`)
  out.line()
  out.line('All commands: axonhub --help. In a terminal, axonhub alone shows requests as they run.')
}
