// `axonhub key`: the keys that agents and tools show to the hub. Their text is printed by `axonhub token` alone.

import type { Command } from 'commander'
import { HubError } from '../../base/errors.js'
import { clientKeyEntry, createClientKey, keyPrefix } from '../../secrets/client-key.js'
import type { Cli } from '../cli.js'
import { changeConfig, readConfig, requireKey } from '../config-change.js'
import { examples } from '../help.js'
import { requireName } from '../names.js'
import { profileNamed } from '../profiles.js'
import { readStdin } from '../prompt.js'
import { keepClientKey, openSecrets, readClientKey } from '../secrets.js'
import { table } from '../table.js'

type CreateOptions = {
  readonly value?: string
  readonly valueStdin?: boolean
  readonly profile?: string
  readonly json?: boolean
}

const SHORTEST = 16

/** Throws HubError `usage` for what could not be sent in a header, or guessed. */
function checkedValue(value: string): string {
  if (/^[\x21-\x7e]+$/.test(value) && value.length >= SHORTEST) return value
  throw new HubError(
    'usage',
    `A key has ${SHORTEST} characters or more, without blanks, all of them ASCII.`,
    {
      hint: 'Leave out the value to get a good one.',
    },
  )
}

async function chosenValue(cli: Cli, { value, valueStdin }: CreateOptions): Promise<string> {
  if (value !== undefined && valueStdin === true) {
    throw new HubError('usage', 'Give the key by --value or by --value-stdin, not by both.')
  }
  if (valueStdin === true) return checkedValue(await readStdin(cli))
  return value === undefined ? createClientKey() : checkedValue(value)
}

async function create(cli: Cli, name: string, options: CreateOptions): Promise<void> {
  const { out } = cli
  requireName('key', name)
  if (options.profile !== undefined) profileNamed(readConfig(cli).config, options.profile)
  const secrets = await openSecrets(cli)
  const before = await readClientKey(secrets, name)
  const written = readConfig(cli).config.keys[name]
  // A name in config.yml without its text is one that came from another machine, or was written by hand.
  if (written !== undefined && (before !== undefined || options.profile !== undefined)) {
    throw new HubError('refused', `There is already a key "${name}".`, {
      hint: `Choose another name, or revoke it first: "axonhub key revoke ${name}".`,
    })
  }
  const value = await chosenValue(cli, options)
  try {
    await keepClientKey(cli, secrets, name, value, options.profile)
  } catch (thrown) {
    // A name that the configuration refuses must not leave a secret behind.
    if (readConfig(cli).config.keys[name] === undefined) {
      if (before === undefined) await secrets.delete(clientKeyEntry(name))
      else await secrets.set(clientKeyEntry(name), before)
    }
    throw thrown
  }
  if (options.json === true)
    return out.json({ name, prefix: keyPrefix(value), profile: options.profile ?? written?.profile ?? null })
  out.line(`Made the key "${name}" (${keyPrefix(value)}). "axonhub token ${name}" prints it.`)
}

async function list(cli: Cli, json: boolean): Promise<void> {
  const { config } = readConfig(cli)
  const secrets = await openSecrets(cli)
  const keys = await Promise.all(
    Object.entries(config.keys).map(async ([name, { profile }]) => {
      const value = await readClientKey(secrets, name)
      return { name, prefix: value === undefined ? null : keyPrefix(value), profile: profile ?? null }
    }),
  )
  if (json) return cli.out.json(keys)
  if (keys.length === 0) return cli.out.line('No keys yet: "axonhub init" and "axonhub token" make them.')
  const rows = keys.map(({ name, prefix, profile }) => [
    name,
    prefix ?? 'no text kept here',
    profile ?? `${config.active_profile ?? 'none'} (active)`,
  ])
  const columns = [{ title: 'key' }, { title: 'begins with' }, { title: 'profile', flexible: true }]
  for (const line of table(columns, rows, cli.out.width)) cli.out.line(line)
}

async function revoke(cli: Cli, name: string): Promise<void> {
  requireKey(cli, name, 'axonhub key list')
  const { live } = await changeConfig(cli, [{ type: 'remove-key', name }])
  await (await openSecrets(cli)).delete(clientKeyEntry(name))
  cli.out.line(`Revoked the key "${name}"${live ? '; the running hub refuses it from now on' : ''}.`)
}

export function configure(command: Command, cli: Cli): void {
  command.addHelpText(
    'after',
    examples(
      ['axonhub key create ci --profile cheap', 'a key with its own profile'],
      ['axonhub key list', ''],
      ['axonhub key revoke ci', 'refused from the next request on'],
    ),
  )
  command
    .command('create')
    .description('make a key')
    .argument('<name>', 'its name')
    .option('--value <key>', 'this text (other users may see it in the list of processes)')
    .option('--value-stdin', 'the text that is read from stdin')
    .option('--profile <name>', 'its own profile instead of the active one')
    .option('--json', 'print JSON, without the text of the key')
    .addHelpText(
      'after',
      examples(['axonhub key create ci', ''], ['pass ci | axonhub key create ci --value-stdin', '']),
    )
    .action((name: string, options: CreateOptions) => create(cli, name, options))
  command
    .command('list')
    .description('the keys, without their text')
    .option('--json', 'print JSON')
    .addHelpText('after', examples(['axonhub key list --json', 'for a script']))
    .action(({ json }: { json?: boolean }) => list(cli, json === true))
  command
    .command('revoke')
    .description('take a key away')
    .argument('<name>', 'its name')
    .addHelpText('after', examples(['axonhub key revoke ci', '']))
    .action((name: string) => revoke(cli, name))
}
