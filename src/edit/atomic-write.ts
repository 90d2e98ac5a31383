// Replaces a file so that a crash at any moment leaves either the old or the new file whole.
// Law: temp file in the same folder, fsync, rename, fsync of the folder; a symlink stays a symlink.
import { randomBytes } from 'node:crypto'
import {
  type FileHandle,
  lstat,
  open,
  readdir,
  readFile,
  realpath,
  rename,
  stat,
  unlink,
} from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { HubError } from '../base/errors.js'

/** The moments of a write, in order; a test may throw or kill the process at each of them. */
export type WriteStep = 'temp-created' | 'temp-written' | 'temp-synced' | 'compared' | 'renamed' | 'done'

export type WriteOptions = {
  /** Permission bits of a file that does not exist yet; an existing file keeps its own. Default 0600. */
  readonly mode?: number
  /** Called after each step. */
  readonly onStep?: (step: WriteStep) => void
}

type Original = { readonly mode: number; readonly uid: number; readonly gid: number }

const STALE_AFTER_MS = 10 * 60_000

/** Writes `content` to `path` whole or not at all. Throws HubError `refused` when the file may not be written. */
export async function writeAtomic(path: string, content: string | Uint8Array, options: WriteOptions = {}) {
  await replace(path, content, undefined, options)
}

/**
 * As `writeAtomic`, but only while the file still holds `expected` (null: does not exist).
 * Returns false, with nothing written, when somebody else changed it in the meantime.
 */
export async function replaceIfUnchanged(
  path: string,
  content: string | Uint8Array,
  expected: Uint8Array | null,
  options: WriteOptions = {},
): Promise<boolean> {
  return replace(path, content, { bytes: expected }, options)
}

/** Deletes a file while it still holds `expected`; false when somebody changed it. A missing file counts as deleted. */
export async function removeIfUnchanged(path: string, expected: Uint8Array): Promise<boolean> {
  const now = await readIfExists(path)
  if (now === null) return true
  if (!now.equals(expected)) return false
  try {
    await unlink(path)
  } catch (cause) {
    throw unwritable(path, cause)
  }
  await syncFolder(dirname(path))
  return true
}

/** The bytes of a file, or null when there is none. Other failures are HubErrors that name the file. */
export async function readIfExists(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path)
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return null
    throw unwritable(path, cause)
  }
}

async function replace(
  path: string,
  content: string | Uint8Array,
  expected: { readonly bytes: Uint8Array | null } | undefined,
  options: WriteOptions,
): Promise<boolean> {
  const target = await realTarget(path)
  const original = await originalOf(target)
  await removeStaleTemps(target)
  const temp = join(dirname(target), `.${basename(target)}.axonhub-${randomBytes(8).toString('hex')}.tmp`)
  try {
    await writeTemp(temp, content, original, options)
    if (expected !== undefined && !(await holds(target, expected.bytes))) {
      await discard(temp)
      return false
    }
    options.onStep?.('compared')
    await rename(temp, target)
    options.onStep?.('renamed')
    await syncFolder(dirname(target))
    options.onStep?.('done')
    return true
  } catch (cause) {
    await discard(temp)
    throw unwritable(target, cause)
  }
}

async function writeTemp(
  temp: string,
  content: string | Uint8Array,
  original: Original | undefined,
  options: WriteOptions,
): Promise<void> {
  const handle = await open(temp, 'wx', 0o600)
  try {
    options.onStep?.('temp-created')
    await keepOwner(handle, original)
    await handle.chmod(original === undefined ? (options.mode ?? 0o600) : original.mode & 0o7777)
    await handle.writeFile(content)
    options.onStep?.('temp-written')
    await handle.sync()
    options.onStep?.('temp-synced')
  } finally {
    await handle.close()
  }
}

/** Follows symlinks to the file that is really meant, also when it does not exist yet. */
async function realTarget(path: string): Promise<string> {
  try {
    return await realpath(path)
  } catch (cause) {
    if (codeOf(cause) !== 'ENOENT') throw unwritable(path, cause)
  }
  const link = await lstat(path).catch(() => undefined)
  if (link?.isSymbolicLink() === true) {
    throw new HubError('refused', `${path} is a symbolic link to a file that does not exist.`, {
      hint: 'Create its target or remove the link, then try again.',
    })
  }
  return path
}

