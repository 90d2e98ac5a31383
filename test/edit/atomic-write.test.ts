// A write is whole or not at all, whatever happens in between.
import { execFile, spawn } from 'node:child_process'
import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { replaceIfUnchanged, type WriteStep, writeAtomic } from '../../src/edit/atomic-write.js'

let folder = ''
let file = ''

let built = ''

beforeAll(async () => {
  const root = join(import.meta.dirname, '..', '..')
  const outDir = await mkdtemp(join(tmpdir(), 'axonhub-built-'))
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  const options = [
    '--outDir',
    outDir,
    '--rootDir',
    'src',
    '--module',
    'nodenext',
    '--target',
    'es2023',
    '--skipLibCheck',
    '--strict',
    '--types',
    'node',
    '--ignoreConfig',
  ]
  await promisify(execFile)(process.execPath, [compiler, ...options, 'src/edit/atomic-write.ts'], {
    cwd: root,
  })
  await writeFile(join(outDir, 'package.json'), '{"type":"module"}')
  built = join(outDir, 'edit', 'atomic-write.js')
})

afterAll(() => rm(dirname(dirname(built)), { recursive: true }))

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'axonhub-write-'))
  file = join(folder, 'config.toml')
})

afterEach(async () => {
  await rm(folder, { recursive: true })
})

const STEPS: WriteStep[] = ['temp-created', 'temp-written', 'temp-synced', 'compared', 'renamed', 'done']

describe('an atomic write', () => {
  it('makes a new file that only its owner can read', async () => {
    await writeAtomic(file, 'new')
    expect(await readFile(file, 'utf8')).toBe('new')
    expect((await stat(file)).mode & 0o777).toBe(0o600)
  })

  it('keeps the mode of a file that exists', async () => {
    await writeFile(file, 'old')
    await chmod(file, 0o640)
    await writeAtomic(file, 'new')
    expect((await stat(file)).mode & 0o777).toBe(0o640)
  })

  it('writes through a symbolic link and leaves the link in place', async () => {
    await mkdir(join(folder, 'dotfiles'))
    const real = join(folder, 'dotfiles', 'codex.toml')
    await writeFile(real, 'old')
    await symlink(real, file)
    await writeAtomic(file, 'new')
    expect(await readlink(file)).toBe(real)
    expect((await lstat(real)).isFile()).toBe(true)
    expect(await readFile(real, 'utf8')).toBe('new')
  })

  it('refuses a link to nothing, and a link to itself', async () => {
    await symlink(join(folder, 'absent'), file)
    await expect(writeAtomic(file, 'new')).rejects.toMatchObject({ code: 'refused' })
    const loop = join(folder, 'loop')
    await symlink(loop, loop)
    await expect(writeAtomic(loop, 'new')).rejects.toThrow('symbolic links run in a circle')
  })

  it('refuses a file that is read-only and says how to change that', async () => {
    await writeFile(file, 'old')
    await chmod(file, 0o444)
    await expect(writeAtomic(file, 'new')).rejects.toMatchObject({
      code: 'refused',
      detail: { hint: expect.stringContaining('chmod u+w') },
    })
    expect(await readFile(file, 'utf8')).toBe('old')
  })

  it('names the folder that is missing', async () => {
    await expect(writeAtomic(join(folder, 'no', 'file'), 'x')).rejects.toThrow('its folder does not exist')
  })

  it.skipIf(process.getuid?.() !== 0)('keeps the owner of a file that belongs to another user', async () => {
    const { chown } = await import('node:fs/promises')
    await writeFile(file, 'old')
    await chown(file, 65534, 65534)
    await writeAtomic(file, 'new')
    expect(await stat(file)).toMatchObject({ uid: 65534, gid: 65534 })
  })

  it.each([
    ['ENOSPC', 'no space is left on the disk'],
    ['EROFS', 'the file system is read-only'],
    ['EACCES', 'permission denied'],
  ])('says in words what %s means, and leaves the old file and no litter', async (code, words) => {
    await writeFile(file, 'old')
    const onStep = () => {
      throw Object.assign(new Error(code), { code })
    }
    await expect(writeAtomic(file, 'new', { onStep })).rejects.toThrow(words)
    expect(await readFile(file, 'utf8')).toBe('old')
    expect(await readdir(folder)).toEqual(['config.toml'])
  })

  it.each(STEPS)('leaves a whole file when the process is killed after the step %s', async (step) => {
    await writeFile(file, 'old')
    const code = await killedAt(step)
    expect(code).toBe('SIGKILL')
    const isOver = STEPS.indexOf(step) >= STEPS.indexOf('renamed')
    expect(await readFile(file, 'utf8')).toBe(isOver ? 'new'.repeat(100_000) : 'old')
  })

  it('clears temp files that a killed write left long ago, and no other file', async () => {
    const stale = join(folder, '.config.toml.axonhub-0123456789abcdef.tmp')
    const fresh = join(folder, '.config.toml.axonhub-fedcba9876543210.tmp')
    const foreign = join(folder, '.config.toml.axonhub-notes.tmp')
    await Promise.all([stale, fresh, foreign].map((path) => writeFile(path, 'x')))
    const longAgo = new Date(Date.now() - 3_600_000)
    await utimes(stale, longAgo, longAgo)
    await utimes(foreign, longAgo, longAgo)
    await writeAtomic(file, 'new')
    expect((await readdir(folder)).sort()).toEqual(
      ['.config.toml.axonhub-fedcba9876543210.tmp', '.config.toml.axonhub-notes.tmp', 'config.toml'].sort(),
    )
  })
})

describe('a write that expects what it has read', () => {
  it('writes nothing when the file changed in the meantime', async () => {
    await writeFile(file, 'read')
    const expected = await readFile(file)
    await writeFile(file, 'changed')
    expect(await replaceIfUnchanged(file, 'new', expected)).toBe(false)
    expect(await readFile(file, 'utf8')).toBe('changed')
    expect(await readdir(folder)).toEqual(['config.toml'])
  })

  it('notices a change that comes while it writes', async () => {
    await writeFile(file, 'read')
    const { writeFileSync } = await import('node:fs')
    const onStep = (step: WriteStep) => {
      if (step === 'temp-synced') writeFileSync(file, 'changed')
    }
    expect(await replaceIfUnchanged(file, 'new', Buffer.from('read'), { onStep })).toBe(false)
    expect(await readFile(file, 'utf8')).toBe('changed')
  })

  it('notices a file that somebody made in the meantime', async () => {
    await writeFile(file, 'made')
    expect(await replaceIfUnchanged(file, 'new', null)).toBe(false)
  })
})

/** Writes in a process of its own that kills itself at the step; returns the signal it died of. */
function killedAt(step: WriteStep): Promise<NodeJS.Signals | null> {
  const script = `
    import { writeAtomic } from ${JSON.stringify(pathToFileURL(built).href)}
    await writeAtomic(${JSON.stringify(file)}, 'new'.repeat(100000), {
      onStep: (step) => { if (step === ${JSON.stringify(step)}) process.kill(process.pid, 'SIGKILL') },
    })`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'ignore' })
  return new Promise((resolve) => child.on('exit', (_code, signal) => resolve(signal)))
}
