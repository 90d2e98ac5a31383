// Between a person's words and the full-text index. Law: no text of a user is ever syntax of the index: each word and each
// phrase in double quotes is quoted, and all of them must be there.
import { HubError } from '../base/errors.js'

const MOST_PHRASES = 32
const MOST_CHARACTERS = 1_000
/** Shorter words are looked for whole: too many words begin with them. */
const LEAST_PREFIX = 3

/** Scripts that put no blanks between words: each sign counts as a word, and a phrase finds them side by side. */
const DENSE = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}]/gu
const FOREIGN = /[^\0-\u024f]/

/** The text as the index takes it. */
export function indexed(text: string): string {
  return FOREIGN.test(text) ? text.replace(DENSE, ' $& ') : text
}

export type Phrase = { readonly words: string; readonly exact: boolean }

/**
 * What to look for: a word also finds longer ones that begin with it, a text in double quotes only itself.
 * Throws `usage` when there is no letter or digit to look for, or too much.
 */
export function phrasesOf(text: string): Phrase[] {
  const found = [...text.replace(/\p{Cc}/gu, ' ').matchAll(/"([^"]*)"|[^\s"]+/gu)]
    .map(([whole, quoted]) => ({ words: (quoted ?? whole).trim(), exact: quoted !== undefined }))
    .filter(({ words }) => /[\p{L}\p{N}]/u.test(words))
  if (found.length === 0) {
    throw new HubError('usage', 'There is no word to look for.', {
      hint: 'Give words with letters or digits; put words that stand side by side in double quotes.',
    })
  }
  if (found.length > MOST_PHRASES || text.length > MOST_CHARACTERS) {
    throw new HubError('usage', 'That is too much to look for at once.', {
      hint: `Give at most ${MOST_PHRASES} words and ${MOST_CHARACTERS} characters.`,
    })
  }
  return found
}

/** The phrases in the syntax of the index. */
export function matchOf(phrases: readonly Phrase[]): string {
  return phrases
    .map(({ words, exact }) => {
      const last = /[\p{L}\p{N}]+$/u.exec(words)?.[0] ?? ''
      return `"${indexed(words)}"${!exact && last.length >= LEAST_PREFIX ? '*' : ''}`
    })
    .join(' ')
}

export type Snippet = { readonly text: string; readonly hits: readonly (readonly [number, number])[] }

const AROUND = 60
const LONGEST = 200

/** The place where the first phrase stands, on one line; `hits` are the offsets (from, to) of all that stand there. */
export function snippetOf(source: string, phrases: readonly Phrase[]): Snippet {
  const line = source.replace(/\s+/g, ' ')
  const folded = fold(line)
  const looked = phrases.map(({ words }) => fold(words).match(/[\p{L}\p{N}]+/gu) ?? [])
  const patterns = looked.filter((words) => words.length > 0).map(patternOf)
  const first = Math.min(...patterns.map((pattern) => pattern.exec(folded)?.index ?? line.length))
  const at = first === line.length ? 0 : first
  const from = at <= AROUND ? 0 : line.indexOf(' ', at - AROUND) + 1 || at
  const start = from > at ? at : from
  const end = Math.min(line.length, start + LONGEST)
  const before = start > 0 ? '…' : ''
  const shown = `${before}${line.slice(start, end)}${end < line.length ? '…' : ''}`
  const hits = patterns
    .flatMap((pattern) => [...folded.slice(start, end).matchAll(new RegExp(pattern, 'gu'))])
    .map(({ index, 0: { length } }) => [index + before.length, index + length + before.length] as const)
  return { text: shown, hits: hits.sort(([one], [other]) => one - other) }
}

function patternOf(words: readonly string[]): RegExp {
  return new RegExp(`${words.map((word) => `${boundary(word)}${word}`).join('[^\\p{L}\\p{N}]*')}`, 'u')
}

/** A word is found at its beginning; signs of dense scripts anywhere. */
function boundary(word: string): string {
  return FOREIGN.test(word) ? '' : '(?<![\\p{L}\\p{N}])'
}

/** Lower case without accents, as long as before, so that offsets stay. */
function fold(text: string): string {
  return text.replace(/[A-Z\u00c0-\uffff]/g, (sign) => {
    const plain = sign
      .normalize('NFD')
      .replace(/\p{M}+/gu, '')
      .toLowerCase()
    return plain.length === 1 ? plain : sign
  })
}