async function originalOf(target: string): Promise<Original | undefined> {
  const found = await stat(target).catch((cause: unknown) => {
    if (codeOf(cause) === 'ENOENT') return undefined
    throw unwritable(target, cause)
  })
  if (found === undefined) return undefined
  if (!found.isFile()) throw new HubError('refused', `${target} is not a regular file.`)
  // Rename would replace a read-only file without asking; whoever set the mode meant it.
  if ((found.mode & 0o222) === 0) {
    throw new HubError('refused', `${target} is read-only.`, {
      hint: `Allow writing (chmod u+w ${target}) and try again.`,
    })
  }
  return { mode: found.mode, uid: found.uid, gid: found.gid }
}

async function keepOwner(handle: FileHandle, original: Original | undefined): Promise<void> {
  if (original === undefined) return
  const own = await handle.stat()
  if (own.uid === original.uid && own.gid === original.gid) return
  try {
    await handle.chown(original.uid, original.gid)
  } catch (cause) {
    // A foreign group may be lost without harm; a foreign owner would lose the file.
    if (own.uid !== original.uid) throw cause
  }
}

async function holds(target: string, bytes: Uint8Array | null): Promise<boolean> {
  const now = await readIfExists(target)
  if (now === null || bytes === null) return now === bytes
  return now.equals(bytes)
}

/** Makes the rename itself durable; Windows cannot open a folder, and needs no such step. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined)
  if (handle === undefined) return
  try {
    await handle.sync()
  } catch (cause) {
    if (!['EINVAL', 'EPERM', 'ENOTSUP', 'EISDIR'].includes(codeOf(cause) ?? '')) throw cause
  } finally {
    await handle.close()
  }
}

async function discard(temp: string): Promise<void> {
  await unlink(temp).catch(() => undefined)
}

/** A killed write leaves its temp file, which may hold a key: the next write clears those that nobody uses any more. */
async function removeStaleTemps(target: string): Promise<void> {
  const folder = dirname(target)
  const start = `.${basename(target)}.axonhub-`
  const names = await readdir(folder).catch(() => [])
  for (const name of names) {
    if (!name.startsWith(start) || !/^[0-9a-f]{16}\.tmp$/.test(name.slice(start.length))) continue
    const found = await lstat(join(folder, name)).catch(() => undefined)
    if (found !== undefined && Date.now() - found.mtimeMs > STALE_AFTER_MS) await discard(join(folder, name))
  }
}

function codeOf(cause: unknown): string | undefined {
  if (typeof cause !== 'object' || cause === null || !('code' in cause)) return undefined
  return typeof cause.code === 'string' ? cause.code : undefined
}

const REASONS: Record<string, readonly [message: string, hint: string]> = {
  EACCES: ['permission denied', 'Check the owner and mode of the file and of its folder.'],
  EPERM: [
    'not permitted',
    'The file or its folder belongs to another user or is protected; run as its owner.',
  ],
  EROFS: ['the file system is read-only', 'Make it writable and try again.'],
  ENOSPC: ['no space is left on the disk', 'Free some space and try again; the file is as it was.'],
  EDQUOT: ['the disk quota is used up', 'Free some space and try again; the file is as it was.'],
  ENOENT: ['its folder does not exist', 'Create the folder and try again.'],
  ENOTDIR: ['a part of the path is not a folder', 'Check the path.'],
  EISDIR: ['it is a folder', 'Check the path.'],
  ELOOP: ['its symbolic links run in a circle', 'Mend the links and try again.'],
}

function unwritable(path: string, cause: unknown): HubError {
  if (cause instanceof HubError) return cause
  const reason = REASONS[codeOf(cause) ?? '']
  if (reason === undefined) {
    const message = cause instanceof Error ? cause.message : String(cause)
    return new HubError('internal', `${path} could not be written: ${message}`, { cause })
  }
  return new HubError('refused', `${path}: ${reason[0]}.`, { hint: reason[1], cause })
}
