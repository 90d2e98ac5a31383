// secrets.json: names to values, 0600, replaced whole. Two processes may write at once: one waits for the other.

import { chmod, readFile, stat } from 'node:fs/promises'
import { HubError } from '../base/errors.js'
import { withFileLock } from '../base/file-lock.js'
import { isObject, type JsonObject, object, parseJson, text } from '../base/json.js'
import type { ReplaceFile, SecretStore } from './store.js'

const TRIES = 5

/** Undefined: nothing to change. */
type Edit = (secrets: JsonObject) => JsonObject | undefined

/** Opens the file store; the file comes into being with the first `set`. */
export function fileSecretStore(path: string, replace: ReplaceFile, why?: string): SecretStore {
  const change = (edit: Edit): Promise<boolean> => withFileLock(path, () => replaceSecrets(edit))
  const replaceSecrets = async (edit: Edit): Promise<boolean> => {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const bytes = await readBytes(path)
      const after = edit(readSecrets(bytes, path))
      if (after === undefined) return false
      const content = `${JSON.stringify({ version: 1, secrets: after }, null, 2)}\n`
      if (await replace(path, content, bytes, { mode: 0o600 })) return true
    }
    throw new HubError('secret-unavailable', `${path} is changed by others all the time.`, {
      hint: 'Try again when no other axonhub command runs.',
    })
  }
  return {
    kind: 'file',
    description: why === undefined ? path : `${path} (${why})`,
    async get(name) {
      const secrets = readSecrets(await readBytes(path), path)
      return Object.hasOwn(secrets, name) ? text(secrets, name) : undefined
    },
    async set(name, value) {
      await change((secrets) => ({ ...secrets, [name]: value }))
    },
    async delete(name) {
      return change((secrets) => {
        if (!Object.hasOwn(secrets, name)) return undefined
        const { [name]: _, ...rest } = secrets
        return rest
      })
    },
  }
}

async function readBytes(path: string): Promise<Buffer | null> {
  try {
    const found = await stat(path)
    if (process.platform !== 'win32' && (found.mode & 0o077) !== 0) await chmod(path, 0o600)
    return await readFile(path)
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return null
    throw new HubError('secret-unavailable', `${path} cannot be read.`, {
      cause,
      hint: 'Check its owner and mode.',
    })
  }
}

function readSecrets(bytes: Buffer | null, path: string): JsonObject {
  if (bytes === null) return {}
  const parsed = parseJson(bytes.toString('utf8'))
  const secrets = isObject(parsed) ? object(parsed, 'secrets') : undefined
  if (secrets !== undefined) return secrets
  throw new HubError('secret-unavailable', `${path} is not a file of secrets: {"version":1,"secrets":{…}}.`, {
    hint: 'Mend it or move it away, then set the keys again.',
  })
}
