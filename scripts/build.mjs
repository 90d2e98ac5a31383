// `npm run build`: the program as few files (dist, what is shipped) and module by module (build, what tests and scripts look into).
// Law: files are replaced one by one and whole, entries last, so that a hub or a test run beside this one never meets half a build.

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
import { fileURLToPath } from 'node:url'
import { bundle, ENTRIES } from './build/bundle.mjs'
import { notices } from './build/notices.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
/** A hub that runs on an older build loads parts of it later; after a day nobody does. */
const KEPT_MS = 24 * 60 * 60 * 1000

/** Resolves to what the compiler had to say, or nothing. It writes the modules also when types do not fit. */
function compile(folder) {
  return new Promise((resolve) => {
    const args = [compiler, '-p', join(root, 'tsconfig.build.json'), '--outDir', folder]
    execFile(process.execPath, args, { cwd: root }, (error, stdout, stderr) =>
      resolve(error === null ? undefined : `${stdout}${stderr}`),
    )
  })
}

function filesOf(folder) {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
}

/** Puts a fresh folder's files into place; `late` says which come last. Files of older builds go when they are old. */
function install(fresh, place, late, keptMs) {
  const made = filesOf(fresh)
  if (made.length === 0) throw new Error(`Nothing was built for ${place}.`)
  for (const name of [...made.filter((name) => !late(name)), ...made.filter(late)]) {
    const [from, to] = [join(fresh, name), join(place, name)]
    if (existsSync(to) && readFileSync(to).equals(readFileSync(from))) continue
    mkdirSync(dirname(to), { recursive: true })
    renameSync(from, to)
  }
  const gone = filesOf(place).filter((name) => !made.includes(name))
  for (const name of gone)
    if (Date.now() - statSync(join(place, name)).mtimeMs >= keptMs) rmSync(join(place, name), { force: true })
}

/** Beside their places and as deep, so that the paths in source maps are right after the move. */
const [freshModules, freshProgram] = ['build', 'dist'].map((name) => join(root, `.${name}-${process.pid}`))
const startedAt = new Date()
const keptMs = process.argv.includes('--clean') ? 0 : KEPT_MS
try {
  const [complaint, packages] = await Promise.all([
    compile(freshModules),
    bundle(root, join(freshProgram, 'program')),
  ])
  notices(packages, join(freshProgram, 'THIRD-PARTY-NOTICES.txt'))
  install(freshModules, join(root, 'build'), () => false, 0)
  const entries = Object.keys(ENTRIES).map((name) => join('program', `${name}.js`))
  install(freshProgram, join(root, 'dist'), (name) => entries.includes(name), keptMs)
  // What is newer than this is not in the build.
  utimesSync(join(root, 'dist'), startedAt, startedAt)
  if (complaint !== undefined) {
    process.stderr.write(complaint)
    process.exitCode = 1
  }
} finally {
  for (const folder of [freshModules, freshProgram]) rmSync(folder, { recursive: true, force: true })
}
