// `axonhub restart`: with the flags that the running hub was started with; starts one when none runs.

import type { Command } from 'commander'
import type { StatusReply } from '../../control/api.js'
import type { Cli } from '../cli.js'
import { readConfig } from '../config-change.js'
import { type StartFlags, startOrReport, statusIfRunning, stopHub, urlOf } from '../daemon-life.js'
import { examples } from '../help.js'
import { restartService } from '../service/restart.js'

/** A port that came from the configuration is read there again; one that came from a flag stays what it is. */
function flagsOf({ demo, flags, port }: StatusReply): StartFlags {
  return { demo, port: flags['server.port'] === undefined ? undefined : port }
}

export function configure(command: Command, cli: Cli): void {
  command
    .addHelpText('after', examples(['axonhub restart', 'for example after an upgrade of axonhub']))
    .action(async () => {
      const before = await statusIfRunning(cli)
      const flags: StartFlags = before === undefined ? {} : flagsOf(before)
      // A configuration that cannot be used is found before the running hub is stopped, not after.
      readConfig(cli, flags.port === undefined ? {} : { 'server.port': flags.port })
      if (before !== undefined && (await restartService(cli, before.pid))) {
        cli.out.line('The service starts the hub anew; "axonhub status" looks at it.')
        return
      }
      if (before === undefined) cli.out.note('No hub was running.')
      else await stopHub(cli)
      const status = await startOrReport(cli, flags)
      if (status === undefined) return
      cli.out.line(`The hub runs on ${cli.out.style.accent(urlOf(status))} (pid ${status.pid}).`)
    })
}
