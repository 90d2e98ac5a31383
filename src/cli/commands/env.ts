// `axonhub env`: variables that lead other tools to the hub. Together with `token` the only command that prints a key.

import { type Command, Option } from 'commander'
import { hubVariables as geminiVariables } from '../../agents/gemini/environment.js'
import { hubUrl } from '../agent-setup.js'
import type { Cli } from '../cli.js'
import { requireKey } from '../config-change.js'
import { examples } from '../help.js'
import { ensureClientKey, noSuchKey, openSecrets, readClientKey } from '../secrets.js'
import { exportLine, SHELLS, type Shell, usageLine, usualShell } from '../shells.js'

type Options = { readonly shell?: Shell; readonly key?: string; readonly json?: boolean }

async function keyText(cli: Cli, name: string | undefined): Promise<string> {
  const secrets = await openSecrets(cli)
  if (name === undefined) return ensureClientKey(cli, secrets, 'default')
  requireKey(cli, name)
  const value = await readClientKey(secrets, name)
  if (value === undefined) throw await noSuchKey(cli, name)
  return value
}

export function configure(command: Command, cli: Cli): void {
  command
    .addOption(new Option('-s, --shell <shell>', 'for this shell; default: yours').choices([...SHELLS]))
    .option('-k, --key <name>', 'with this key instead of "default"')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      examples(
        ['eval "$(axonhub env)"', 'in bash and zsh'],
        ['axonhub env --shell fish | source', 'in fish'],
        ['axonhub env --shell powershell | Out-String | iex', 'in PowerShell'],
      ),
    )
    .action(async (options: Options) => {
      const key = await keyText(cli, options.key)
      const url = await hubUrl(cli)
      const variables: Record<string, string> = {
        OPENAI_BASE_URL: `${url}/v1`,
        OPENAI_API_KEY: key,
        ANTHROPIC_BASE_URL: `${url}/anthropic`,
        ANTHROPIC_AUTH_TOKEN: key,
        ...geminiVariables({ hubUrl: url, key }),
        AXONHUB_API_KEY: key,
      }
      if (options.json === true) return cli.out.json(variables)
      const shell = options.shell ?? usualShell(cli.deps.env, cli.deps.platform)
      for (const [name, value] of Object.entries(variables)) cli.out.line(exportLine(shell, name, value))
      cli.out.line(usageLine(shell))
    })
}
