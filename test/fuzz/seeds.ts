// What the fuzzing begins with: the corpus in this folder, which also keeps each input that once broke a law.
import { Buffer } from 'node:buffer'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export const CORPUS = join(import.meta.dirname, 'corpus')

/** The files of the corpus for a target, in the order of their names. */
export function corpusOf(target: string): { readonly name: string; readonly bytes: Uint8Array }[] {
  const folder = join(CORPUS, target)
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .sort()
    .map((name) => ({ name, bytes: readFileSync(join(folder, name)) }))
}

export function seedsOf(target: string, more: readonly (string | Uint8Array)[] = []): Uint8Array[] {
  return [...corpusOf(target).map(({ bytes }) => bytes), ...more.map((one) => Buffer.from(one))]
}
