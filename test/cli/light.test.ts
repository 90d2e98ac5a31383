// The small commands start fast because of what they do not load: agents call `token` before every request.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const src = join(import.meta.dirname, '..', '..', 'src')

/** Everything that a file loads at once: its imports of values, and theirs; `import(…)` and types load nothing. */
function loaded(file: string, found = new Set<string>()): Set<string> {
  if (found.has(file)) return found
  found.add(file)
  const text = readFileSync(file, 'utf8')
  for (const [statement, specifier = ''] of text.matchAll(/^(?:import|export)\b[^;'"]*?from '([^']+)'/gm)) {
    if (/^(?:import|export) type\b/.test(statement)) continue
    if (!specifier.startsWith('.')) found.add(specifier)
    else loaded(join(file, '..', specifier.replace(/\.js$/, '.ts')), found)
  }
  return found
}

it.each(['token', 'status', 'stop'])(
  '%s loads neither database, log, HTTP client, codecs nor editors',
  (name) => {
    const command = join(src, 'cli', 'commands', `${name}.ts`)
    expect(existsSync(command)).toBe(true)
    const files = [...loaded(join(src, 'main.ts')), ...loaded(command)]
    const heavy = files.filter(
      (file) =>
        ['better-sqlite3', 'pino', 'undici', 'yaml', 'jsonc-parser', 'toml-eslint-parser'].includes(file) ||
        /\/src\/(protocol|daemon|store|recorder|upstream|tokens|demo)\//.test(file),
    )
    expect(heavy).toEqual([])
  },
)

it('token does not even load the checker of our own shapes', () => {
  expect([
    ...loaded(join(src, 'main.ts')),
    ...loaded(join(src, 'cli', 'commands', 'token.ts')),
  ]).not.toContain('zod')
})

it('what is looked at here would be seen: init does load the editors of the agents’ files', () => {
  expect([...loaded(join(src, 'cli', 'commands', 'init.ts'))]).toEqual(
    expect.arrayContaining(['zod', 'jsonc-parser', 'toml-eslint-parser']),
  )
})

it('the status line, drawn after every turn, loads a dozen small files and no package at all', () => {
  const files = [...loaded(join(src, 'main-statusline.ts'))]
  const own = files.filter((file) => file.startsWith(src))
  expect(files.filter((file) => !file.startsWith(src) && !file.startsWith('node:'))).toEqual([])
  expect(files.filter((file) => /node:(http|https|tls|child_process)/.test(file))).toEqual([])
  expect(own.length).toBeLessThanOrEqual(12)
})
