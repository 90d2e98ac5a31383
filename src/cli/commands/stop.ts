// `axonhub stop`: the hub takes nothing new, lets running answers end, and goes.

import type { Command } from 'commander'
import type { Cli } from '../cli.js'
import { stopHub } from '../daemon-life.js'
import { examples } from '../help.js'

export function configure(command: Command, cli: Cli): void {
  command
    .addHelpText('after', examples(['axonhub stop', 'running answers may end first, 30 s at most']))
    .action(async () => {
      const { pid } = await stopHub(cli)
      cli.out.line(`The hub (pid ${pid}) has stopped.`)
    })
}
