// What in a user's set-up would keep Claude Code from using the hub as init wrote it.
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isObject, parseJson } from '../../base/json.js'
import { readIfExists } from '../../edit/atomic-write.js'
import type { ParsedDocument } from '../../edit/editor.js'
import { jsonEditor } from '../../edit/json-editor.js'
import type { AgentContext, AgentState, LoginChoice } from '../agent.js'
import { glance } from '../config-file.js'

/** Variables that decide where the client sends its requests, and with which credential. */
const DECIDING = [
  'ANTHROPIC_BASE_URL',
  'ANTHROPIC_AUTH_TOKEN',
  'ANTHROPIC_API_KEY',
  'ANTHROPIC_CUSTOM_HEADERS',
  'CLAUDE_CODE_USE_BEDROCK',
  'CLAUDE_CODE_USE_VERTEX',
  'CLAUDE_CODE_USE_FOUNDRY',
]
const OTHER_CLOUDS = DECIDING.filter((name) => name.startsWith('CLAUDE_CODE_USE_'))

export async function claudeWarnings(
  context: AgentContext,
  state: AgentState,
  settings: ParsedDocument,
  login: LoginChoice,
): Promise<string[]> {
  return [
    ...ownWarnings(context, state, settings, login),
    ...(await loosely(state.configFile)),
    ...(await overridingFiles(context)).flat(),
  ]
}

/** Where its settings are JSON with comments, the client says "Invalid or malformed JSON" and uses nothing of them (2.1.328). */
async function loosely(file: string): Promise<string[]> {
  const text = (await readIfExists(file))?.toString('utf8').replace(/^\uFEFF/, '') ?? ''
  if (text.trim() === '' || parseJson(text) !== undefined) return []
  return [
    `${file} holds comments or a comma too much: Claude Code then uses nothing of the whole file; take them out.`,
  ]
}

function ownWarnings(
  context: AgentContext,
  state: AgentState,
  settings: ParsedDocument,
  login: LoginChoice,
): string[] {
  const warnings: string[] = []
  const inSettings = (name: string) => (settings.get(['env', name]) ?? '') !== ''
  const exported = (name: string) => (context.env[name] ?? '') !== ''
  if (exported('ANTHROPIC_API_KEY')) {
    warnings.push('ANTHROPIC_API_KEY is exported in the shell: Claude Code sends it as well; unset it.')
  }
  if (inSettings('ANTHROPIC_API_KEY')) {
    warnings.push(
      `${state.configFile}: env.ANTHROPIC_API_KEY is set: Claude Code sends it as well; remove it.`,
    )
  }
  if (settings.get(['apiKeyHelper']) !== undefined) {
    warnings.push(`${state.configFile}: apiKeyHelper is set: its key is sent beside the hub's; remove it.`)
  }
  for (const name of OTHER_CLOUDS.filter((cloud) => exported(cloud) || inSettings(cloud))) {
    warnings.push(`${name} is set: Claude Code then goes to that cloud and not to the hub; unset it.`)
  }
  if (login === 'keep' && exported('ANTHROPIC_AUTH_TOKEN')) {
    warnings.push('ANTHROPIC_AUTH_TOKEN is exported in the shell: it is used instead of the login; unset it.')
  }
  if (login === 'keep' && state.login === 'none') {
    warnings.push('Claude Code is not logged in; run /login in it (or choose --login key).')
  }
  if (['CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC'].some((name) => exported(name) || inSettings(name))) {
    warnings.push(
      'CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC is set: the model picker will not list the models of the hub.',
    )
  }
  return warnings
}

/** Settings of the project and of the machine, which win over the user's. */
async function overridingFiles(context: AgentContext): Promise<string[][]> {
  const project = ['settings.json', 'settings.local.json'].map((name) => join(context.cwd, '.claude', name))
  const files = context.cwd === context.home ? [] : project
  return Promise.all([...files, ...(await managedFiles(context))].map(overrides))
}

/** Where an administrator's settings lie; `/etc/claude-code` on all other systems. */
const MANAGED_FOLDERS: Readonly<Partial<Record<NodeJS.Platform, string>>> = {
  darwin: '/Library/Application Support/ClaudeCode',
  win32: 'C:\\Program Files\\ClaudeCode',
}

async function managedFiles(context: AgentContext): Promise<string[]> {
  const folder =
    context.systemFolder === undefined
      ? (MANAGED_FOLDERS[context.platform] ?? '/etc/claude-code')
      : join(context.systemFolder, 'claude-code')
  const parts = join(folder, 'managed-settings.d')
  const names = await readdir(parts).catch(() => [])
  return [
    join(folder, 'managed-settings.json'),
    ...names.filter((name) => name.endsWith('.json')).map((name) => join(parts, name)),
  ]
}

async function overrides(file: string): Promise<string[]> {
  const document = await glance(file, jsonEditor)
  if (document === undefined) return []
  const env = document.get(['env'])
  const names = isObject(env)
    ? DECIDING.filter((name) => env[name] !== undefined).map((name) => `env.${name}`)
    : []
  const helper = document.get(['apiKeyHelper']) === undefined ? [] : ['apiKeyHelper']
  const found = [...names, ...helper]
  return found.length === 0
    ? []
    : [`${file} sets ${found.join(', ')}, which wins over what init writes; remove it there.`]
}
