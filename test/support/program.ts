// The built program for a user who may not read this clone, as one under root's own folder: a copy without what only
// development needs.
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { flag, isObject, object, parseJson } from '../../src/base/json.js'

const clone = join(import.meta.dirname, '..', '..')
export const PROGRAM = join(clone, 'bin', 'axonhub.js')

/** Packages for other platforms are in the lock alone. */
const isHere = (part: string) => existsSync(join(clone, part))

function neededPackages(): string[] {
  const lock = parseJson(readFileSync(join(clone, 'package-lock.json'), 'utf8'))
  const packages = (isObject(lock) ? object(lock, 'packages') : undefined) ?? {}
  return Object.entries(packages).flatMap(([path, entry]) =>
    /^node_modules\/(@[^/]+\/)?[^/]+$/.test(path) && isObject(entry) && flag(entry, 'dev') !== true
      ? [path]
      : [],
  )
}

/** The path of the program's entry that `user` can read; `copy` is a folder that does not exist yet and may come to be. */
export function programOf(user: number, copy: string): string {
  const look = `require('node:fs').accessSync(${JSON.stringify(PROGRAM)})`
  if (spawnSync(process.execPath, ['-e', look], { uid: user, gid: user, cwd: '/' }).status === 0)
    return PROGRAM
  for (const part of ['bin', 'dist', 'templates', 'package.json', ...neededPackages()].filter(isHere))
    cpSync(join(clone, part), join(copy, part), { recursive: true, force: true })
  return join(copy, 'bin', 'axonhub.js')
}
