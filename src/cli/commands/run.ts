// `axonhub run`: an agent through the hub for one process. Starts the hub when none runs; changes no file of the agent.

import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { type Command, Option } from 'commander'
import type { Agent, AgentState, InitChoices, Launch, LoginChoice } from '../../agents/agent.js'
import { agentNamed } from '../../agents/registry.js'
import { HubError } from '../../base/errors.js'
import { agentContext, answeredModels, claudeRoom, loginChannel, tokenCommand } from '../agent-setup.js'
import type { Cli } from '../cli.js'
import { changeConfig } from '../config-change.js'
import { startOrReport, statusIfRunning, urlOf } from '../daemon-life.js'
import type { Signal } from '../deps.js'
import { examples } from '../help.js'
import { ensureClientKey, openSecrets } from '../secrets.js'

type Options = { readonly model?: string; readonly login?: LoginChoice }

const PASSED_ON: readonly Signal[] = ['SIGTERM', 'SIGHUP']

/** Runs the agent in this terminal; resolves to its exit number. */
function runAgent(cli: Cli, launch: Launch): Promise<number> {
  const { deps } = cli
  return new Promise((resolve, reject) => {
    const child = spawn(launch.command, [...launch.args], {
      env: { ...deps.env, ...launch.env },
      stdio: 'inherit',
      shell: deps.platform === 'win32' && /\.(cmd|bat)$/i.test(launch.command),
    })
    // Ctrl-C goes to the whole terminal: what it means is the agent's business.
    const stops = [
      deps.onSignal('SIGINT', () => undefined),
      ...PASSED_ON.map((signal) => deps.onSignal(signal, () => void child.kill(signal))),
    ]
    const finish = (settle: () => void) => {
      for (const stop of stops) stop()
      settle()
    }
    child.once('error', (cause) =>
      finish(() => reject(new HubError('not-found', `${launch.command} could not be started.`, { cause }))),
    )
    child.once('exit', (code, signal) =>
      finish(() => resolve(code ?? 128 + (signal === null ? 0 : (constants.signals[signal] ?? 0)))),
    )
  })
}

/** Throws HubError `not-found` when it cannot be started here. */
async function stateOf(cli: Cli, agent: Agent): Promise<AgentState> {
  const state = await agent.detect(agentContext(cli))
  if (state.command !== undefined) return state
  throw new HubError('not-found', `${agent.title} was not found on the PATH.`, {
    hint: `Install it, so that "${agent.id}" starts in this shell.`,
  })
}

type Asked = { readonly state: AgentState; readonly args: readonly string[]; readonly options: Options }

async function launchOf(cli: Cli, agent: Agent, { state, args, options }: Asked, folder: string) {
  const running = (await statusIfRunning(cli)) ?? (await startOrReport(cli, {}))
  if (running === undefined) return undefined
  const key = await ensureClientKey(cli, await openSecrets(cli), agent.id)
  const login = options.login ?? (['chatgpt', 'oauth'].includes(state.login) ? 'keep' : 'key')
  await changeConfig(cli, loginChannel(cli, agent.id, login))
  const room = agent.id === 'claude' ? await claudeRoom(cli) : undefined
  const choices: InitChoices = {
    ...(room === undefined ? {} : { room }),
    ...(agent.id === 'opencode' ? { models: await answeredModels(cli) } : {}),
    hubUrl: urlOf(running),
    key,
    login,
    tokenCommand: tokenCommand(cli, agent.id),
    ...(options.model === undefined ? {} : { model: options.model }),
  }
  return agent.run({ choices, state, args, runFolder: folder })
}

async function run(cli: Cli, name: string, args: readonly string[], options: Options): Promise<void> {
  const agent = agentNamed(name)
  const state = await stateOf(cli, agent)
  const { ensureHome } = await import('../../config/paths.js')
  ensureHome(cli.paths())
  const folder = mkdtempSync(join(cli.paths().run, `${agent.id}-`))
  try {
    const launch = await launchOf(cli, agent, { state, args, options }, folder)
    if (launch === undefined) return
    for (const { path, text } of launch.files) writeFileSync(path, text, { mode: 0o600 })
    cli.exit(await runAgent(cli, launch))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

export function configure(command: Command, cli: Cli): void {
  command
    .argument('<agent>', 'codex, claude, opencode or gemini')
    .argument('[args...]', "the agent's own arguments, behind --")
    .option('-m, --model <name>', 'the model that the agent is to ask for')
    .addOption(
      new Option(
        '--login <way>',
        "keep: the agent's own plan login stays in use; key: the hub's key alone",
      ).choices(['keep', 'key']),
    )
    .addHelpText(
      'after',
      examples(
        ['axonhub run codex', ''],
        ['axonhub run claude -- --resume', "the agent's own arguments stand behind --"],
        ['axonhub run codex -m gpt-5 -- exec "say hello"', ''],
      ),
    )
    .action((name: string, args: string[], options: Options) => run(cli, name, args, options))
}
