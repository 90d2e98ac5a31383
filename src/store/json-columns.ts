// Columns that hold small JSON: a map of words (headers) or a list of words (a decision). Read with tolerance:
// a column that cannot be read shows as empty, so that one bad row does not hide a whole conversation.
import { isObject, parseJson } from '../base/json.js'

export function writeWords(words: Readonly<Record<string, string>>): string {
  return JSON.stringify(words)
}

export function readWords(column: string | null): Record<string, string> {
  const value = column === null ? undefined : parseJson(column)
  const words: Record<string, string> = {}
  if (!isObject(value)) return words
  for (const [name, word] of Object.entries(value)) if (typeof word === 'string') words[name] = word
  return words
}

export function readList(column: string | null): string[] {
  const value = column === null ? undefined : parseJson(column)
  return Array.isArray(value) ? value.filter((word) => typeof word === 'string') : []
}
