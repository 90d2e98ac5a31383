// What in a user's set-up would keep Codex from using the hub as init wrote it.
import { readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { isObject } from '../../base/json.js'
import type { ParsedDocument } from '../../edit/editor.js'
import { tomlEditor } from '../../edit/toml-editor.js'
import type { AgentContext, AgentState, LoginChoice } from '../agent.js'
import { exists, glance } from '../config-file.js'
import { PROVIDER_ID } from './provider.js'

export async function codexWarnings(
  context: AgentContext,
  state: AgentState,
  document: ParsedDocument,
  login: LoginChoice,
): Promise<string[]> {
  return [
    ...ownFileWarnings(state, document, login),
    ...(await systemWarnings(context, state)),
    ...(await profileWarnings(state)),
    ...(await projectWarnings(context)),
  ]
}

function ownFileWarnings(state: AgentState, document: ParsedDocument, login: LoginChoice): string[] {
  const { configFile } = state
  const warnings: string[] = []
  const profile = document.get(['profile'])
  if (typeof profile === 'string') {
    warnings.push(
      `${configFile}: profile = "${profile}" is no longer understood by Codex; remove the line (profiles are files now: ${profile}.config.toml).`,
    )
  }
  if (isObject(document.get(['profiles']))) {
    warnings.push(
      `${configFile}: the tables [profiles.*] are no longer used by Codex; move them to files of their own.`,
    )
  }
  if (document.get(['model_catalog_json']) !== undefined) {
    warnings.push(
      `${configFile}: model_catalog_json is set, so Codex shows that list of models and not the hub's.`,
    )
  }
  if (login === 'keep' && state.login === 'none') {
    warnings.push(
      'Codex is not logged in; it will ask for a login at its next start (or choose --login key).',
    )
  }
  const store = document.get(['cli_auth_credentials_store'])
  if (login === 'key' && state.login === 'none' && (store === 'keyring' || store === 'auto')) {
    warnings.push(
      'Codex keeps its login in the keyring, where it cannot be seen from here; --login keep uses it.',
    )
  }
  return warnings
}

/** The machine's own layers; those of an administrator win over the user's file. */
async function systemWarnings(context: AgentContext, state: AgentState): Promise<string[]> {
  const folder = join(context.systemFolder ?? '/etc', 'codex')
  const files = [
    join(folder, 'config.toml'),
    join(folder, 'managed_config.toml'),
    join(folder, 'requirements.toml'),
    join(state.home, 'managed_config.toml'),
  ]
  const found = await Promise.all(
    files.map((file) => overrides(file, ['model_provider', 'model', 'model_catalog_json'])),
  )
  return found.flat().map((what) => `${what}; a managed setting may win over what init writes.`)
}

/** Files for `codex --profile NAME` that lead past the hub. */
async function profileWarnings(state: AgentState): Promise<string[]> {
  const names = await readdir(state.home).catch(() => [])
  const files = names.filter((name) => name.endsWith('.config.toml')).map((name) => join(state.home, name))
  const found = await Promise.all(files.map((file) => overrides(file, ['model_provider'])))
  return found.flat().map((what) => `${what}; with that profile Codex does not use the hub.`)
}

/** A project can choose the model (not the provider); it then reaches the hub under that name. */
async function projectWarnings(context: AgentContext): Promise<string[]> {
  for (let folder = context.cwd; ; folder = dirname(folder)) {
    if (folder === context.home) return []
    const found = await overrides(join(folder, '.codex', 'config.toml'), ['model'])
    if (found.length > 0)
      return found.map((what) => `${what} for this project; the hub is asked for that model.`)
    if (folder === dirname(folder) || (await exists(join(folder, '.git')))) return []
  }
}

async function overrides(file: string, keys: readonly string[]): Promise<string[]> {
  const document = await glance(file, tomlEditor)
  return keys.flatMap((key) => {
    const value = document?.get([key])
    return typeof value === 'string' && value !== PROVIDER_ID
      ? [`${file} sets ${key} = ${JSON.stringify(value)}`]
      : []
  })
}
