// Edits of config.yml by a command, and the word to a running hub that it is to read the file again: the next request
// already sees the change.

import { existsSync } from 'node:fs'
import { HubError } from '../base/errors.js'
import type { JsonValue } from '../base/json.js'
import { nearest } from '../base/nearest.js'
import { type ConfigEdit, editConfig, rehearseEdits, wouldRefuse } from '../config/edit.js'
import { type LoadedConfig, loadConfig } from '../config/load.js'
import { ensureHome } from '../config/paths.js'
import type { Cli } from './cli.js'

/** `flags`: those of the hub that is to use it, by path. Throws HubError `config-invalid`. */
export function readConfig(cli: Cli, flags: Readonly<Record<string, JsonValue>> = {}): LoadedConfig {
  return loadConfig({ paths: cli.paths(), env: cli.deps.env, flags })
}

export function configuredKeys(cli: Cli): string[] {
  return Object.keys(readConfig(cli).config.keys)
}

/** Whether the configuration lists the key; also true while a mistake in the file keeps it from being read. */
export function isConfiguredKey(cli: Cli, name: string): boolean {
  try {
    return configuredKeys(cli).includes(name)
  } catch (thrown) {
    // The running hub goes on with the old file, so the keys it knew are still right.
    if (thrown instanceof HubError && thrown.code === 'config-invalid') return true
    throw thrown
  }
}

/** Tells a running hub to read its configuration. True when there is one. Throws HubError when it refuses the file. */
export async function reloadHub(cli: Cli): Promise<boolean> {
  try {
    const reply = await (await cli.control()).reload()
    if (reply.error === null) return true
    throw new HubError(
      'config-invalid',
      `It is saved, but the hub that is running keeps its old configuration: ${reply.error}`,
      {
        hint: 'Correct the file with "axonhub config edit".',
      },
    )
  } catch (thrown) {
    if (thrown instanceof HubError && thrown.code === 'daemon-not-running') return false
    throw thrown
  }
}

/** Throws HubError `refused` when a running hub would not take the text. Whom nobody can ask has nothing against it. */
async function askHub(cli: Cli, text: string): Promise<void> {
  try {
    const { error } = await (await cli.control()).checkConfig(text)
    if (error !== null) throw wouldRefuse(error)
  } catch (thrown) {
    // A hub of an older version does not know the question.
    const isSilent = thrown instanceof HubError && ['daemon-not-running', 'not-found'].includes(thrown.code)
    if (!isSilent) throw thrown
  }
}

/**
 * Makes the edits and lets a running hub know. `reload: 'always'` also when the file did not change (a secret did).
 * Throws HubError; nothing is written then.
 */
export async function changeConfig(
  cli: Cli,
  edits: readonly ConfigEdit[],
  options: { readonly reload: 'always' | 'when-changed' } = { reload: 'when-changed' },
): Promise<{ readonly changed: boolean; readonly live: boolean }> {
  const paths = cli.paths()
  if (!existsSync(paths.config)) rehearseEdits(paths.config, edits)
  if (edits.length > 0) ensureHome(paths)
  const accept = (text: string) => askHub(cli, text)
  const { changed } =
    edits.length === 0 ? { changed: false } : await editConfig({ path: paths.config, accept }, edits)
  const live = changed || options.reload === 'always' ? await reloadHub(cli) : false
  return { changed, live }
}

/**
 * Throws HubError `not-found` when the configuration has no key of this name. `way`: the command that helps whoever
 * misspelt it, where making the key would not.
 */
export function requireKey(cli: Cli, name: string, way?: string): void {
  const keys = configuredKeys(cli)
  if (keys.includes(name)) return
  const [close] = nearest(name, keys)
  const otherwise =
    way === undefined
      ? `Make it with "axonhub key create ${name}"; "axonhub key list" shows those that are there.`
      : `See "${way}".`
  throw new HubError('not-found', `There is no key "${name}".`, {
    hint: close === undefined ? otherwise : `Did you mean "${close}"?`,
  })
}
