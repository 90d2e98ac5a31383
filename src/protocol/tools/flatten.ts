// For upstreams that know only functions: custom tools, namespaces and tool search become functions with valid names,
// in the tools and in the history alike, and the answer's calls become what the agent knows again. Law: what is
// called comes back under the kind, namespace and name it was offered under; the same request gives the same bytes.

import { assertNever } from '../../base/assert-never.js'
import { isObject, objects, parseJson, text } from '../../base/json.js'
import type { Step } from '../codec.js'
import type { IrEvent } from '../ir/event.js'
import type { Note, Noted } from '../ir/note.js'
import type { IrPart, ToolCallPart, ToolResultPart } from '../ir/part.js'
import type {
  CustomTool,
  FunctionTool,
  IrRequest,
  IrTool,
  IrToolChoice,
  IrTurn,
  SearchTool,
} from '../ir/request.js'
import type { IrResponse } from '../ir/response.js'
import { addressOf, isFlatName, type ToolNames, toolNames } from './names.js'
import { restoreEvents, restoreResponse } from './restore.js'

export type Flattened = {
  readonly request: Noted<IrRequest>
  /** A machine that gives the calls of one streamed answer their kind, namespace and name back. */
  restore(): Step<IrEvent, IrEvent>
  /** The same for a whole answer. */
  restoreResponse(response: IrResponse): IrResponse
}

export function flattenTools(request: IrRequest): Flattened {
  const names = toolNames()
  const notes: Note[] = []
  reservePlainNames(request.tools, names)
  const tools = flatTools(request.tools, names, notes)
  const turns = request.turns.map((turn) => withParts(turn, (part) => flatPart(part, names)))
  const toolChoice = flatChoice(request.toolChoice, names)
  return {
    request: {
      value: { ...request, tools, turns, ...(toolChoice === undefined ? {} : { toolChoice }) },
      notes,
    },
    restore: () => restoreEvents(names),
    restoreResponse: (response) => restoreResponse(response, names),
  }
}

/** Tools that need no other name are registered first, so that none of them loses its name to a flattened one. */
function reservePlainNames(tools: readonly IrTool[], names: ToolNames): void {
  for (const tool of tools) {
    if (tool.type === 'server') continue
    if (!('namespace' in tool && tool.namespace !== undefined) && isFlatName(tool.name))
      names.flat({ kind: tool.type, name: tool.name })
  }
}

function flatTools(tools: readonly IrTool[], names: ToolNames, notes: Note[]): IrTool[] {
  const offered = new Map<string, IrTool>()
  const namespaces = new Set<string>()
  const result: IrTool[] = []
  for (const tool of tools) {
    if (tool.type === 'server') {
      result.push(tool)
      continue
    }
    const address = addressOf(tool)
    const flat = names.flat(address)
    const earlier = offered.get(flat)
    if (earlier !== undefined) {
      if (JSON.stringify(earlier) !== JSON.stringify(tool))
        notes.push({ kind: 'dropped', path: `tools.${flat}`, reason: 'a second tool of the same name' })
      continue
    }
    offered.set(flat, tool)
    const firstOfNamespace = address.namespace !== undefined && !namespaces.has(address.namespace)
    if (address.namespace !== undefined) namespaces.add(address.namespace)
    result.push(flatTool(tool, flat, firstOfNamespace))
    const note = noteOf(tool, flat, firstOfNamespace)
    if (note !== undefined) notes.push(note)
  }
  return result
}

type NamedTool = FunctionTool | CustomTool | SearchTool

function noteOf(tool: NamedTool, flat: string, firstOfNamespace: boolean): Note | undefined {
  const emulated = (path: string, reason: string): Note => ({ kind: 'emulated', path, reason })
  if (tool.type === 'custom')
    return emulated(`tools.${flat}`, 'free-text tool sent as a function with one text')
  if (tool.type === 'search') return emulated(`tools.${flat}`, 'tool search sent as a function')
  if (tool.namespace !== undefined)
    return firstOfNamespace
      ? emulated(`tools.${tool.namespace}`, 'namespace sent as part of the function names')
      : undefined
  return flat === tool.name
    ? undefined
    : emulated(`tools.${flat}`, 'tool name changed to one that is allowed')
}

