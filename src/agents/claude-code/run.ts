// Claude Code through the hub for one process. The `env` of its settings beats the shell's, so the variables go
// into a settings file of our own, given by --settings; the key stands in no argument.
import { join } from 'node:path'
import type { Launch, RunInput } from '../agent.js'
import { hubEnvironment, TOKEN_VARIABLE } from './environment.js'

export function runClaudeCode({ choices, state, args, runFolder }: RunInput): Launch {
  const login = choices.login ?? (state.login === 'oauth' ? 'keep' : 'key')
  const variables = hubEnvironment({}, choices, login)
  // An empty token counts as none, also where the user's own settings have one.
  const settings = { env: login === 'keep' ? { ...variables, [TOKEN_VARIABLE]: '' } : variables }
  const path = join(runFolder, 'claude-settings.json')
  return {
    command: state.command ?? 'claude',
    args: ['--settings', path, ...(choices.model === undefined ? [] : ['--model', choices.model]), ...args],
    env: { ANTHROPIC_API_KEY: undefined },
    files: [{ path, text: `${JSON.stringify(settings, null, 2)}\n` }],
  }
}
