// Whether `init` writes a status line for Claude Code, and which command draws it.

import { statusLineOwner } from '../agents/claude-code/status-line.js'
import { agentContext } from './agent-setup.js'
import { type Cli, homeArguments } from './cli.js'
import { confirm } from './prompt.js'

/** A word for the shell that Claude Code runs commands with. */
function quoted(word: string): string {
  return /^[\w./:\\-]+$/.test(word) ? word : `"${word.replace(/(["\\$`])/g, '\\$1')}"`
}

/** The command that draws Claude Code's status line, with absolute paths. */
function statuslineCommand(cli: Cli): string {
  const { command, args } = cli.deps.self
  return [command, ...args, 'statusline', ...homeArguments(cli)].map(quoted).join(' ')
}

/** The status line to write: what was asked for; else, where there is none and somebody can be asked, what they say. */
export async function wantedStatusline(
  cli: Cli,
  { wanted, mayAsk }: { readonly wanted: boolean | undefined; readonly mayAsk: boolean },
): Promise<string | false | undefined> {
  if (wanted !== undefined) return wanted && statuslineCommand(cli)
  const owner = await statusLineOwner(agentContext(cli))
  if (owner === 'hub') return statuslineCommand(cli)
  if (owner === 'user' || !mayAsk) return undefined
  const question = "Show route, battery, context and cost in Claude Code's status line?"
  return (await confirm(cli, question, true)) ? statuslineCommand(cli) : false
}
