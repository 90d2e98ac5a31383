// Finds Claude Code, its folder, and whether it holds a claude.ai login. Law: tokens are never returned.
import { join } from 'node:path'
import { isObject, object, parseJson } from '../../base/json.js'
import { readIfExists } from '../../edit/atomic-write.js'
import type { AgentContext, AgentState } from '../agent.js'
import { holdsMoreThan } from '../config-file.js'

export async function detectClaudeCode(context: AgentContext): Promise<AgentState> {
  const home = claudeHome(context)
  const command = await context.which('claude')
  return {
    installed: command !== undefined || (await holdsMoreThan(home, ['settings.json', '.claude.json'])),
    command,
    version: command === undefined ? undefined : await context.versionOf(command),
    home,
    configFile: join(home, 'settings.json'),
    login: await loginKind(context, home),
  }
}

/** Claude Code's folder: `CLAUDE_CONFIG_DIR`, else `~/.claude`. */
function claudeHome(context: Pick<AgentContext, 'env' | 'home'>): string {
  return moved(context) ?? join(context.home, '.claude')
}

/** The file with the client's own state, among it whether the first start is over. */
export function stateFile(context: Pick<AgentContext, 'env' | 'home'>): string {
  return join(moved(context) ?? context.home, '.claude.json')
}

function moved(context: Pick<AgentContext, 'env'>): string | undefined {
  const set = context.env['CLAUDE_CONFIG_DIR']
  return set === undefined || set === '' ? undefined : set
}

async function loginKind(context: AgentContext, home: string): Promise<'oauth' | 'none'> {
  const bytes = await readIfExists(join(home, '.credentials.json'))
  const file = bytes === null ? undefined : parseJson(bytes.toString('utf8'))
  if (isObject(file) && object(file, 'claudeAiOauth') !== undefined) return 'oauth'
  // On macOS the credentials lie in the keychain; the account is named in the state file all the same.
  if (context.platform !== 'darwin') return 'none'
  const state = parseJson((await readIfExists(stateFile(context)))?.toString('utf8') ?? '')
  return isObject(state) && object(state, 'oauthAccount') !== undefined ? 'oauth' : 'none'
}
