// Reads configuration files of agents: the ones we edit (a mistake is an error) and the ones we only look at
// (a mistake is none of our business).
import { readdir, stat } from 'node:fs/promises'
import { readIfExists } from '../edit/atomic-write.js'
import type { LosslessEditor, ParsedDocument } from '../edit/editor.js'
import { decodeText } from '../edit/text-shape.js'

/** The document, or an empty one when the file does not exist. Throws HubError `config-invalid`. */
export async function readDocument(path: string, editor: LosslessEditor): Promise<ParsedDocument> {
  const bytes = await readIfExists(path)
  const text = bytes === null ? '' : decodeText(bytes, path)
  return editor.parse(text.trim() === '' ? editor.emptyText : text, path)
}

/** Files that we only look at may be anybody's: a cloned repository can link its settings to a device without an end. */
const GLANCE_LIMIT = 16 * 1024 * 1024

/** The document, or undefined when it does not exist, is no file, is larger than 16 MiB, or cannot be read. */
export async function glance(path: string, editor: LosslessEditor): Promise<ParsedDocument | undefined> {
  try {
    const found = await stat(path)
    if (!found.isFile() || found.size > GLANCE_LIMIT) return undefined
    const bytes = await readIfExists(path)
    return bytes === null ? undefined : editor.parse(decodeText(bytes, path), path)
  } catch {
    return undefined
  }
}

export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}

/** Whether the folder holds anything but the files of these names: what init wrote there is no sign of the agent. */
export async function holdsMoreThan(folder: string, names: readonly string[]): Promise<boolean> {
  const entries = await readdir(folder).catch(() => [])
  return entries.some((entry) => !names.includes(entry))
}

/** Strings of a document that should not be shown to whoever looks over the user's shoulder. */
export function secretsOf(document: ParsedDocument): string[] {
  return [...document.leaves()]
    .filter(([path, leaf]) => SECRET_NAME.test(path) && leaf.startsWith('string '))
    .flatMap(([, leaf]) => leaf.slice('string '.length).split('\n').map(secretPart))
}

/** Looked for in the whole path: below `headers` any name may hold one. */
const SECRET_NAME = /token|secret|password|api[_-]?key|authorization|headers/i

/** Of a header line only the value is secret. */
function secretPart(line: string): string {
  return line.replace(/^[\w-]+:\s*/, '').replace(/^Bearer\s+/i, '')
}
