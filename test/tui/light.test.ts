// The UI shows its first frame fast because of what it does not load before it.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const src = join(import.meta.dirname, '..', '..', 'src')

function sourceOf(file: string): string {
  const typescript = file.replace(/\.js$/, '.ts')
  return existsSync(typescript) ? typescript : `${typescript}x`
}

/** Everything that a file loads at once: its imports of values, and theirs; `import(…)` and types load nothing. */
function loaded(file: string, found = new Set<string>()): Set<string> {
  if (found.has(file)) return found
  found.add(file)
  for (const [statement, specifier = ''] of readFileSync(file, 'utf8').matchAll(
    /^import\b[^;'"]*?from '([^']+)'/gm,
  )) {
    if (/^import type\b/.test(statement)) continue
    if (specifier.startsWith('.')) loaded(sourceOf(join(file, '..', specifier)), found)
    else found.add(specifier)
  }
  return found
}

it('loads neither React nor its renderer, codecs, prices, editors nor databases before the first frame', () => {
  const files = [
    ...loaded(join(src, 'main.ts')),
    ...loaded(join(src, 'cli', 'terminal-ui.ts')),
    ...loaded(join(src, 'tui', 'start.ts')),
  ]
  expect(files).toContain(join(src, 'tui', 'screens', 'live.ts'))
  const heavy = files.filter(
    (file) =>
      ['react', 'ink', 'diff', 'better-sqlite3', 'undici', 'yaml', 'pino', 'jsonc-parser'].includes(file) ||
      /\/src\/(protocol|cost|export|daemon|store|config\/load)\b/.test(file),
  )
  expect(heavy).toEqual([])
})
