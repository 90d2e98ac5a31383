// The two agents as the tests drive them: how each is started, resumed, and connected without the hub.

import { CLAUDE, CLAUDE_VERSION, CODEX } from './agents.js'
import type { Home } from './home.js'
import { type Ran, run } from './run.js'

export type Agent = {
  readonly name: 'codex' | 'claude'
  /** With its version, for the titles of tests. */
  readonly title: string
  /** The agent's name in the hub's traces. */
  readonly tracedAs: string
  /** What its first call looks like in a history, on any protocol. */
  readonly mark: RegExp
  /** The command of an interactive session. */
  readonly terminal: readonly string[]
  /** The person's own configuration before any of ours: nothing is told or fetched beside the conversation. */
  settle(home: Home): void
  /** Connects the agent straight to a server of its own protocol. */
  connectDirectly(home: Home, baseUrl: string): void
  /** The arguments of a fresh run that does one task and ends. */
  oneTask(prompt: string): string[]
  /** A fresh non-interactive run. */
  ask(home: Home, prompt: string): Promise<Ran>
  /** Goes on with the last conversation of the folder. */
  askAgain(home: Home, prompt: string): Promise<Ran>
  /** Runs commands in a terminal without asking the person. */
  readonly runsUnasked: boolean
  /** Because it asked a model first whether they are harmless. */
  readonly asksJudge: boolean
  /** Words on either output that a healthy run never says. */
  readonly alarm: RegExp
}

const ALARM =
  /reconnect|retry|retrying|warning|metadata|error|denied|unauthori[sz]ed|log ?in|failed|not found/i

// No sandbox: where bubblewrap is not installed Codex warns about it, whatever provider it talks to.
const CODEX_OPEN = '--dangerously-bypass-approvals-and-sandbox'
const CODEX_FLAGS = ['--skip-git-repo-check', CODEX_OPEN]

const codexTask = (prompt: string) => ['exec', ...CODEX_FLAGS, prompt]

/** Also keeps the offer of a newer version off the screen. */
const CODEX_QUIET = ['check_for_update_on_startup = false', 'analytics = { enabled = false }']

/** A model for which Codex shows its tools plainly, and one for which they are called from a script. */
const PLAIN_MODEL = 'gpt-5.5'
const CODE_MODE_MODEL = 'gpt-6.1-sol'

export const codex: Agent = {
  name: 'codex',
  title: 'Codex 0.169.0',
  tracedAs: 'codex',
  mark: /"apply_patch"/,
  terminal: [CODEX, CODEX_OPEN],
  runsUnasked: true,
  asksJudge: false,
  alarm: ALARM,
  settle(home) {
    home.write('.codex/config.toml', [...CODEX_QUIET, ''].join('\n'))
  },
  connectDirectly: (home, baseUrl) => connectCodex(home, baseUrl, PLAIN_MODEL),
  oneTask: codexTask,
  ask: (home, prompt) => run(home, [CODEX, ...codexTask(prompt)]),
  askAgain: (home, prompt) => run(home, [CODEX, 'exec', 'resume', '--last', ...CODEX_FLAGS, prompt]),
}

/**
 * Codex with one of OpenAI's newest models: its tools travel inside the input, and the model calls them from
 * JavaScript. So it is when Codex knows the model itself, because no catalogue of the hub tells it otherwise.
 */
export const codexCodeMode: Agent = {
  ...codex,
  title: `${codex.title} in code mode`,
  mark: /tools\.apply_patch/,
  settle(home) {
    home.write('.codex/config.toml', [...CODEX_QUIET, `model = "${CODE_MODE_MODEL}"`, ''].join('\n'))
  },
  connectDirectly: (home, baseUrl) => connectCodex(home, baseUrl, CODE_MODE_MODEL),
}

function connectCodex(home: Home, baseUrl: string, model: string): void {
  home.write(
    '.codex/config.toml',
    [
      ...CODEX_QUIET,
      `model = "${model}"`,
      'model_provider = "scripted"',
      '',
      '[model_providers.scripted]',
      'name = "Scripted"',
      `base_url = "${baseUrl}"`,
      'wire_api = "responses"',
      'experimental_bearer_token = "sk-scripted"',
      '',
      // The question about a newer model is answered already.
      '[notice.model_migrations]',
      `"${PLAIN_MODEL}" = "gpt-6-sol"`,
      '',
    ].join('\n'),
  )
}

const CLAUDE_FLAGS = ['--dangerously-skip-permissions']

const claudeTask = (prompt: string) => ['-p', prompt, ...CLAUDE_FLAGS]

const CLAUDE_QUIET = {
  DISABLE_AUTOUPDATER: '1',
  DISABLE_TELEMETRY: '1',
  DISABLE_ERROR_REPORTING: '1',
  CLAUDE_CODE_DISABLE_OFFICIAL_MARKETPLACE_AUTOINSTALL: '1',
}

export const claude: Agent = {
  name: 'claude',
  title: `Claude Code ${CLAUDE_VERSION}`,
  tracedAs: 'claude-code',
  mark: /"Write"/,
  terminal: [CLAUDE],
  // Its auto mode is the default since 2.1.3xx; older ones ask the person.
  runsUnasked: CLAUDE_VERSION !== '2.1.197',
  asksJudge: CLAUDE_VERSION !== '2.1.197',
  alarm: ALARM,
  settle(home) {
    home.write('.claude/settings.json', JSON.stringify({ env: CLAUDE_QUIET }, null, 2))
  },
  connectDirectly(home, baseUrl) {
    home.write('.claude.json', JSON.stringify({ hasCompletedOnboarding: true }))
    home.write(
      '.claude/settings.json',
      JSON.stringify({
        env: { ...CLAUDE_QUIET, ANTHROPIC_BASE_URL: baseUrl, ANTHROPIC_AUTH_TOKEN: 'sk-scripted' },
      }),
    )
  },
  oneTask: claudeTask,
  ask: (home, prompt) => run(home, [CLAUDE, ...claudeTask(prompt)]),
  askAgain: (home, prompt) => run(home, [CLAUDE, '-c', '-p', prompt, ...CLAUDE_FLAGS]),
}
