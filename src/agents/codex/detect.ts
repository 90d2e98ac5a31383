// Finds Codex CLI, its folder, and which kind of login it holds. Law: tokens are never returned.
import { join } from 'node:path'
import { isObject, object, parseJson, text } from '../../base/json.js'
import { readIfExists } from '../../edit/atomic-write.js'
import type { AgentContext, AgentState } from '../agent.js'
import { holdsMoreThan } from '../config-file.js'

/** Codex's folder: `CODEX_HOME`, else `~/.codex`. */
function codexHome(context: Pick<AgentContext, 'env' | 'home'>): string {
  const set = context.env['CODEX_HOME']
  return set === undefined || set === '' ? join(context.home, '.codex') : set
}

export async function detectCodex(context: AgentContext): Promise<AgentState> {
  const home = codexHome(context)
  const command = await context.which('codex')
  return {
    // An editor's extension uses the folder without the program being on the path.
    installed: command !== undefined || (await holdsMoreThan(home, ['config.toml'])),
    command,
    version: command === undefined ? undefined : await context.versionOf(command),
    home,
    configFile: join(home, 'config.toml'),
    login: await loginKind(join(home, 'auth.json')),
  }
}

async function loginKind(path: string): Promise<'chatgpt' | 'apikey' | 'none'> {
  const bytes = await readIfExists(path)
  const file = bytes === null ? undefined : parseJson(bytes.toString('utf8'))
  if (!isObject(file)) return 'none'
  const tokens = object(file, 'tokens')
  const hasTokens = tokens !== undefined && text(tokens, 'access_token') !== undefined
  const hasKey = (text(file, 'OPENAI_API_KEY') ?? '') !== ''
  if (hasTokens && text(file, 'auth_mode') !== 'apikey') return 'chatgpt'
  return hasKey ? 'apikey' : 'none'
}
