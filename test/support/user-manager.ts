// A user manager of systemd that belongs to a test: in a mount namespace of its own, so that nothing of the machine's is seen or
// touched, in a control group of its own, and gone with all that it started. Needs root; elsewhere there is none.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

export type UserManager = {
  /** What a program needs to find it. */
  readonly env: Readonly<Record<string, string>>
  close(): Promise<void>
}

const PROGRAM = '/lib/systemd/systemd'
const GROUPS = '/sys/fs/cgroup'

function mayTry(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !existsSync(PROGRAM)) return false
  return spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/run']).status === 0
}

/** Where control groups are made: of version 2, of the older one, or of both. */
function groupRoots(): string[] {
  const both = [join(GROUPS, 'unified'), join(GROUPS, 'systemd')].filter((folder) => existsSync(folder))
  return both.length > 0 ? both : [GROUPS]
}

/** Groups are removed from the leaves up; one that still has a process stays for the next try. */
function removeGroup(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) removeGroup(join(folder, entry.name))
  rmdirSync(folder)
}

async function removed(folders: readonly string[]): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    try {
      for (const folder of folders) if (existsSync(folder)) removeGroup(folder)
      return
    } catch {
      await sleep(50)
    }
  }
}

function answers(env: Readonly<Record<string, string>>): boolean {
  return (
    spawnSync('systemctl', ['--user', 'show-environment'], { env: { ...process.env, ...env } }).status === 0
  )
}

/** `home`: the HOME of its user, below which it looks for units. Undefined where none can be started. */
export async function userManager(home: string): Promise<UserManager | undefined> {
  if (!mayTry()) return undefined
  // Short, since the path of a Unix socket may have 103 bytes.
  const runtime = mkdtempSync(join(tmpdir(), 'axr-'))
  const groups = groupRoots().map((root) => join(root, `axonhub-test-${process.pid}`))
  for (const folder of groups) mkdirSync(folder, { recursive: true })
  const env = { HOME: home, XDG_RUNTIME_DIR: runtime }
  const joinGroups = groups.map((folder) => `echo $$ > ${folder}/cgroup.procs`).join(' && ')
  const script = `${joinGroups} && mount -t tmpfs tmpfs /run && mkdir -p /run/systemd/system && exec ${PROGRAM} --user`
  const child = spawn('unshare', ['--mount', 'sh', '-c', script], {
    env: { PATH: '/usr/bin:/bin', ...env },
    stdio: 'ignore',
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const close = async () => {
    // Its own word for "at once", and then the kernel's for who does not hear it.
    child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), 10_000)
    await ended
    clearTimeout(timer)
    await removed(groups)
    rmSync(runtime, { recursive: true, force: true })
  }
  for (let tries = 0; tries < 100; tries += 1) {
    if (answers(env)) return { env, close }
    if (child.exitCode !== null) break
    await sleep(100)
  }
  await close()
  return undefined
}
