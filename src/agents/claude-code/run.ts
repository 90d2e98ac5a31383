// Claude Code through the hub for one process. The `env` of its settings beats the shell's, so the variables go
// into a settings file of our own, given by --settings; the key stands in no argument.
import { join } from 'node:path'
import { compact } from '../../base/json.js'
import type { Launch, RunInput } from '../agent.js'
import { HEADERS_VARIABLE, hubEnvironment, TOKEN_VARIABLE } from './environment.js'

export function runClaudeCode({ choices, state, args, runFolder }: RunInput): Launch {
  const login = choices.login ?? (state.login === 'oauth' ? 'keep' : 'key')
  const variables = hubEnvironment({}, choices, login)
  // Empty counts as none: so what the user's own settings say of other credentials does not reach this process.
  const none = { ANTHROPIC_API_KEY: '', [TOKEN_VARIABLE]: '', [HEADERS_VARIABLE]: '' }
  const settings = { env: { ...none, ...compact(variables) } }
  const path = join(runFolder, 'claude-settings.json')
  return {
    command: state.command ?? 'claude',
    args: ['--settings', path, ...(choices.model === undefined ? [] : ['--model', choices.model]), ...args],
    env: { ANTHROPIC_API_KEY: undefined },
    files: [{ path, text: `${JSON.stringify(settings, null, 2)}\n` }],
  }
}
