// `axonhub status`: what the running hub says of itself; exit 3 when none runs.

import type { Command } from 'commander'
import { sentence } from '../../base/errors.js'
import type { Cli } from '../cli.js'
import { statusIfRunning } from '../daemon-life.js'
import { EXIT } from '../exit-codes.js'
import { examples } from '../help.js'
import { showStatus } from '../status-view.js'
import { listed } from '../words.js'

/** What would keep a hub from starting, with what to do about it; null when nothing is known. */
async function obstacle(cli: Cli): Promise<string | null> {
  const trouble = await cli.deps.probes.databaseTrouble(cli.paths().database)
  return trouble === undefined ? null : sentence(trouble)
}

export function configure(command: Command, cli: Cli): void {
  command
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      examples(
        ['axonhub status', 'for a person'],
        ['axonhub status --json', 'for a script; exit code 3 when no hub runs'],
      ),
    )
    .action(async ({ json }: { json?: boolean }) => {
      const status = await statusIfRunning(cli)
      if (status === undefined) cli.exit(EXIT.notRunning)
      const trouble = status === undefined ? await obstacle(cli) : null
      if (json === true) {
        cli.out.json(
          status === undefined
            ? { running: false, home: cli.paths().home, trouble }
            : { running: true, ...status },
        )
      } else if (status === undefined) {
        cli.out.note(`No hub is running for ${cli.paths().home}.`)
        if (trouble !== null) cli.out.note(`None would start: ${trouble}`)
        const { waysBack } = await import('../service/way-back.js')
        const { start, waiting } = await waysBack(cli)
        cli.out.note(`Start it with "${start}".`)
        if (waiting.length > 0)
          cli.out.note(`${listed(waiting)} will wait for it; "axonhub undo" lets them do without.`)
      } else showStatus(cli, status)
    })
}
