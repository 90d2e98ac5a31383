// What another user of the machine could read: files, the list of processes, the log.

import { execFile } from 'node:child_process'
import { readdir, readFile, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { foreignWay, openPaths } from '../home.js'
import { type Attack, broken, held, skippedAttack, type Target, type Verdict } from './target.js'

const LEAK = 'Keys could be read there, by other users or from a copy.'
const run = promisify(execFile)

async function argumentsOf(target: Target): Promise<string | undefined> {
  const { pid } = target.hub
  try {
    if (target.subject.cli.deps.platform === 'linux') return await readFile(`/proc/${pid}/cmdline`, 'utf8')
    return (await run('ps', ['-o', 'args=', '-p', String(pid)])).stdout
  } catch {
    return undefined
  }
}

async function inArguments(target: Target): Promise<Verdict> {
  const words = await argumentsOf(target)
  if (words === undefined) return skippedAttack('the list of processes cannot be read')
  return target.secrets.some((secret) => words.includes(secret))
    ? broken('a key stands there')
    : held('no key there')
}

/** The files that are no store of keys, and so must hold none. */
async function plainFiles({ subject: { paths } }: Target): Promise<string[]> {
  const logs = (await readdir(paths.logFolder).catch(() => [])).map((name) => join(paths.logFolder, name))
  return [...logs, paths.daemonFile, paths.ledger]
}

async function inFiles(target: Target): Promise<Verdict> {
  const files = await plainFiles(target)
  for (const file of files) {
    const text = await readFile(file, 'utf8').catch(() => '')
    if (target.secrets.some((secret) => text.includes(secret))) return broken(`a key stands in ${file}`)
  }
  return held(`${target.secrets.length} key(s) in none of ${files.length} files`)
}

async function fileModes({ subject }: Target): Promise<Verdict> {
  if (subject.cli.deps.platform === 'win32') return skippedAttack('Windows has no modes')
  const [first, ...more] = await openPaths(subject)
  if (first === undefined) return held('the owner alone')
  return broken(
    `${first.path} is ${first.now.toString(8)}${more.length > 0 ? ` (and ${more.length} more)` : ''}`,
  )
}

async function socketMode({ subject: { paths } }: Target): Promise<Verdict> {
  if (paths.socket.startsWith('\\\\')) return skippedAttack('a named pipe has no mode')
  const [socket, folder] = await Promise.all([stat(paths.socket), stat(dirname(paths.socket))])
  const words = `${(socket.mode & 0o777).toString(8)} in a folder of ${(folder.mode & 0o777).toString(8)}`
  return (socket.mode & 0o077) === 0 && (folder.mode & 0o077) === 0 ? held(words) : broken(words)
}

async function wayToHome({ subject }: Target): Promise<Verdict> {
  const words = await foreignWay(subject)
  return words === undefined ? held('nobody else can') : broken(words)
}

export const FILE_ATTACKS: readonly Attack[] = [
  { id: 'files.modes', what: 'another user reads the files of the hub', means: LEAK, run: fileModes },
  {
    id: 'files.socket',
    what: 'another user opens the control socket',
    means: 'He could read all traces and stop the hub.',
    run: socketMode,
  },
  {
    id: 'files.home',
    what: 'another user puts something in the way to the home (symbolic link, folder)',
    means: 'The hub could be made to use keys and a configuration that are not yours.',
    run: wayToHome,
  },
  {
    id: 'files.arguments',
    what: "the list of processes shows the hub's arguments",
    means: LEAK,
    run: inArguments,
  },
  {
    id: 'files.log',
    what: 'a key stands in the log, in daemon.json or in the ledger',
    means: LEAK,
    run: inFiles,
  },
]
