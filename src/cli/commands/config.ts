// `axonhub config`: the one file, checked and explained.

import type { Command } from 'commander'
import type { Cli } from '../cli.js'
import { examples } from '../help.js'

export function configure(command: Command, cli: Cli): void {
  command
    .command('path')
    .description('where the file is')
    .option('--json', 'print JSON')
    .addHelpText('after', examples(['cat "$(axonhub config path)"', '']))
    .action(({ json }: { json?: boolean }) => {
      const path = cli.paths().config
      if (json === true) cli.out.json({ path })
      else cli.out.line(path)
    })
  command
    .command('show')
    .description('every value that is in force; secrets are never shown')
    .option('--origin', 'with where each value comes from: flag, environment, file or default')
    .option('--json', 'print JSON')
    .addHelpText('after', examples(['axonhub config show --origin', '']))
    .action(async (options: { origin?: boolean; json?: boolean }) =>
      (await import('./config/show.js')).showConfig(cli, options),
    )
  command
    .command('check')
    .description('look for mistakes; exit code 1 when there is one')
    .option('--json', 'print JSON')
    .addHelpText('after', examples(['axonhub config check', 'names file, line and column of each mistake']))
    .action(async ({ json }: { json?: boolean }) =>
      (await import('./config/check.js')).checkFile(cli, json === true),
    )
  command
    .command('edit')
    .description('open it in your editor ($VISUAL, $EDITOR) and check what was saved')
    .addHelpText('after', examples(['EDITOR=nano axonhub config edit', '']))
    .action(async () => (await import('./config/edit.js')).editFile(cli))
  command.addHelpText(
    'after',
    examples(['axonhub config show --origin', 'why is it so?'], ['axonhub config edit', '']),
  )
}
