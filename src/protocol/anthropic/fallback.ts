// What a block that only Anthropic understands says in words, so that another protocol can be told that much.
// Law: text is kept, ciphertext (`encrypted_content`, `data` of files) never is.

import { isObject, type JsonObject, type JsonValue, text } from '../../base/json.js'

/** The words of a block, or undefined when it has none (an id, an upload, an unknown shape). */
export function wordsOf(block: JsonObject): string | undefined {
  const words = wordsOfBlock(block).filter((line) => line.trim() !== '')
  return words.length === 0 ? undefined : words.join('\n')
}

function wordsOfBlock(block: JsonObject): string[] {
  const type = text(block, 'type') ?? ''
  switch (type) {
    case 'text':
      return [text(block, 'text') ?? '']
    case 'server_tool_use':
    case 'mcp_tool_use':
      return wordsOfUse(block)
    case 'tool_reference':
      return [`Tool loaded: ${text(block, 'tool_name') ?? text(block, 'name') ?? ''}`]
    case 'web_search_result':
      return [`${text(block, 'title') ?? ''} — ${text(block, 'url') ?? ''}`]
    case 'search_result':
    case 'document':
    case 'web_fetch_result':
      return [...titleWords(block), ...wordsOfValue(block['source']), ...wordsOfValue(block['content'])]
    case 'base64':
    case 'image':
      return []
    default:
      return [...ownWords(block), ...wordsOfValue(block['content']), ...referenceWords(block)]
  }
}

/** `web_search({"query":"…"})`: a tool that the provider ran, with its input. */
function wordsOfUse(block: JsonObject): string[] {
  const input = block['input']
  const shown = isObject(input) && Object.keys(input).length > 0 ? JSON.stringify(input) : ''
  return [`${text(block, 'name') ?? 'tool'}(${shown})`]
}

function titleWords(block: JsonObject): string[] {
  return ['title', 'url', 'context']
    .map((key) => text(block, key))
    .filter((value): value is string => value !== undefined)
}

/** Results of code, advisors and fetches keep their words under these names. */
function ownWords(block: JsonObject): string[] {
  const plain = text(block, 'type') === 'text' ? text(block, 'data') : undefined
  const error = text(block, 'error_code')
  return [
    ...['text', 'stdout', 'stderr', 'summary'].map((key) => text(block, key) ?? ''),
    plain ?? '',
    error === undefined ? '' : `error: ${error}`,
  ]
}

function referenceWords(block: JsonObject): string[] {
  const references = block['tool_references']
  return Array.isArray(references) ? references.flatMap(wordsOfValue) : []
}

function wordsOfValue(value: JsonValue | undefined): string[] {
  if (typeof value === 'string') return [value]
  if (Array.isArray(value)) return value.flatMap(wordsOfValue)
  if (!isObject(value)) return []
  if (text(value, 'type') === 'text' && text(value, 'data') !== undefined) return [text(value, 'data') ?? '']
  return wordsOfBlock(value)
}
