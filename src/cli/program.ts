// The command line: one entry per command, loaded only when it is the one asked for. Returns the exit number.

import { Command, CommanderError } from 'commander'
import { asHubError, HubError } from '../base/errors.js'
import { nearest } from '../base/nearest.js'
import { resolvePaths } from '../config/paths.js'
import type { Cli } from './cli.js'
import type { CliDeps } from './deps.js'
import { EXIT, exitCodeOf } from './exit-codes.js'
import { createOutput } from './output.js'

type Entry = {
  readonly name: string
  readonly summary: string
  load(): Promise<{ configure(command: Command, cli: Cli): void }>
}

const COMMANDS: readonly Entry[] = [
  { name: 'serve', summary: 'run the hub', load: () => import('./commands/serve.js') },
  { name: 'stop', summary: 'stop the hub', load: () => import('./commands/stop.js') },
  {
    name: 'restart',
    summary: 'stop the hub and start it again',
    load: () => import('./commands/restart.js'),
  },
  { name: 'status', summary: 'show what the hub is doing', load: () => import('./commands/status.js') },
  { name: 'logs', summary: "show the hub's log", load: () => import('./commands/logs.js') },
  {
    name: 'service',
    summary: 'let the system keep the hub on',
    load: () => import('./commands/service.js'),
  },
  {
    name: 'init',
    summary: 'connect Codex and Claude Code to the hub',
    load: () => import('./commands/init.js'),
  },
  { name: 'undo', summary: 'take back what init wrote', load: () => import('./commands/undo.js') },
  {
    name: 'run',
    summary: 'start an agent through the hub, changing no file of it',
    load: () => import('./commands/run.js'),
  },
  { name: 'env', summary: 'print exports for other tools', load: () => import('./commands/env.js') },
  { name: 'token', summary: 'print a key of the hub', load: () => import('./commands/token.js') },
  { name: 'channel', summary: 'the providers that answer', load: () => import('./commands/channel.js') },
  { name: 'profile', summary: 'which model answers which name', load: () => import('./commands/profile.js') },
  {
    name: 'explain',
    summary: 'show where a request for a model would go',
    load: () => import('./commands/explain.js'),
  },
  { name: 'key', summary: 'the keys that agents show to the hub', load: () => import('./commands/key.js') },
  { name: 'trace', summary: 'what happened', load: () => import('./commands/trace.js') },
  { name: 'usage', summary: 'tokens and cost', load: () => import('./commands/usage.js') },
  { name: 'quota', summary: 'what is left of plans and balances', load: () => import('./commands/quota.js') },
  {
    name: 'guard',
    summary: 'for scripts: fail when less than wanted is left',
    load: () => import('./commands/guard.js'),
  },
  {
    name: 'statusline',
    summary: "one line for Claude Code's status line",
    load: () => import('./commands/statusline.js'),
  },
  { name: 'config', summary: 'the configuration', load: () => import('./commands/config.js') },
  {
    name: 'doctor',
    summary: 'find out what is wrong, and what mends it',
    load: () => import('./commands/doctor.js'),
  },
  {
    name: 'completion',
    summary: 'print the completion script of a shell',
    load: () => import('./commands/completion.js'),
  },
]

/** The first word that is no option; `help X` asks for X. */
function askedFor(argv: readonly string[]): string | undefined {
  const words: string[] = []
  for (let index = 0; index < argv.length && words.length < 2; index++) {
    const word = argv[index] ?? ''
    if (word === '--') break
    if (word === '--home') index++
    else if (!word.startsWith('-')) words.push(word)
  }
  return words[0] === 'help' ? words[1] : words[0]
}

/** `help nosuch` is a slip like `nosuch`, and not a question for everything. Throws HubError `usage`. */
function refuseUnknownHelp(argv: readonly string[], asked: string | undefined): void {
  const names = COMMANDS.map(({ name }) => name)
  const isHelp = argv.find((word) => !word.startsWith('-')) === 'help'
  if (!isHelp || asked === undefined || names.includes(asked)) return
  const [close] = nearest(asked, names)
  throw new HubError('usage', `There is no command "${asked}".`, {
    hint: close === undefined ? '"axonhub --help" lists them.' : `Did you mean "${close}"?`,
  })
}

function createProgram({ version, stdout, stderr }: CliDeps): Command {
  const program = new Command('axonhub')
  program
    .description(
      'A local hub between coding agents and model providers: it decides which models\nanswer Codex CLI and Claude Code, and keeps a trace of every request.',
    )
    .usage('<command> [options]')
    .version(version, '-v, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show the help of a command')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => void stderr.write(text),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .showHelpAfterError('Run it with --help for how to use it.')
    .configureHelp({ showGlobalOptions: false })
    .addHelpText(
      'after',
      '\nExamples:\n  axonhub serve --demo     try it, with no key and no network\n  axonhub channel add      add a provider\n  axonhub init             connect the agents found here\n  axonhub explain gpt-5    see who would answer\n',
    )
  program.addOption(program.createOption('--home <dir>', 'the home of the hub').hideHelp())
  return program
}

/** Every command configured: what the help and the completion of the shells are made of. */
export async function wholeProgram(cli: Cli): Promise<Command> {
  const program = createProgram(cli.deps)
  for (const entry of COMMANDS)
    (await entry.load()).configure(program.command(entry.name).description(entry.summary), cli)
  return program
}

function report(error: HubError, { env }: CliDeps, cli: Cli): void {
  cli.out.note(`error: ${error.message}`)
  if (error.detail.hint !== undefined) cli.out.note(error.detail.hint)
  if ((env['AXONHUB_DEBUG'] ?? '') === '') return
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause)
    cli.out.note(cause.stack ?? cause.message)
}

/** Without a command: the UI where somebody sits at a terminal, else how things stand. */
async function alone(cli: Cli): Promise<void> {
  const { stdin, stdout } = cli.deps
  if (stdin.isTTY === true && stdout.isTTY === true) return (await import('./terminal-ui.js')).terminalUi(cli)
  return (await import('./overview.js')).overview(cli)
}

/** Runs the command that the arguments ask for; resolves to the exit number, having told of every error. */
export async function runProgram(deps: CliDeps): Promise<number> {
  const program = createProgram(deps)
  let code: number = EXIT.fine
  const cli: Cli = {
    deps,
    out: createOutput(deps),
    paths: () => resolvePaths(deps.env, deps.userHome, program.opts<{ home?: string }>().home, deps.platform),
    control: async () => (await import('../control/client.js')).controlClient(cli.paths().socket),
    exit: (number) => {
      code = number
    },
  }
  try {
    const asked = askedFor(deps.argv)
    for (const entry of COMMANDS) {
      const command = program.command(entry.name).description(entry.summary)
      if (entry.name === asked) (await entry.load()).configure(command, cli)
    }
    if (
      asked === undefined &&
      !deps.argv.some((word) => ['-h', '--help', '-v', '--version', 'help'].includes(word))
    ) {
      program.allowExcessArguments(false).action(() => alone(cli))
    }
    refuseUnknownHelp(deps.argv, asked)
    await program.parseAsync([...deps.argv], { from: 'user' })
    return code
  } catch (thrown) {
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? EXIT.fine : EXIT.usage
    const error = asHubError(thrown)
    report(error, deps, cli)
    return exitCodeOf(error.code)
  }
}
