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
const OUTSIDE = ['better-sqlite3', '@napi-rs/keyring', 'scslre', '@pydantic/genai-prices']
/** Ink loads tools of its makers when DEV is set; they would bring packages that nobody installs. */
const isDevelopers = (id, importer) => id === './devtools.js' && importer?.includes(`${sep}ink${sep}`)

/**
 * What is loaded together lies together: a module goes into the first of these files whose starting points need it at once.
 * Everything else is cut where `import()` stands.
 */
const LAYERS = [
  {
    name: 'command',
    from: ['src/cli/program.ts', 'src/cli/daemon-life.ts', 'src/cli/status-view.ts', 'src/cli/help.ts'],
  },
  { name: 'config', from: ['src/config/load.ts', 'src/config/paths.ts'] },
  { name: 'hub', from: ['src/daemon/hub.ts', 'src/cli/commands/serve.ts'] },
]

/** The layer of each module, by the graph that is known when the first module is asked for. */
function layers(root) {
  let known
  return (id, graph) => {
    if (known === undefined) {
      known = new Map()
      for (const { name, from } of LAYERS) {
        const waiting = from.map((path) => join(root, path))
        for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
          if (known.has(next)) continue
          const module = graph.getModuleInfo(next)
          if (module === null) continue
          known.set(next, name)
          waiting.push(...module.importedIds)
        }
      }
    }
    return known.get(id) ?? null
  }
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
  const groups = [{ name: layers(root), debugName: 'layers' }]
  await Promise.all([
    build('main', { groups }),
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