function flatTool(tool: NamedTool, name: string, firstOfNamespace: boolean): FunctionTool {
  switch (tool.type) {
    case 'function': {
      const { namespace: _, namespaceDescription, ...rest } = tool
      if (name === tool.name && tool.namespace === undefined) return tool
      return {
        ...rest,
        name,
        ...described([firstOfNamespace ? namespaceDescription : undefined, tool.description]),
      }
    }
    case 'search':
      return { type: 'function', name, ...described([tool.description]), schema: tool.schema }
    case 'custom':
      return customAsFunction(tool, name, firstOfNamespace)
    default:
      return assertNever(tool)
  }
}

function customAsFunction(tool: CustomTool, name: string, firstOfNamespace: boolean): FunctionTool {
  const { grammar } = tool
  const rule =
    grammar === undefined
      ? undefined
      : `The text in \`input\` must match this ${grammar.syntax} grammar:\n${grammar.definition}`
  return {
    type: 'function',
    name,
    ...described([firstOfNamespace ? tool.namespaceDescription : undefined, tool.description, rule]),
    schema: {
      type: 'object',
      properties: { input: { type: 'string', description: 'The whole input of the tool, as plain text.' } },
      required: ['input'],
      additionalProperties: false,
    },
  }
}

function described(sentences: readonly (string | undefined)[]): { readonly description?: string } {
  const told = sentences.filter((sentence) => sentence !== undefined && sentence !== '')
  return told.length === 0 ? {} : { description: told.join('\n\n') }
}

/** The same turn when none of its parts changes. */
function withParts(turn: IrTurn, change: (part: IrPart) => IrPart): IrTurn {
  const parts = turn.parts.map(change)
  return parts.every((part, at) => part === turn.parts[at]) ? turn : { ...turn, parts }
}

/** The history speaks of the tools by the names that the upstream knows. */
function flatPart(part: IrPart, names: ToolNames): IrPart {
  if (part.type === 'tool-call') return flatCall(part, names)
  if (part.type === 'tool-result' && part.kind !== 'function') {
    const { carry: _, ...rest } = part
    const content =
      part.kind === 'search' ? part.content.map((found) => flatFound(found, names)) : part.content
    return { ...rest, kind: 'function', content }
  }
  return part
}

/** The tools that a search found, `{"tools":[{"namespace":…,"name":…}]}`, by the names they are now offered under. */
function flatFound(part: ToolResultPart['content'][number], names: ToolNames): typeof part {
  const found = part.type === 'text' ? parseJson(part.text) : undefined
  if (part.type !== 'text' || !isObject(found) || !Array.isArray(found['tools'])) return part
  const tools = objects(found, 'tools').map((tool) => {
    const namespace = text(tool, 'namespace')
    const name = text(tool, 'name') ?? ''
    return { name: names.flat({ kind: 'function', name, ...(namespace === undefined ? {} : { namespace }) }) }
  })
  return { ...part, text: JSON.stringify({ ...found, tools }) }
}

function flatCall(part: ToolCallPart, names: ToolNames): ToolCallPart {
  const name = names.flat(part)
  if (part.kind === 'function' && part.namespace === undefined && name === part.name) return part
  const { namespace: _, carry, ...rest } = part
  const kept = carry === undefined ? {} : { carry }
  if (part.kind === 'function') return { ...rest, ...kept, name }
  // A carry holds what belongs to the other kind of item (its id, for one), so it stays behind.
  const input = part.kind === 'custom' ? JSON.stringify({ input: part.input }) : part.input
  return { ...rest, kind: 'function', name, input }
}

function flatChoice(choice: IrToolChoice | undefined, names: ToolNames): IrToolChoice | undefined {
  if (choice === undefined || choice.type === 'none') return choice
  if (choice.type !== 'tool')
    return choice.among === undefined
      ? choice
      : { ...choice, among: choice.among.map((name) => names.flat({ kind: 'function', name })) }
  const { name, namespace } = choice
  return {
    type: 'tool',
    name: names.flat({ kind: 'function', name, ...(namespace === undefined ? {} : { namespace }) }),
  }
}
