// `axonhub channel`: the providers that answer.

import { type Command, InvalidArgumentError, Option } from 'commander'
import type { Cli } from '../cli.js'
import { examples } from '../help.js'
import type { AddOptions } from './channel/add.js'
import type { KeyOptions } from './channel/key.js'
import type { TestOptions } from './channel/test.js'

/** Repeatable and with commas. */
function words(value: string, before: readonly string[] = []): string[] {
  return [...before, ...value.split(',').map((word) => word.trim())].filter((word) => word !== '')
}

function repeated(value: string, before: readonly string[] = []): string[] {
  return [...before, value]
}

function wholeNumber(value: string): number {
  if (/^-?\d{1,4}$/.test(value)) return Number(value)
  throw new InvalidArgumentError('It is a whole number; lower is tried first.')
}

function configureAdd(command: Command, cli: Cli): void {
  command
    .command('add')
    .description('add a provider; asks for what is missing')
    .argument('[provider]', 'a known provider, for example deepseek; without it: --endpoint')
    .option('--provider <provider>', 'the same as the argument')
    .option('-n, --name <name>', "the channel's name; default: the provider's")
    .option(
      '--api-key-env <variable>',
      'the key is in this variable of the environment of the hub; several keys take turns',
      repeated,
    )
    .option('--api-key-stdin', 'the key is read from stdin and kept with the secrets')
    .option(
      '-e, --endpoint <protocol=url>',
      'base URL for openai-chat, openai-responses, anthropic-messages or gemini',
      repeated,
    )
    .addOption(
      new Option('--auth <way>', "client: forward the agent's login; login: read its file").choices([
        'client',
        'login',
      ]),
    )
    .option('--models <list>', 'exact ids or globs that it serves, with commas', words)
    .option('--tags <list>', 'with commas', words)
    .option('--priority <number>', 'lower is tried first; default 0', wholeNumber)
    .option('--no-test', 'do not ask it anything')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      examples(
        ['axonhub channel add', 'choose from a list'],
        ['axonhub channel add deepseek --api-key-env DEEPSEEK_API_KEY', 'the key stays in the environment'],
        ['axonhub channel add deepseek --api-key-env ONE --api-key-env TWO', 'two keys that take turns'],
        ['pass deepseek | axonhub channel add deepseek --api-key-stdin', 'the key is kept in the keychain'],
        ['axonhub channel add -n local -e openai-chat=http://127.0.0.1:11434/v1', 'a server of your own'],
      ),
    )
    .action(async (provider: string | undefined, options: AddOptions) =>
      (await import('./channel/add.js')).addChannel(cli, provider, options),
    )
}

function configureLook(command: Command, cli: Cli): void {
  command
    .command('list')
    .description('the channels in the order of the configuration')
    .option('--json', 'print JSON')
    .addHelpText('after', examples(['axonhub channel list', '']))
    .action(async ({ json }: { json?: boolean }) =>
      (await import('./channel/list.js')).listChannels(cli, json === true),
    )
  command
    .command('test')
    .description('find out what it can do for agents; exit code 1 when an endpoint does not answer')
    .argument('[name]', 'one channel; without it all that are enabled')
    .addOption(
      new Option('--as <agent>', 'only as this agent asks; default: each endpoint once').choices([
        'codex',
        'claude',
      ]),
    )
    .option('--model <id>', 'the model to ask; default: the first that the channel names')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      examples(
        ['axonhub channel test deepseek', 'about a dozen real requests, 10k tokens'],
        ['axonhub channel test deepseek --as claude', "what Claude Code's requests would meet"],
      ),
    )
    .action(async (name: string | undefined, options: TestOptions) =>
      (await import('./channel/test.js')).testChannels(cli, name, options),
    )
  command
    .command('models')
    .description('the model ids that the provider lists')
    .argument('<name>', 'the channel')
    .option('--json', 'print JSON')
    .addHelpText('after', examples(['axonhub channel models deepseek', '']))
    .action(async (name: string, { json }: { json?: boolean }) =>
      (await import('./channel/list.js')).listModels(cli, name, json === true),
    )
}

function configureChange(command: Command, cli: Cli): void {
  for (const [verb, enabled] of [
    ['enable', true],
    ['disable', false],
  ] as const) {
    command
      .command(verb)
      .description(enabled ? 'use the channel again' : 'keep the channel, but do not use it')
      .argument('<name>', 'the channel')
      .addHelpText('after', examples([`axonhub channel ${verb} deepseek`, 'from the next request on']))
      .action(async (name: string) => (await import('./channel/change.js')).enableChannel(cli, name, enabled))
  }
  command
    .command('key')
    .description('give the channel another key, and ask it once')
    .argument('<name>', 'the channel')
    .option('--api-key-env <variable>', 'the key is in this variable of the environment of the hub')
    .option('--api-key-stdin', 'the key is read from stdin and kept with the secrets')
    .option('--no-test', 'do not ask it anything')
    .addHelpText(
      'after',
      examples(
        ['axonhub channel key deepseek', 'asks for it; it is not shown'],
        ['pass deepseek | axonhub channel key deepseek --api-key-stdin', ''],
      ),
    )
    .action(async (name: string, options: KeyOptions) =>
      (await import('./channel/key.js')).replaceKey(cli, name, options),
    )
  command
    .command('remove')
    .description('take the channel and its stored key away')
    .argument('<name>', 'the channel')
    .addHelpText('after', examples(['axonhub channel remove deepseek', '']))
    .action(async (name: string) => (await import('./channel/change.js')).removeChannel(cli, name))
}

export function configure(command: Command, cli: Cli): void {
  configureAdd(command, cli)
  configureLook(command, cli)
  configureChange(command, cli)
  command.addHelpText(
    'after',
    examples(['axonhub channel add', 'the way to begin'], ['axonhub channel test', 'do all of them answer?']),
  )
}
