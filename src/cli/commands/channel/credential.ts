// Whose credential a new channel sends. Law: the key itself comes by stdin or a hidden question, never by an argument.

import { HubError } from '../../../base/errors.js'
import type { Preset } from '../../../config/presets.js'
import type { Cli } from '../../cli.js'
import { askHidden, canAsk, readStdin } from '../../prompt.js'
import type { AddOptions } from './add.js'

export type Credential =
  /** To be kept in the secret store under the channel's name. */
  | { readonly type: 'store'; readonly value: string }
  /** Several are keys that take turns. */
  | { readonly type: 'env'; readonly names: readonly string[] }
  | { readonly type: 'client' }
  /** The agent's own login file is read. */
  | { readonly type: 'login' }
  | { readonly type: 'none' }

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/

function checkedKey(value: string): string {
  if (/^[\x21-\x7e]+$/.test(value)) return value
  throw new HubError(
    'usage',
    value === '' ? 'The key is empty.' : 'A key has no blanks and no letters outside ASCII.',
    {
      hint: 'Give the key alone, on one line.',
    },
  )
}

function checkedVariable(name: string): string {
  if (VARIABLE.test(name)) return name
  throw new HubError('usage', '--api-key-env takes the name of a variable, not the key itself.', {
    hint: 'For example --api-key-env DEEPSEEK_API_KEY; a key goes through --api-key-stdin.',
  })
}

function checkedVariables(names: readonly string[]): string[] {
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw new HubError('usage', `--api-key-env ${twice} is given twice.`)
  return names.map(checkedVariable)
}

function onlyOne({ apiKeyEnv, apiKeyStdin, auth }: AddOptions): void {
  const given = [apiKeyEnv !== undefined, apiKeyStdin === true, auth !== undefined].filter(Boolean)
  if (given.length > 1) {
    throw new HubError('usage', 'Give one of --api-key-env, --api-key-stdin and --auth.')
  }
}

/** The key by a hidden question; an empty answer is the provider's variable, or no key. */
export async function askCredential(cli: Cli, preset: Preset | undefined): Promise<Credential> {
  const variable = preset?.key_variable
  const otherwise = variable === undefined ? 'none needed' : `read from ${variable}`
  const value = await askHidden(
    cli,
    `API key for ${preset?.title ?? 'this server'} (hidden; empty: ${otherwise}): `,
  )
  if (value !== '') return { type: 'store', value: checkedKey(value) }
  return variable === undefined ? { type: 'none' } : { type: 'env', names: [variable] }
}

/** Another key for a channel that is there: from the flags, else by a hidden question. Throws HubError `usage` for none. */
export async function newKey(
  cli: Cli,
  title: string,
  { apiKeyEnv, apiKeyStdin }: { readonly apiKeyEnv?: string; readonly apiKeyStdin?: boolean },
): Promise<
  { readonly type: 'store'; readonly value: string } | { readonly type: 'env'; readonly name: string }
> {
  if (apiKeyEnv !== undefined && apiKeyStdin === true)
    throw new HubError('usage', 'Give one of --api-key-env and --api-key-stdin.')
  if (apiKeyEnv !== undefined) return { type: 'env', name: checkedVariable(apiKeyEnv) }
  if (apiKeyStdin === true) return { type: 'store', value: checkedKey(await readStdin(cli)) }
  if (canAsk(cli))
    return { type: 'store', value: checkedKey(await askHidden(cli, `New API key for ${title} (hidden): `)) }
  throw new HubError('usage', 'There is no terminal to ask for the key on.', {
    hint: 'Pipe it in with --api-key-stdin, or name a variable with --api-key-env.',
  })
}

export async function chooseCredential(
  cli: Cli,
  preset: Preset | undefined,
  options: AddOptions,
): Promise<Credential> {
  onlyOne(options)
  if (options.auth !== undefined) return { type: options.auth }
  if (options.apiKeyEnv !== undefined) return { type: 'env', names: checkedVariables(options.apiKeyEnv) }
  if (options.apiKeyStdin === true) return { type: 'store', value: checkedKey(await readStdin(cli)) }
  if (preset?.login !== undefined) return { type: 'client' }
  const variable = preset?.key_variable
  if (preset?.key_optional === true) return { type: 'none' }
  if (variable !== undefined && (cli.deps.env[variable] ?? '') !== '') {
    cli.out.note(`The key is read from ${variable}, which is set here.`)
    return { type: 'env', names: [variable] }
  }
  if (canAsk(cli)) return askCredential(cli, preset)
  if (preset === undefined) return { type: 'none' }
  throw new HubError('usage', `${preset.title} needs a key, and there is no terminal to ask on.`, {
    hint: `Give --api-key-env ${variable ?? 'VARIABLE'}, or pipe the key in with --api-key-stdin.`,
  })
}
