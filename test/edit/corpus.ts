// The files that the edit tests run over, each in all its ways to be written: line ends, byte order mark, last newline.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export type Sample = { readonly name: string; readonly text: string }

const VARIANTS: readonly (readonly [string, (text: string) => string])[] = [
  ['as it is', (text) => text],
  ['with CRLF', (text) => text.replaceAll('\n', '\r\n')],
  ['with a byte order mark', (text) => `\uFEFF${text}`],
  ['without the last newline', (text) => text.replace(/\n$/, '')],
  [
    'with CRLF, mark and no last newline',
    (text) => `\uFEFF${text.replaceAll('\n', '\r\n').replace(/\r\n$/, '')}`,
  ],
]

export function corpus(format: 'toml' | 'json'): Sample[] {
  const folder = join(import.meta.dirname, '..', 'fixtures', 'edit', format)
  return readdirSync(folder).flatMap((file) => {
    const text = readFileSync(join(folder, file), 'utf8')
    return VARIANTS.map(([how, vary]) => ({ name: `${file} ${how}`, text: vary(text) }))
  })
}
