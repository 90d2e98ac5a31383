// Items only this protocol knows, and what they say in words. A fallback exists wherever an item holds something a
// person or a model said or saw; bookkeeping (lists of tools, compaction, references) has none.

import {
  isObject,
  type JsonObject,
  type JsonValue,
  list,
  object,
  objects,
  parseJson,
  text,
} from '../../base/json.js'
import type { OpaquePart, WebSearch } from '../ir/part.js'
import { ID } from './wire.js'

/** The item as an opaque part. */
export function opaque(value: JsonObject): OpaquePart {
  const words = fallback(value)
  const search = searchOf(value)
  return {
    type: 'opaque',
    protocol: ID,
    value,
    ...(words === undefined ? {} : { fallback: words }),
    ...(search === undefined ? {} : { search }),
  }
}

function searchOf(item: JsonObject): WebSearch | undefined {
  const query = item['type'] === 'web_search_call' ? searchQuery(item) : undefined
  if (query === undefined) return undefined
  const sources = objects(object(item, 'action') ?? {}, 'sources').flatMap(
    (source) => text(source, 'url') ?? [],
  )
  return { id: text(item, 'id') ?? '', query, results: sources }
}

/** Nothing in these can be told to a foreign model. */
const WORDLESS: ReadonlySet<string> = new Set([
  'mcp_list_tools',
  'compaction',
  'compaction_summary',
  'compaction_trigger',
  'item_reference',
  'image_generation_call',
  'configuration_update',
])

type Teller = (item: JsonObject) => string | undefined

const TELLERS: Readonly<Record<string, Teller>> = {
  web_search_call: (item) => bracket('web search', searchQuery(item)),
  file_search_call: (item) =>
    lines([
      bracket('file search', strings(item, 'queries').join('; ')),
      ...objects(item, 'results').map(foundText),
    ]),
  code_interpreter_call: (item) =>
    lines([
      '[code interpreter]',
      text(item, 'code'),
      ...objects(item, 'outputs').map((one) => text(one, 'logs')),
    ]),
  mcp_call: (item) => lines([bracket('tool', callText(item)), plain(item['output']), plain(item['error'])]),
  mcp_approval_request: (item) => bracket('approval needed', callText(item)),
  mcp_approval_response: (item) => bracket('approval', item['approve'] === true ? 'given' : 'refused'),
  shell_call: (item) => commands(object(item, 'action')),
  local_shell_call: (item) => commands(object(item, 'action')),
  shell_call_output: (item) =>
    lines(objects(item, 'output').flatMap((one) => [text(one, 'stdout'), text(one, 'stderr')])) ??
    words(item),
  program: (item) => lines(['[program]', text(item, 'code')]),
  apply_patch_call: (item) => {
    const operation = object(item, 'operation') ?? {}
    return lines([
      bracket(text(operation, 'type') ?? 'patch', text(operation, 'path')),
      text(operation, 'diff'),
    ])
  },
  computer_call: (item) => bracket('computer', compactJson(item['action'] ?? item['actions'])),
  computer_call_output: () => '[screenshot]',
}

function fallback(item: JsonObject): string | undefined {
  const type = text(item, 'type') ?? ''
  if (WORDLESS.has(type)) return undefined
  const teller = TELLERS[type]
  return teller === undefined ? words(item) : teller(item)
}

/** All texts of an unknown item, in order, so that nothing the user said is lost. */
function words(item: JsonObject): string | undefined {
  const found: (string | undefined)[] = []
  for (const key of ['text', 'content', 'summary', 'input', 'arguments', 'output', 'result', 'refusal']) {
    const value = item[key]
    if (value === undefined || value === null) continue
    found.push(plain(value))
  }
  return lines(found)
}

function plain(value: JsonValue | undefined): string | undefined {
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return lines(value.map(plain))
  if (isObject(value)) return words(value)
  return undefined
}

function searchQuery(item: JsonObject): string | undefined {
  const action = object(item, 'action') ?? {}
  const given = parseJson(text(item, 'arguments') ?? '')
  const url = text(action, 'url')
  return (
    text(action, 'query') ??
    strings(action, 'queries')[0] ??
    url ??
    (isObject(given) ? text(given, 'query') : undefined) ??
    text(item, 'query')
  )
}

function foundText(result: JsonObject): string | undefined {
  const told = text(result, 'text')
  return told === undefined ? undefined : `${text(result, 'filename') ?? 'file'}: ${told}`
}

function callText(item: JsonObject): string {
  const name = [text(item, 'server_label'), text(item, 'name')].filter((part) => part !== undefined).join('.')
  return `${name} ${text(item, 'arguments') ?? ''}`.trim()
}

function commands(action: JsonObject | undefined): string | undefined {
  if (action === undefined) return undefined
  const many = strings(action, 'commands').map((command) => `$ ${command}`)
  const single = strings(action, 'command').join(' ')
  return lines(single === '' ? many : [...many, `$ ${single}`])
}

function strings(source: JsonObject, key: string): string[] {
  return list(source, key).filter((value) => typeof value === 'string')
}

function bracket(what: string, about: string | undefined): string {
  return about === undefined || about === '' ? `[${what}]` : `[${what}: ${about}]`
}

function compactJson(value: JsonValue | undefined): string | undefined {
  return value === undefined ? undefined : JSON.stringify(value)
}

function lines(parts: readonly (string | undefined)[]): string | undefined {
  const told = parts.filter((part) => part !== undefined && part !== '')
  return told.length === 0 ? undefined : told.join('\n')
}
