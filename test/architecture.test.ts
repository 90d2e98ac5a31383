// The house rules as data: who may import whom, how long a file may be, what no file may contain.
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '..')

/** Room → rooms it may import from. A room is a folder of src (or `main`); itself is always allowed. */
const ALLOWED: Record<string, readonly string[]> = {
  base: [],
  protocol: ['base'],
  tokens: ['base', 'protocol'],
  routing: ['base'],
  edit: ['base'],
  secrets: ['base'],
  config: ['base', 'edit', 'secrets'],
  cost: ['base'],
  store: ['base', 'cost'],
  recorder: ['base', 'store', 'protocol'],
  upstream: ['base'],
  quota: ['base', 'secrets', 'upstream'],
  agents: ['base', 'edit', 'config'],
  control: ['base', 'store'],
  demo: ['base', 'protocol'],
  daemon: [
    'base',
    'cost',
    'protocol',
    'tokens',
    'routing',
    'edit',
    'secrets',
    'config',
    'store',
    'recorder',
    'upstream',
    'quota',
    'control',
    'demo',
    'agents',
    'telemetry',
  ],
  export: ['base', 'protocol', 'store'],
  telemetry: ['base', 'store'],
  tui: ['base', 'control'],
  cli: ['base', 'config', 'agents', 'secrets', 'control', 'edit', 'routing', 'export'],
  'main-statusline': ['config', 'cli'],
  main: [
    'base',
    'cost',
    'protocol',
    'tokens',
    'routing',
    'edit',
    'secrets',
    'config',
    'store',
    'recorder',
    'upstream',
    'quota',
    'agents',
    'control',
    'demo',
    'daemon',
    'telemetry',
    'tui',
    'cli',
  ],
}

/** Rooms that compute and never touch the outside: no node: imports but these, no process, no clock, no dice. */
const PURE = ['protocol', 'routing']
const PURE_NODE_IMPORTS = ['node:buffer', 'node:crypto']

type Source = { path: string; room: string; text: string; imports: string[] }

function sources(folder: string): Source[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter(
      (entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !entry.parentPath.includes('node_modules'),
    )
    .map((entry) => {
      const path = relative(root, join(entry.parentPath, entry.name)).split(sep).join('/')
      const text = readFileSync(join(root, path), 'utf8')
      const imports = [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1] ?? '')
      const room = path.split('/')[1]?.replace(/\.ts$/, '') ?? ''
      return { path, room, text, imports }
    })
}

function roomOf(importer: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined
  const target = join(importer, '..', specifier).split(sep).join('/')
  return target.split('/')[1]?.replace(/\.js$/, '')
}

const src = sources('src')

describe('the house', () => {
  it('has only rooms that the table knows', () => {
    expect([...new Set(src.map((file) => file.room))].filter((room) => ALLOWED[room] === undefined)).toEqual(
      [],
    )
  })

  it('lets a room import only from the rooms that the table allows', () => {
    const wrong = src.flatMap((file) =>
      file.imports
        .map((specifier) => roomOf(file.path, specifier))
        .filter((room): room is string => room !== undefined && room !== file.room)
        .filter((room) => !ALLOWED[file.room]?.includes(room))
        .map((room) => `${file.path} imports ${room}`),
    )
    expect(wrong).toEqual([])
  })

  it('keeps the codecs of different protocols apart', () => {
    const folders = ['anthropic', 'openai-chat', 'openai-responses', 'gemini']
    const wrong = src
      .filter((file) => folders.includes(file.path.split('/')[2] ?? ''))
      .flatMap((file) =>
        file.imports
          .filter((specifier) => specifier.startsWith('.'))
          .map((specifier) => join(file.path, '..', specifier).split(sep)[2] ?? '')
          .filter((folder) => folders.includes(folder) && folder !== file.path.split('/')[2])
          .map((folder) => `${file.path} imports ${folder}`),
      )
    expect(wrong).toEqual([])
  })

  it('keeps the pure rooms free of effects', () => {
    const wrong = src
      .filter((file) => PURE.includes(file.room))
      .flatMap((file) => [
        ...file.imports
          .filter((specifier) => specifier.startsWith('node:') && !PURE_NODE_IMPORTS.includes(specifier))
          .map((specifier) => `${file.path} imports ${specifier}`),
        ...(/\bprocess\.|Date\.now\(|new Date\(\)|Math\.random\(|randomUUID|\bfetch\(|setTimeout\(/.test(
          file.text,
        )
          ? [`${file.path} touches the clock, chance or the process`]
          : []),
      ])
    expect(wrong).toEqual([])
  })

  it('has no getters in object literals where requests pass: V8 makes each an old object that holds what it closes over', () => {
    const rooms = ['base', 'protocol', 'routing', 'upstream', 'recorder', 'store', 'daemon']
    // The formatter indents the members of a class by two, those of a literal inside of a function by more.
    const wrong = src.filter((file) => rooms.includes(file.room) && /^ {4,}get \w+\(\)/m.test(file.text))
    expect(wrong.map((file) => file.path)).toEqual([])
  })

  it('lets only main.ts end the process', () => {
    const wrong = src.filter((file) => file.room !== 'main' && /process\.exit\(/.test(file.text))
    expect(wrong.map((file) => file.path)).toEqual([])
  })

  it('reads the home directory and the environment only in main.ts and config/paths.ts', () => {
    const free = ['src/main.ts', 'src/main-statusline.ts', 'src/config/paths.ts']
    const wrong = src.filter(
      (file) => !free.includes(file.path) && /homedir\(|process\.env\b/.test(file.text),
    )
    expect(wrong.map((file) => file.path)).toEqual([])
  })

  it('keeps SQL inside the store', () => {
    const wrong = src.filter((file) => file.room !== 'store' && file.imports.includes('better-sqlite3'))
    expect(wrong.map((file) => file.path)).toEqual([])
  })

  it('loads the library of SQLite in one place, which chooses the release (decision 0020)', () => {
    const wrong = [...src, ...sources('test')].filter((file) =>
      /^import (?!type\b).*'better-sqlite3|\)\('better-sqlite3/m.test(file.text),
    )
    expect(wrong.map((file) => file.path)).toEqual(['src/store/sqlite.ts'])
  })

  it.each(['src', 'test'])('holds every file in %s to 400 lines', (folder) => {
    const long = sources(folder).filter((file) => file.text.split('\n').length > 401)
    expect(long.map((file) => file.path)).toEqual([])
  })
})
