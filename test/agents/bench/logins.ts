// Made-up logins in the agents' own files. No server would take them; the agents do, because they look at the
// form and at the date of expiry only.

import { Buffer } from 'node:buffer'
import type { Home } from './home.js'

const FAR_FUTURE_SECONDS = 1_999_999_999

export const CODEX_ACCOUNT = 'acct-made-up'
export const CODEX_TOKEN = token({
  exp: FAR_FUTURE_SECONDS,
  'https://api.openai.com/auth': {
    chatgpt_plan_type: 'plus',
    chatgpt_user_id: 'user-made-up',
    chatgpt_account_id: CODEX_ACCOUNT,
  },
})
export const CLAUDE_TOKEN = 'sk-ant-oat01-made-up'

/** A JWT whose signature proves nothing. */
function token(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg: 'none', typ: 'JWT' })}.${part(claims)}.made-up`
}

/** The login of a ChatGPT plan, where Codex keeps it, and a config that the person has already. */
export function logInCodex(home: Home): void {
  home.write(
    '.codex/config.toml',
    [
      'model = "gpt-5.5"',
      'check_for_update_on_startup = false',
      'analytics = { enabled = false }',
      // What Codex asks of ChatGPT beside the conversation stays on this machine and finds nobody.
      'chatgpt_base_url = "http://127.0.0.1:9/backend-api"',
      '[features]',
      'apps = false',
      'plugins = false',
      'remote_plugin = false',
      '',
    ].join('\n'),
  )
  home.write(
    '.codex/auth.json',
    JSON.stringify({
      auth_mode: 'chatgpt',
      OPENAI_API_KEY: null,
      tokens: {
        id_token: CODEX_TOKEN,
        access_token: CODEX_TOKEN,
        refresh_token: 'rt-made-up',
        account_id: CODEX_ACCOUNT,
      },
      last_refresh: new Date().toISOString(),
    }),
  )
}

/** The login of a Claude plan, where Claude Code keeps it, and settings that the person has already. */
export function logInClaude(home: Home): void {
  home.write(
    '.claude/settings.json',
    JSON.stringify({ env: { CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1', DISABLE_AUTOUPDATER: '1' } }),
  )
  home.write(
    '.claude/.credentials.json',
    JSON.stringify({
      claudeAiOauth: {
        accessToken: CLAUDE_TOKEN,
        refreshToken: 'sk-ant-ort01-made-up',
        expiresAt: FAR_FUTURE_SECONDS * 1000,
        scopes: ['user:inference', 'user:profile'],
        subscriptionType: 'max',
        rateLimitTier: 'default_claude_max_5x',
      },
    }),
  )
}
