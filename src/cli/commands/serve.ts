// `axonhub serve`: the hub itself, in the foreground or as a process of its own.

import { type Command, InvalidArgumentError, Option } from 'commander'
import type { StatusReply } from '../../control/api.js'
import type { Cli } from '../cli.js'
import { startOrReport, urlOf } from '../daemon-life.js'
import { examples } from '../help.js'
import { serveInTurn } from '../service/turn.js'
import { pairs } from '../table.js'

type Options = {
  readonly port?: number
  readonly detach?: boolean
  readonly demo?: boolean
  readonly background?: boolean
  readonly inTurn?: boolean
}

/** Throws commander's InvalidArgumentError. */
function readPort(text: string): number {
  const port = Number(text)
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port
  throw new InvalidArgumentError('A port is a number from 0 (any free one) to 65535.')
}

function banner(cli: Cli, status: StatusReply): void {
  const { out } = cli
  const channels = status.demo
    ? 'the demo upstream'
    : status.channels.map((channel) => channel.name).join(', ')
  out.line(`${out.style.bold('axonhub')} ${status.version} listens on ${out.style.accent(urlOf(status))}`)
  const rows: [string, string][] = [
    ...(status.remote === null
      ? []
      : ([['Others', `come in at ${status.remote}`]] satisfies [string, string][])),
    ['Profile', status.profile ?? 'none'],
    ['Channels', channels === '' ? 'none yet: add one with "axonhub channel add"' : channels],
    ['Connect', 'axonhub init, or for one run: axonhub run codex | axonhub run claude'],
  ]
  for (const line of pairs(rows)) out.line(line)
  for (const warning of status.warnings) out.note(`warning: ${warning}`)
}

/** Until the hub is stopped: by a signal (a second one does not wait for running answers) or by `axonhub stop`. */
async function serveHere(cli: Cli, options: Options): Promise<void> {
  const { deps, out } = cli
  const quiet = options.background === true
  const hub = await deps.startHub({
    paths: cli.paths(),
    flags: options.port === undefined ? {} : { 'server.port': options.port },
    demo: options.demo ?? false,
    ...(quiet ? {} : { echo: (line: string) => out.note(line) }),
  })
  let signals = 0
  const impatient = new Promise<'impatient'>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      deps.onSignal(signal, () => {
        signals += 1
        if (signals > 1) return resolve('impatient')
        if (!quiet) out.note('Stopping: running answers may end (30 s at most); once more ends at once.')
        void hub.stop()
      })
    }
  })
  if (!quiet) banner(cli, await (await cli.control()).status())
  if ((await Promise.race([hub.stopped, impatient])) === 'impatient') cli.exit(1)
}

async function serveDetached(cli: Cli, options: Options): Promise<void> {
  const { out } = cli
  const status = await startOrReport(cli, options)
  if (status === undefined) return
  out.line(`${out.style.good('●')} The hub runs on ${out.style.accent(urlOf(status))} (pid ${status.pid}).`)
  out.line('"axonhub status" looks at it, "axonhub stop" ends it.')
}

export function configure(command: Command, cli: Cli): void {
  command
    .option('-p, --port <number>', 'listen on this port instead of that of the configuration', readPort)
    .option('-d, --detach', 'run in the background')
    .option('--demo', 'answer with the embedded demo upstream: no key, no network')
    .addOption(new Option('--background', 'as a detached process runs').hideHelp())
    .addOption(new Option('--in-turn', 'wait while another hub runs for this home').hideHelp())
    .addHelpText(
      'after',
      examples(
        ['axonhub serve', 'in the foreground, log lines on stderr'],
        ['axonhub serve --detach', 'in the background'],
        ['axonhub serve --demo', 'try it without any provider'],
      ),
    )
    .action(async (options: Options) => {
      if (options.inTurn === true) await serveInTurn(cli, () => serveHere(cli, options))
      else if (options.detach === true) await serveDetached(cli, options)
      else await serveHere(cli, options)
    })
}
