// The two agents as the tests drive them: how each is started, resumed, and connected without the hub.

import { CLAUDE, CLAUDE_VERSION, CODEX } from './agents.js'
import type { Home } from './home.js'
import { type Ran, run } from './run.js'

export type Agent = {
  readonly name: 'codex' | 'claude'
  readonly version: string
  /** The command of an interactive session. */
  readonly terminal: readonly string[]
  /** The person's own configuration before any of ours: nothing is told or fetched beside the conversation. */
  settle(home: Home): void
  /** Connects the agent straight to a server of its own protocol. */
  connectDirectly(home: Home, baseUrl: string): void
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

/** Also keeps the offer of a newer version off the screen. */
const CODEX_QUIET = ['check_for_update_on_startup = false', 'analytics = { enabled = false }']

export const codex: Agent = {
  name: 'codex',
  version: '0.169.0',
  terminal: [CODEX, CODEX_OPEN],
  runsUnasked: true,
  asksJudge: false,
  alarm: ALARM,
  settle(home) {
    home.write('.codex/config.toml', [...CODEX_QUIET, ''].join('\n'))
  },
  connectDirectly(home, baseUrl) {
    home.write(
      '.codex/config.toml',
      [
        ...CODEX_QUIET,
        'model = "gpt-5.5"',
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
        '"gpt-5.5" = "gpt-6-sol"',
        '',
      ].join('\n'),
    )
  },
  ask: (home, prompt) => run(home, [CODEX, 'exec', ...CODEX_FLAGS, prompt]),
  askAgain: (home, prompt) => run(home, [CODEX, 'exec', 'resume', '--last', ...CODEX_FLAGS, prompt]),
}

const CLAUDE_FLAGS = ['--dangerously-skip-permissions']

const CLAUDE_QUIET = {
  DISABLE_AUTOUPDATER: '1',
  DISABLE_TELEMETRY: '1',
  DISABLE_ERROR_REPORTING: '1',
  CLAUDE_CODE_DISABLE_OFFICIAL_MARKETPLACE_AUTOINSTALL: '1',
}

export const claude: Agent = {
  name: 'claude',
  version: CLAUDE_VERSION,
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
  ask: (home, prompt) => run(home, [CLAUDE, '-p', prompt, ...CLAUDE_FLAGS]),
  askAgain: (home, prompt) => run(home, [CLAUDE, '-c', '-p', prompt, ...CLAUDE_FLAGS]),
}
