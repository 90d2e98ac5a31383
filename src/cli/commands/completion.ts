// `axonhub completion`: the script for a shell, made from the commands as they are.

import { Argument, type Command } from 'commander'
import type { Cli } from '../cli.js'
import { type CommandNode, completionScript } from '../completion.js'
import { examples } from '../help.js'
import { SHELLS, type Shell } from '../shells.js'

function nodesOf(command: Command, path: string): CommandNode[] {
  const options = command.options
    .filter(({ hidden, long }) => !hidden && long !== undefined && long !== null)
    .map(({ long, description }) => ({ word: long ?? '', what: description }))
  const words = [
    ...command.commands.map((inner) => ({ word: inner.name(), what: inner.description() })),
    ...command.registeredArguments.flatMap(({ argChoices }) =>
      (argChoices ?? []).map((word) => ({ word, what: '' })),
    ),
    ...options,
    { word: '--help', what: 'show help' },
  ]
  const inner = command.commands.flatMap((child) => nodesOf(child, `${path} ${child.name()}`.trim()))
  return [{ path, words }, ...inner]
}

export function configure(command: Command, cli: Cli): void {
  command
    .addArgument(new Argument('<shell>', 'your shell').choices([...SHELLS]))
    .addHelpText(
      'after',
      examples(
        ['eval "$(axonhub completion bash)"', 'in ~/.bashrc'],
        ['eval "$(axonhub completion zsh)"', 'in ~/.zshrc, behind compinit'],
        ['axonhub completion fish > ~/.config/fish/completions/axonhub.fish', ''],
      ),
    )
    .action(async (shell: Shell) => {
      const { wholeProgram } = await import('../program.js')
      cli.out.raw(completionScript(shell, nodesOf(await wholeProgram(cli), '')))
    })
}
