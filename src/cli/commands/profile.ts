// `axonhub profile`: which model answers which name.

import type { Command } from 'commander'
import type { Cli } from '../cli.js'
import { examples } from '../help.js'

function repeated(value: string, before: readonly string[] = []): string[] {
  return [...before, value]
}

function words(value: string, before: readonly string[] = []): string[] {
  return [...before, ...value.split(',').map((word) => word.trim())].filter((word) => word !== '')
}

function configureLook(command: Command, cli: Cli): void {
  command
    .command('list')
    .description('all profiles, the active one marked')
    .option('--examples', 'the examples that a profile can begin with')
    .option('--json', 'print JSON')
    .addHelpText('after', examples(['axonhub profile list', ''], ['axonhub profile list --examples', '']))
    .action(async ({ json, examples: shipped }: { json?: boolean; examples?: boolean }) => {
      const { listExamples, listProfiles } = await import('./profile/show.js')
      if (shipped === true) listExamples(cli, json === true)
      else listProfiles(cli, json === true)
    })
  command
    .command('show')
    .description('the mappings of a profile')
    .argument('[name]', 'without it the active one')
    .option('--json', 'print JSON')
    .addHelpText('after', examples(['axonhub profile show cheap', '']))
    .action(async (name: string | undefined, { json }: { json?: boolean }) =>
      (await import('./profile/show.js')).showProfile(cli, name, json === true),
    )
  command
    .command('check')
    .description(
      'who answers each name that the agents ask for, what a conversion loses, whether there is room;\nexit code 1 when nobody answers one',
    )
    .argument('[name]', 'without it the active one')
    .option('--json', 'print JSON')
    .addHelpText('after', examples(['axonhub profile check cheap', '']))
    .action(async (name: string | undefined, { json }: { json?: boolean }) =>
      (await import('./profile/check.js')).checkProfile(cli, name, json === true),
    )
}

function configureChange(command: Command, cli: Cli): void {
  command
    .command('use')
    .description('make a profile the active one, or that of one key')
    .argument('[name]', 'the profile')
    .option('--none', 'leave the profile instead')
    .option('-k, --key <key>', 'for this key alone')
    .option('--now', 'also inside tool loops that are running')
    .addHelpText(
      'after',
      examples(
        ['axonhub profile use cheap', 'from the next request on'],
        ['axonhub profile use cheap --key codex', 'for Codex alone'],
        ['axonhub profile use cheap --now', 'also inside a tool loop that is running'],
        ['axonhub profile use --none', 'names are passed on as they are'],
      ),
    )
    .action(async (name: string | undefined, options: { key?: string; now?: boolean; none?: boolean }) =>
      (await import('./profile/change.js')).useProfile(cli, name, options),
    )
  command
    .command('create')
    .description('make a profile')
    .argument('<name>', 'its name')
    .option('-f, --from <example>', 'begin with an example; "axonhub profile list --examples" shows them')
    .option('-m, --map <from=to[@channel,…]>', 'a mapping; the first that fits is used', repeated)
    .option('--channels <list>', 'only these channels, with commas', words)
    .option('--tags <list>', 'only channels with one of these tags, with commas', words)
    .option('--use', 'make it the active one')
    .addHelpText(
      'after',
      examples(
        ['axonhub profile create cheap --from cheap', 'a copy of an example, for your channels'],
        [
          'axonhub profile create cheap --map "claude-.*=deepseek-flash@deepseek"',
          'every Claude name to one model',
        ],
        [
          'axonhub profile create mix --map gpt-5=kimi-k3 --map "*=deepseek-flash"',
          'one name, then all others',
        ],
      ),
    )
    .action(
      async (
        name: string,
        options: { from?: string; map?: string[]; channels?: string[]; tags?: string[]; use?: boolean },
      ) => (await import('./profile/change.js')).createProfile(cli, name, options),
    )
  command
    .command('edit')
    .description('change a profile in your editor ($VISUAL, $EDITOR); it is checked before it is saved')
    .argument('[name]', 'without it the active one')
    .option('--now', 'also inside tool loops that are running')
    .addHelpText('after', examples(['axonhub profile edit cheap', '']))
    .action(async (name: string | undefined, { now }: { now?: boolean }) =>
      (await import('./profile/edit.js')).editProfile(cli, name, now === true),
    )
  command
    .command('remove')
    .description('take a profile away')
    .argument('<name>', 'the profile')
    .addHelpText('after', examples(['axonhub profile remove cheap', '']))
    .action(async (name: string) => (await import('./profile/change.js')).removeProfile(cli, name))
}

export function configure(command: Command, cli: Cli): void {
  configureLook(command, cli)
  configureChange(command, cli)
  command.addHelpText(
    'after',
    examples(
      ['axonhub profile use cheap', 'switch'],
      ['axonhub profile check', 'does it cover what the agents ask for?'],
    ),
  )
}
