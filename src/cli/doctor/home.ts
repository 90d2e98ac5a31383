// The home of the hub: whose it is, who may read it, and what a crash left behind.

import { chmod, lstat, readdir, realpath, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { shortPath } from '../words.js'
import { type Finding, note, pass, problem, warning } from './finding.js'
import { runningHub, type Subject } from './subject.js'

type Found = { readonly mode: number; readonly uid: number; readonly isLink: boolean }

async function look(path: string): Promise<Found | undefined> {
  try {
    const [link, found] = await Promise.all([lstat(path), stat(path)])
    return { mode: found.mode & 0o7777, uid: found.uid, isLink: link.isSymbolicLink() }
  } catch {
    return undefined
  }
}

/** What belongs to the owner alone, with the mode that it should have. */
async function privatePaths({ paths }: Subject): Promise<{ path: string; mode: number }[]> {
  const inside = async (folder: string, of: RegExp) =>
    (await readdir(folder).catch(() => [])).filter((name) => of.test(name)).map((name) => join(folder, name))
  const files = [
    paths.config,
    paths.secrets,
    paths.ledger,
    ...(await inside(paths.home, /^axonhub\.db/)),
    ...(await inside(paths.logFolder, /\.log(\.\d+)?$/)),
    paths.daemonFile,
    ...(paths.socket.startsWith('\\\\') ? [] : [paths.socket]),
  ]
  const folders = [paths.home, paths.run, paths.logFolder]
  return [...folders.map((path) => ({ path, mode: 0o700 })), ...files.map((path) => ({ path, mode: 0o600 }))]
}

/** Files that others may read or write. Shared with the attacks of `doctor --security`. */
export async function openPaths(subject: Subject): Promise<{ path: string; mode: number; now: number }[]> {
  const all = await Promise.all(
    (await privatePaths(subject)).map(async ({ path, mode }) => ({ path, mode, found: await look(path) })),
  )
  return all.flatMap(({ path, mode, found }) =>
    found !== undefined && (found.mode & 0o077) !== 0 ? [{ path, mode, now: found.mode }] : [],
  )
}

/** Where another user could put something in the way to the home, or own it. Undefined when nobody can. */
export async function foreignWay({ paths, cli }: Subject): Promise<string | undefined> {
  const own = process.getuid?.()
  if (own === undefined) return undefined
  const real = await realpath(paths.home).catch(() => undefined)
  if (real === undefined) return undefined
  const home = await look(real)
  if (home !== undefined && home.uid !== own && own !== 0) return `${real} belongs to another user`
  if (home !== undefined && home.uid !== own)
    return `${real} belongs to user ${home.uid}, the hub runs as root`
  for (let folder = dirname(real); ; folder = dirname(folder)) {
    const found = await look(folder)
    const isSticky = ((found?.mode ?? 0) & 0o1000) !== 0
    // Sticky folders (/tmp) let nobody move what is not his.
    if (found !== undefined && (found.mode & 0o022) !== 0 && !isSticky) {
      return `others may write to ${shortPath(folder, cli.deps.userHome)}, where the home lies`
    }
    if (folder === dirname(folder)) return undefined
  }
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0')
}

async function modes(subject: Subject): Promise<Finding[]> {
  if (subject.cli.deps.platform === 'win32') return []
  const open = await openPaths(subject)
  if (open.length === 0) return [pass('home.modes', 'readable by you alone')]
  return open.map(({ path, mode, now }) =>
    problem('home.modes', `${shortPath(path, subject.cli.deps.userHome)} has the mode ${octal(now)}`, {
      why: 'Other users of this machine can read keys and conversations there, or put their own in.',
      fix: `chmod ${octal(mode)} ${path}`,
      mend: async () => {
        await chmod(path, mode)
        return `chmod ${octal(mode)} ${path}`
      },
    }),
  )
}

async function owner(subject: Subject): Promise<Finding[]> {
  const words = await foreignWay(subject)
  if (words === undefined) return []
  return [
    problem('home.owner', words, {
      why: 'Whoever can write there can put another database, another key or another socket in its place.',
      fix: 'Choose a home below your own folder: AXONHUB_HOME, or none for ~/.axonhub.',
    }),
  ]
}

/** Nobody answers, and yet there is a socket, a record or a lock. */
async function leftovers(subject: Subject): Promise<Finding[]> {
  const { paths, hub } = subject
  if (hub.type === 'failed' || hub.value !== undefined) return []
  const files = [paths.daemonFile, join(paths.run, 'start.lock')]
  if (!paths.socket.startsWith('\\\\')) files.unshift(paths.socket)
  const found = (
    await Promise.all(files.map(async (path) => ((await look(path)) === undefined ? [] : [path])))
  ).flat()
  if (found.length === 0) return []
  return [
    note('home.leftovers', `a hub that did not end well left ${found.length} file(s) in run/`, {
      why: 'The next start clears them by itself.',
      fix: 'axonhub serve --detach',
      mend: async () => {
        await Promise.all(found.map((path) => rm(path, { force: true })))
        return `removed ${found.join(', ')}`
      },
    }),
  ]
}

async function link({ paths }: Subject): Promise<Finding[]> {
  const found = await look(paths.home)
  if (found?.isLink !== true) return []
  const target = await realpath(paths.home)
  return [note('home.link', `it is a symbolic link to ${target}`)]
}

export async function checkHome(subject: Subject): Promise<Finding[]> {
  const { paths, cli } = subject
  if ((await look(paths.home)) === undefined) {
    return [note('home.exists', `${paths.home} is not there yet`, { fix: 'axonhub init' })]
  }
  const foreign = await owner(subject)
  // Of somebody else's home nothing more can be said, or mended.
  if (foreign.length > 0 && (await look(paths.home))?.uid !== process.getuid?.()) return foreign
  const hub = runningHub(subject)
  const elsewhere =
    hub !== undefined && hub.home !== paths.home
      ? [
          warning('home.same', `the hub that answers here has the home ${hub.home}`, {
            why: 'Commands and hub would speak of different files.',
            fix: `axonhub --home ${hub.home} status`,
          }),
        ]
      : []
  return [
    pass('home.exists', shortPath(paths.home, cli.deps.userHome)),
    ...(await modes(subject)),
    ...foreign,
    ...(await link(subject)),
    ...(await leftovers(subject)),
    ...elsewhere,
  ]
}
