// A request body as an outline that can be reviewed and kept: every field and every word of the wire, but of texts only
// their length and a digest.
import { createHash } from 'node:crypto'
import { isObject, type JsonObject, type JsonValue, list, objects, text } from '../../src/base/json.js'
import type { Note } from '../../src/protocol/ir/note.js'

/** Fields whose values are words of the wire, not of people. */
const WORDS = new Set(
  'type role model effort format syntax verbosity service_tier detail tool_choice reasoning_effort reasoning_format summary ttl include status display'.split(
    ' ',
  ),
)

const digest = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 6)
const hidden = (text: string) => `«${text.length} ${digest(text)}»`

function shown(value: JsonValue, key: string): JsonValue {
  if (typeof value === 'string') return WORDS.has(key) ? value : hidden(value)
  if (Array.isArray(value)) return value.map((part) => shown(part, key))
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, shown(member, name)]))
}

/** `function.name function.parameters type`: which members the tools have. */
function members(value: JsonObject, depth: number): string[] {
  return Object.entries(value).flatMap(([name, member]) =>
    isObject(member) && depth > 0 && name === 'function'
      ? members(member, depth - 1).map((inner) => `${name}.${inner}`)
      : [name],
  )
}

const MAPS = new Set(['properties', 'patternProperties', '$defs', 'definitions'])

/** The keywords of a JSON Schema, names of properties left out. */
function keywords(schema: JsonValue, isMap: boolean): string[] {
  if (Array.isArray(schema)) return schema.flatMap((part) => keywords(part, false))
  if (!isObject(schema)) return []
  return Object.entries(schema).flatMap(([name, member]) => [
    ...(isMap ? [] : [name]),
    ...(['enum', 'required', 'default', 'const', 'examples'].includes(name) && !isMap
      ? []
      : keywords(member, MAPS.has(name) && !isMap)),
  ])
}

function schemaOf(tool: JsonObject): JsonValue {
  const inner = isObject(tool['function']) ? tool['function'] : tool
  return inner['parameters'] ?? inner['input_schema'] ?? {}
}

const sorted = (words: readonly string[]) => [...new Set(words)].sort().join(' ')

function outlineTools(tools: readonly JsonObject[]): string[] {
  return [
    `tools: ${tools.length} ${hidden(JSON.stringify(tools))}`,
    `  members: ${sorted(tools.flatMap((tool) => members(tool, 1)))}`,
    `  types: ${sorted(tools.map((tool) => text(tool, 'type') ?? 'none'))}`,
    `  keywords: ${sorted(tools.flatMap((tool) => keywords(schemaOf(tool), false)))}`,
  ]
}

export function outline(body: JsonObject, notes: readonly Note[]): string {
  const lines = Object.entries(body).flatMap(([name, value]) => {
    if (name === 'tools') return outlineTools(objects(body, 'tools'))
    if (name === 'messages' || name === 'input' || name === 'system')
      return [`${name}:`, ...list(body, name).map((part) => `  ${JSON.stringify(shown(part, name))}`)]
    return [`${name}: ${JSON.stringify(shown(value, name))}`]
  })
  const losses = notes.map(({ kind, path, reason }) => `${kind} ${path}: ${reason}`)
  const counted = [...new Set(losses)].map((loss) => {
    const times = losses.filter((other) => other === loss).length
    return times === 1 ? `  ${loss}` : `  ${loss} (${times} times)`
  })
  return [...lines, 'notes:', ...counted].join('\n')
}
