// Builds before the tests when a source is newer than the build: threads, the daemon and the CLI run built code.
import { execFile } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

const root = join(import.meta.dirname, '..', '..')

export default async function setup(): Promise<void> {
  const newest = newestChange()
  if (newest <= changed('dist')) return
  const failure = await promisify(execFile)(process.execPath, [join(root, 'scripts', 'build.mjs')]).then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  // Type errors do not stop the tests (`npm run check` is for those); a build that is not written does.
  if (newest > changed('dist')) throw new Error('The program could not be built.', { cause: failure })
}

function newestChange(): number {
  const files = ['src', join('scripts', 'build')].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true }).map((entry) =>
      join(entry.parentPath.slice(root.length + 1), entry.name),
    ),
  )
  const others = ['scripts/build.mjs', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json']
  return Math.max(...[...files, ...others].map(changed))
}

/** In ms; 0 when the path is not there. */
function changed(path: string): number {
  return statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs ?? 0
}
