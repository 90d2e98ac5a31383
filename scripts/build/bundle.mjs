// The program as few files, with the packages that every start needs inside (decision 0012). Finding and reading hundreds of
// modules one by one was half of a start.

import { existsSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import { rolldown } from 'rolldown'

/** One for each kind of process and thread. */
export const ENTRIES = {
  main: 'src/main.ts',
  'main-statusline': 'src/main-statusline.ts',
  'store-worker': 'src/store/worker.ts',
  'tokens-worker': 'src/tokens/worker.ts',
}

/** Stay packages of their own: compiled code, and what only few processes load, late and in one go. */
const OUTSIDE = [
  'better-sqlite3',
  'better-sqlite3-13',
  '@napi-rs/keyring',
  'scslre',
  '@pydantic/genai-prices',
]
/** Ink loads tools of its makers when DEV is set; they would bring packages that nobody installs. */
const isDevelopers = (id, importer) => id === './devtools.js' && importer?.includes(`${sep}ink${sep}`)

/** A module of at most so many letters costs more to find, as a file of its own, than to read. */
const SMALL = 4_000
/** It then lies in the file that each process loads, when so many parts of the program want it. */
const WANTED_BY = 10

/** All modules that `from` loads at once, itself included. */
function closure(graph, from) {
  const found = new Set()
  const waiting = [from]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (found.has(next)) continue
    found.add(next)
    waiting.push(...(graph.getModuleInfo(next)?.importedIds ?? []))
  }
  return found
}

/** What each part of the program loads at once: the first is `main`, the others are those that `import()` brings. */
function partsOf(graph, main) {
  const parts = new Map()
  const waiting = [main]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (parts.has(next)) continue
    const modules = closure(graph, next)
    parts.set(next, modules)
    for (const id of modules) waiting.push(...(graph.getModuleInfo(id)?.dynamicallyImportedIds ?? []))
  }
  return parts
}

/** What every process loads: what `main` needs at once, and small modules that many parts want and that need nothing of Node's. */
function core(graph, main) {
  const parts = partsOf(graph, main)
  const found = new Set(parts.get(main))
  const fits = (id, seen = new Set()) => {
    if (found.has(id) || seen.has(id)) return true
    seen.add(id)
    const { code, importedIds } = graph.getModuleInfo(id) ?? {}
    return (
      typeof code === 'string' && code.length <= SMALL && importedIds.every((needed) => fits(needed, seen))
    )
  }
  const wanted = new Map()
  for (const modules of parts.values()) for (const id of modules) wanted.set(id, (wanted.get(id) ?? 0) + 1)
  for (const [id, times] of wanted) if (times >= WANTED_BY && fits(id)) found.add(id)
  found.delete(main)
  return found
}

/** Parts are cut where `import()` stands, and what several of them share is a file too; what all need is one. */
function cutOf(main) {
  let inCore
  const name = (id, graph) => {
    inCore ??= core(graph, main)
    return inCore.has(id) ? 'core' : null
  }
  return { groups: [{ name, debugName: 'core' }] }
}

const shared = {
  platform: 'node',
  // Some packages are modules here and, for Node itself, a form that hides from a bundler what it loads.
  resolve: { mainFields: ['module', 'main'] },
  external: (id, importer) => id.startsWith('node:') || OUTSIDE.includes(id) || isDevelopers(id, importer),
  // React has two builds and chooses by this word.
  transform: { define: { 'process.env.NODE_ENV': '"production"' } },
}

const written = {
  format: 'esm',
  sourcemap: true,
  sourcemapExcludeSources: true,
  // Blanks and comments go; names stay, so that a stack trace can be read.
  minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
  comments: { legal: false, annotation: false, jsdoc: false },
}

/** Writes the bundles into `folder`; resolves to the folders of the packages whose code is in them. */
export async function bundle(root, folder) {
  const ids = new Set()
  const build = async (name, codeSplitting) => {
    const graph = await rolldown({ ...shared, cwd: root, input: { [name]: join(root, ENTRIES[name]) } })
    const { output } = await graph.write({ ...written, dir: folder, codeSplitting })
    await graph.close()
    for (const chunk of output) if (chunk.type === 'chunk') for (const id of chunk.moduleIds) ids.add(id)
  }
  await Promise.all([
    build('main', cutOf(join(root, ENTRIES.main))),
    build('main-statusline', false),
    build('store-worker', false),
    build('tokens-worker', false),
  ])
  return [...new Set([...ids].flatMap(packageOf))]
}

/** The folder of the installed package that holds the module; none for our own. */
function packageOf(id) {
  const at = id.lastIndexOf(`${sep}node_modules${sep}`)
  if (at < 0) return []
  let folder = dirname(id)
  while (folder.length > at && !existsSync(join(folder, 'package.json'))) folder = dirname(folder)
  return folder.length > at ? [folder] : []
}
