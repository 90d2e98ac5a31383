// A made-up machine in a folder of its own: home, agents' files, ledger.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { AgentContext, InitChoices } from '../../src/agents/agent.js'
import type { InitRequest } from '../../src/agents/init.js'

export const KEY = `ah-${'0123456789abcdef'.repeat(3)}`
export const clock = { now: () => Date.UTC(2026, 10, 20), monotonic: () => 0 }

export type Machine = {
  readonly home: string
  readonly ledgerFile: string
  readonly codexConfig: string
  readonly claudeSettings: string
  readonly claudeState: string
  request(choices?: Partial<InitChoices>, env?: AgentContext['env'], cwd?: string): InitRequest
  put(path: string, text: string): Promise<void>
  read(path: string): Promise<string | null>
  remove(): Promise<void>
}

export async function machine(): Promise<Machine> {
  const root = await mkdtemp(join(tmpdir(), 'axonhub-agents-'))
  const home = join(root, 'home')
  const ledgerFile = join(root, 'hub', 'ledger.json')
  await mkdir(home)
  await mkdir(dirname(ledgerFile))
  return {
    home,
    ledgerFile,
    codexConfig: join(home, '.codex', 'config.toml'),
    claudeSettings: join(home, '.claude', 'settings.json'),
    claudeState: join(home, '.claude.json'),
    request: (choices = {}, env = {}, cwd = home) => ({
      context: {
        env,
        home,
        cwd,
        platform: 'linux',
        systemFolder: join(root, 'etc'),
        which: () => Promise.resolve(undefined),
        versionOf: () => Promise.resolve(undefined),
      },
      choices: {
        hubUrl: 'http://127.0.0.1:8090',
        key: KEY,
        tokenCommand: { command: '/usr/bin/node', args: ['/opt/axonhub/bin/axonhub.js', 'token', 'codex'] },
        ...choices,
      },
      ledgerFile,
    }),
    put: async (path, text) => {
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, text)
    },
    read: (path) => readFile(path, 'utf8').catch(() => null),
    remove: () => rm(root, { recursive: true }),
  }
}

/** A login file of Codex with a ChatGPT plan, made up. */
export const CHATGPT_LOGIN = JSON.stringify({
  auth_mode: 'chatgpt',
  OPENAI_API_KEY: null,
  tokens: {
    id_token: 'made.up.id',
    access_token: 'made.up.access',
    refresh_token: 'made-up',
    account_id: 'acct',
  },
})

/** A credentials file of Claude Code with a claude.ai plan, made up. */
export const CLAUDE_LOGIN = JSON.stringify({
  claudeAiOauth: {
    accessToken: 'made-up-access',
    refreshToken: 'made-up-refresh',
    expiresAt: 4_000_000_000_000,
  },
})
