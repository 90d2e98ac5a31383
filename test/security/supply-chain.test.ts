// What runs on the user's machine is what stands in the repository and in its lock file, and nothing that comes later.
import { readdirSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isObject, object, parseJson, text } from '../../src/base/json.js'

const root = join(import.meta.dirname, '../..')

function json(name: string) {
  const value = parseJson(readFileSync(join(root, name), 'utf8'))
  if (!isObject(value)) throw new Error(`${name} is no object`)
  return value
}

const manifest = json('package.json')
const locked = Object.entries(object(json('package-lock.json'), 'packages') ?? {}).filter(
  ([path]) => path !== '',
)

describe('the package', () => {
  it('pins every package by its hash', () => {
    const loose = locked.filter(
      ([, entry]) => isObject(entry) && entry['link'] !== true && text(entry, 'integrity') === undefined,
    )
    expect(loose.map(([path]) => path)).toEqual([])
    expect(locked.length).toBeGreaterThan(50)
  })

  it('takes exact versions, never a range that moves', () => {
    const versions = Object.values({
      ...object(manifest, 'dependencies'),
      ...object(manifest, 'optionalDependencies'),
      ...object(manifest, 'devDependencies'),
    })
    expect(
      versions.filter(
        (version) => typeof version !== 'string' || !/^(npm:[\w-]+@)?\d+\.\d+\.\d+[\w.-]*$/.test(version),
      ),
    ).toEqual([])
  })

  it('names every package that may run a script when it is installed', () => {
    const scripted = locked
      .filter(([, entry]) => isObject(entry) && entry['hasInstallScript'] === true && entry['dev'] !== true)
      .map(([path]) => path.replace(/^.*node_modules\//, ''))
    expect(scripted.sort()).toEqual(Object.keys(object(manifest, 'allowScripts') ?? {}).sort())
  })

  it('runs nothing of its own when it is installed', () => {
    const scripts = Object.keys(object(manifest, 'scripts') ?? {})
    expect(scripts.filter((name) => /^(pre|post)?install$|^prepare$/.test(name))).toEqual([])
  })

  it('holds nothing but the program, its templates and its words', () => {
    expect(manifest['files']).toEqual(['bin', 'dist', 'templates', 'README.md', 'SECURITY.md', 'LICENSE'])
  })
})

describe('the built program', () => {
  const code = readdirSync(join(root, 'dist', 'program'))
    .filter((name) => name.endsWith('.js'))
    .map((name) => readFileSync(join(root, 'dist', 'program', name), 'utf8'))
  const asked = code.flatMap((text) =>
    [
      ...text.matchAll(
        /(?:\bfrom|\bimport|\bimport\(|require\(|import\.meta\.url\)\()["'`]([\w@][^"'`\s]*)["'`]/g,
      ),
    ].map((match) => match[1] ?? ''),
  )
  const packages = [...new Set(asked)].filter((name) => !name.startsWith('node:') && !isBuiltin(name)).sort()

  it('asks for no package but those that are installed with it', () => {
    const needed = Object.keys({
      ...object(manifest, 'dependencies'),
      ...object(manifest, 'optionalDependencies'),
    })
    expect(packages.filter((name) => !needed.includes(name))).toEqual([])
    expect(packages).toEqual(expect.arrayContaining(['better-sqlite3', 'better-sqlite3-13']))
  })

  it('brings the licences of the packages whose code is inside', () => {
    const notices = readFileSync(join(root, 'dist', 'THIRD-PARTY-NOTICES.txt'), 'utf8')
    for (const name of ['zod', 'undici', 'yaml', 'react', '@opentelemetry/resources'])
      expect(notices).toMatch(new RegExp(`^${name} \\d`, 'm'))
    expect(notices.match(/Permission (is hereby|to use)/g)?.length).toBeGreaterThan(40)
  })
})

describe('the source', () => {
  const sources = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))

  /** One function of V8's own, asked for by a constant name: no code comes from anywhere. */
  const V8_BY_NAME = /import \{ runInNewContext \} from 'node:vm'|\brunInNewContext\('globalThis\.gc'\)/g

  it('loads no code but by a path that stands in it', () => {
    const wrong = sources.filter((file) => {
      const own = file.endsWith('v8-collection.ts') ? V8_BY_NAME : /(?!)/
      const code = readFileSync(file, 'utf8')
        .replace(/^\s*\/\/.*$/gm, '')
        .replace(own, '')
      const dynamic = [...code.matchAll(/\bimport\(([^)]*)/g)].map((match) => match[1] ?? '')
      return (
        dynamic.some((argument) => !/^'(\.{1,2}\/|node:|[@a-z])[^']*'$/.test(argument.trim())) ||
        /\beval\(|new Function\(|from 'node:vm'|runInNewContext/.test(code)
      )
    })
    expect(wrong).toEqual([])
  })

  it('starts no installer', () => {
    const wrong = sources.filter((file) =>
      /(execFile|spawn)\(\s*['"`](npm|npx|yarn|pnpm|pip|curl|wget)\b/.test(readFileSync(file, 'utf8')),
    )
    expect(wrong).toEqual([])
  })
})
