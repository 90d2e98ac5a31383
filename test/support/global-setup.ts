// Brings dist up to date before the tests: threads, the daemon and the CLI run compiled code. Files are replaced
// one by one and only when they changed, so that a test run beside this one never sees half a file.
import { execFile } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

const root = join(import.meta.dirname, '..', '..')
const dist = join(root, 'dist')
const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc')

export default async function setup(): Promise<void> {
  const newest = newestChange()
  if (newest <= changed(dist)) return
  // Beside dist and as deep, so that the paths in source maps are right after the move.
  const fresh = join(root, `.dist-${process.pid}`)
  try {
    await compile(fresh)
    for (const entry of readdirSync(fresh, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue
      const made = join(entry.parentPath, entry.name)
      replace(made, join(dist, made.slice(fresh.length + 1)))
    }
    utimesSync(dist, new Date(newest), new Date(newest))
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
}

/** Type errors do not stop the tests (`npm run check` is for those); a compiler that writes nothing does. */
async function compile(folder: string): Promise<void> {
  const run = promisify(execFile)(
    process.execPath,
    [compiler, '-p', 'tsconfig.build.json', '--outDir', folder],
    {
      cwd: root,
    },
  )
  const failure = await run.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!existsSync(folder)) throw new Error('The sources could not be compiled.', { cause: failure })
}

function replace(from: string, to: string): void {
  if (existsSync(to) && readFileSync(to).equals(readFileSync(from))) return
  mkdirSync(dirname(to), { recursive: true })
  renameSync(from, to)
}

function newestChange(): number {
  const sources = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
  return Math.max(
    ...sources.map((entry) => changed(join(entry.parentPath, entry.name))),
    changed(join(root, 'tsconfig.json')),
    changed(join(root, 'tsconfig.build.json')),
  )
}

/** Whole ms, so that a time written back compares equal; 0 when the path is not there. */
function changed(path: string): number {
  return Math.ceil(statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0)
}
