// What `api_key` may say: keychain:NAME · env:NAME · cmd:COMMAND · file:PATH · the key itself. Errors name the
// reference and never the value; a command is named by its first word, since arguments may hold secrets.

import { readFile } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import { assertNever } from '../base/assert-never.js'
import { HubError } from '../base/errors.js'
import { runCommand } from './command.js'
import type { SecretStore } from './store.js'

export type SecretSources = {
  readonly store: Pick<SecretStore, 'get' | 'description'>
  readonly env: Readonly<Record<string, string | undefined>>
  /** For `file:~/…`. */
  readonly userHome: string
  /** Default 5000 ms. */
  readonly commandTimeoutMs?: number
}

export type Reference =
  | { readonly type: 'keychain'; readonly name: string }
  | { readonly type: 'env'; readonly name: string }
  | { readonly type: 'cmd'; readonly command: string }
  | { readonly type: 'file'; readonly path: string }
  | { readonly type: 'literal'; readonly value: string }

export function parseReference(reference: string): Reference {
  const match = /^(keychain|env|cmd|file):([\s\S]*)$/.exec(reference)
  const rest = (match?.[2] ?? '').trim()
  switch (match?.[1]) {
    case 'keychain':
      return { type: 'keychain', name: rest }
    case 'env':
      return { type: 'env', name: rest }
    case 'cmd':
      return { type: 'cmd', command: rest }
    case 'file':
      return { type: 'file', path: rest }
    default:
      return { type: 'literal', value: reference.trim() }
  }
}

/** The reference as it may be shown: `keychain:deepseek`, `cmd:op …`, `a literal key`. */
export function describeReference(reference: string): string {
  const parsed = parseReference(reference)
  switch (parsed.type) {
    case 'keychain':
    case 'env':
      return `${parsed.type}:${parsed.name}`
    case 'file':
      return `file:${parsed.path}`
    case 'cmd': {
      const [first = '', ...rest] = parsed.command.split(/\s+/)
      return `cmd:${first.includes('=') ? '…' : first}${rest.length > 0 ? ' …' : ''}`
    }
    case 'literal':
      return 'a literal key'
    default:
      return assertNever(parsed)
  }
}

/** The secret. Throws HubError `secret-unavailable` with what to do when there is none or it cannot be a key. */
export async function resolveSecret(reference: string, sources: SecretSources): Promise<string> {
  const value = (await read(parseReference(reference), reference, sources)).trim()
  if (value === '') throw unavailable(reference, 'is empty', 'Set it again.')
  if (!/^[\x21-\x7e]+$/.test(value))
    throw unavailable(
      reference,
      'holds blanks, line ends or letters outside ASCII, which no key has',
      'Give the key alone, on one line.',
    )
  return value
}

async function read(parsed: Reference, reference: string, sources: SecretSources): Promise<string> {
  switch (parsed.type) {
    case 'keychain':
      return fromStore(parsed.name, reference, sources)
    case 'env': {
      const value = sources.env[parsed.name]
      if (value !== undefined && value !== '') return value
      throw unavailable(
        reference,
        'is not set in the environment of the daemon',
        `Export ${parsed.name} and restart the daemon, or keep the key in the keychain: \`axonhub channel add\`.`,
      )
    }
    case 'cmd':
      return runCommand(parsed.command, describeReference(reference), sources)
    case 'file':
      return fromFile(parsed.path, reference, sources)
    case 'literal':
      return parsed.value
    default:
      return assertNever(parsed)
  }
}

async function fromStore(name: string, reference: string, sources: SecretSources): Promise<string> {
  const value = await sources.store.get(name).catch((cause: unknown) => {
    if (cause instanceof HubError) throw cause
    throw unavailable(
      reference,
      'cannot be read from the keychain',
      'Unlock the keychain and try again.',
      cause,
    )
  })
  if (value !== undefined) return value
  throw unavailable(
    reference,
    `is not there (looked in ${sources.store.description})`,
    'Set it with `axonhub channel key NAME`, by the name of the channel.',
  )
}

async function fromFile(path: string, reference: string, sources: SecretSources): Promise<string> {
  const full = path === '~' || path.startsWith('~/') ? join(sources.userHome, path.slice(1)) : path
  if (!isAbsolute(full))
    throw unavailable(reference, 'is a relative path', 'Write the whole path, or one that begins with ~/.')
  try {
    return await readFile(full, 'utf8')
  } catch (cause) {
    throw unavailable(
      reference,
      'cannot be read',
      'Check that the file is there and that you may read it.',
      cause,
    )
  }
}

function unavailable(reference: string, what: string, hint: string, cause?: unknown): HubError {
  return new HubError('secret-unavailable', `The key ${describeReference(reference)} ${what}.`, {
    hint,
    ...(cause === undefined ? {} : { cause }),
  })
}
