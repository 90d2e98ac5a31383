// `axonhub token`: a key on stdout and nothing else, so that agents can call it. Loads as little as it can.

import type { Command } from 'commander'
import type { Cli } from '../cli.js'
import { examples } from '../help.js'
import { ensureClientKey, noSuchKey, openSecrets, readClientKey } from '../secrets.js'

const DEFAULT_KEY = 'default'

export function configure(command: Command, cli: Cli): void {
  command
    .argument('[key]', 'the name of a key; without it the key "default", made when it is not there yet')
    .addHelpText(
      'after',
      examples(
        ['axonhub token', 'the key for other tools'],
        ['axonhub token codex', 'the key that init gave to Codex'],
        ['curl -H "x-api-key: $(axonhub token)" …', 'in a script'],
      ),
    )
    .action(async (name: string | undefined) => {
      const secrets = await openSecrets(cli)
      const value =
        name === undefined || name === DEFAULT_KEY
          ? await ensureClientKey(cli, secrets, DEFAULT_KEY)
          : await readClientKey(secrets, name)
      if (value === undefined) throw await noSuchKey(cli, name ?? DEFAULT_KEY)
      cli.out.line(value)
    })
}
