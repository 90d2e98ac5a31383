// Finds Gemini CLI, the files of its configuration, and the kind of login that it is set to.
import { join } from 'node:path'
import { jsonEditor } from '../../edit/json-editor.js'
import type { AgentContext, AgentState } from '../agent.js'
import { glance, holdsMoreThan } from '../config-file.js'

/** In settings.json: what the person chose with /auth. */
export const LOGIN_PATH = ['security', 'auth', 'selectedType']
export const KEY_LOGIN = 'gemini-api-key'

/** `GEMINI_CLI_HOME` takes the place of the home folder. */
export function geminiHome({ env, home }: Pick<AgentContext, 'env' | 'home'>): string {
  const set = env['GEMINI_CLI_HOME']
  return join(set === undefined || set === '' ? home : set, '.gemini')
}

export async function detectGemini(context: AgentContext): Promise<AgentState> {
  const home = geminiHome(context)
  const configFile = join(home, 'settings.json')
  const command = await context.which('gemini')
  const settings = await glance(configFile, jsonEditor)
  return {
    installed: command !== undefined || (await holdsMoreThan(home, ['settings.json', '.env'])),
    command,
    version: command === undefined ? undefined : await context.versionOf(command),
    home,
    configFile,
    login: settings?.get(LOGIN_PATH) === KEY_LOGIN ? 'apikey' : 'none',
  }
}
