// Where everything of one home lives. With main.ts the only place that may read the environment or the home directory.

import { createHash } from 'node:crypto'
import { accessSync, chmodSync, constants, mkdirSync, statSync } from 'node:fs'
import { homedir, userInfo } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import { HubError } from '../base/errors.js'

export type Environment = Readonly<Record<string, string | undefined>>

/** Absolute paths. */
export type Paths = {
  readonly home: string
  readonly config: string
  readonly database: string
  readonly secrets: string
  readonly ledger: string
  readonly run: string
  /** A path below `run`, or the name of a pipe on Windows. */
  readonly socket: string
  readonly daemonFile: string
  readonly logFolder: string
  readonly log: string
}

/**
 * The paths of the home that is in use: `override` (a flag), else AXONHUB_HOME, else `.axonhub` in the user's home directory.
 * `~/` at the start is the user's home directory. Touches nothing.
 */
export function resolvePaths(
  environment: Environment,
  userHome: string,
  override?: string,
  platform: string = process.platform,
): Paths {
  const chosen = override ?? (environment['AXONHUB_HOME'] || undefined) ?? join(userHome, '.axonhub')
  const expanded = chosen === '~' || chosen.startsWith('~/') ? join(userHome, chosen.slice(1)) : chosen
  const home = resolve(expanded)
  const run = join(home, 'run')
  const logFolder = join(home, 'log')
  return {
    home,
    config: join(home, 'config.yml'),
    database: join(home, 'axonhub.db'),
    secrets: join(home, 'secrets.json'),
    ledger: join(home, 'ledger.json'),
    run,
    socket:
      platform === 'win32'
        ? `\\\\.\\pipe\\axonhub-${createHash('sha256').update(home).digest('hex').slice(0, 16)}`
        : join(run, 'axonhub.sock'),
    daemonFile: join(run, 'daemon.json'),
    logFolder,
    log: join(logFolder, 'axonhub.log'),
  }
}

/** Where nothing lies and nothing is made: what a user without a home folder has. */
const NOWHERE = resolve('/nonexistent')

/**
 * The user's home folder, always absolute: an empty or relative HOME would make a home of whatever folder a command is
 * started in, with what a stranger may have put there.
 */
export function userHomeFolder(): string {
  for (const ask of [homedir, () => userInfo().homedir]) {
    try {
      const home = ask()
      if (isAbsolute(home)) return home
    } catch {
      // The system knows no such user (a container that runs under any id); the next way, or nowhere.
    }
  }
  return NOWHERE
}

/**
 * Creates the home, `run` and `log` where they are missing, readable by the owner alone (0700).
 * An existing home that others may write to is closed to them. Throws HubError `refused` when that cannot be done.
 */
export function ensureHome(paths: Paths): void {
  try {
    for (const folder of [paths.home, paths.run, paths.logFolder]) {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      if (process.platform !== 'win32' && (statSync(folder).mode & 0o077) !== 0) chmodSync(folder, 0o700)
      accessSync(folder, constants.W_OK)
    }
  } catch (cause) {
    throw new HubError(
      'refused',
      `The home ${paths.home} cannot be made, written, or closed to other users.`,
      {
        cause,
        hint: paths.home.startsWith(NOWHERE)
          ? 'This user has no home folder: set HOME or AXONHUB_HOME.'
          : 'Check who owns it and whether it may be written, or choose another with AXONHUB_HOME.',
      },
    )
  }
}
