// The part of a dialect that speaks of meaning: which tools can be forced, which schemas can be read. A request is made
// to fit before a codec writes it, so that each protocol has it. Law: what is given up is noted.

import type { JsonObject } from '../base/json.js'
import type { Dialect } from './dialect.js'
import type { Note } from './ir/note.js'
import type { IrPart, MediaPart, TextPart } from './ir/part.js'
import type { IrRequest, IrTool, IrTurn } from './ir/request.js'
import { limitSchema } from './tools/limit-schema.js'

/** The request with what the vendor can do. */
export function fitRequest(request: IrRequest, dialect: Dialect, notes: Note[]): IrRequest {
  const seen = dialect.images === false ? withoutImages(request, notes) : request
  const offered = dialect.serverTools === false ? withoutServerTools(seen, notes) : seen
  return withFormat(withSchemas(withChoice(offered, dialect, notes), dialect, notes), dialect, notes)
}

/** A model without eyes refuses the whole conversation for one image in its history. */
function withoutImages(request: IrRequest, notes: Note[]): IrRequest {
  const told = (part: MediaPart, path: string): TextPart => {
    notes.push({ kind: 'approximated', path, reason: 'the model cannot see images' })
    const name = part.name === undefined ? '' : ` ${part.name}`
    return { type: 'text', text: `[image${name}: this model cannot see images]` }
  }
  const isImage = (part: IrPart): part is MediaPart => part.type === 'media' && part.kind === 'image'
  const turns = request.turns.map((turn, index) => ({
    ...turn,
    parts: turn.parts.map((part, at): IrPart => {
      const path = `turns[${index}].parts[${at}]`
      if (isImage(part)) return told(part, path)
      if (part.type !== 'tool-result' || !part.content.some(isImage)) return part
      return { ...part, content: part.content.map((inner) => (isImage(inner) ? told(inner, path) : inner)) }
    }),
  }))
  return { ...request, turns }
}

function withoutServerTools(request: IrRequest, notes: Note[]): IrRequest {
  const tools = request.tools.filter((tool) => tool.type !== 'server')
  if (tools.length === request.tools.length) return request
  notes.push({
    kind: 'dropped',
    path: 'tools',
    reason: 'the provider runs no tools of its own, such as web search',
  })
  return { ...request, tools }
}

function withChoice(request: IrRequest, dialect: Dialect, notes: Note[]): IrRequest {
  const choice = request.toolChoice
  const form = dialect.toolChoice
  if (choice === undefined || form === undefined || request.tools.length === 0) return request
  switch (form) {
    case 'any':
      return choice.type === 'tool' ? alone(request, choice.name, choice.namespace, notes) : request
    case 'auto':
      return choice.type === 'none' ? withoutTools(request, notes) : unforced(request, notes)
    case 'auto-when-thinking':
      return choice.type === 'none' ? request : whileThinking(request, dialect, notes)
  }
}

/** A named tool is forced by offering no other. */
function alone(request: IrRequest, name: string, namespace: string | undefined, notes: Note[]): IrRequest {
  const tools = request.tools.filter((tool) => isNamed(tool, name, namespace))
  if (tools.length === 0) return request
  notes.push({
    kind: 'emulated',
    path: 'tool_choice',
    reason: `${name} is forced by offering no other tool`,
  })
  return { ...withoutExactChoice(request), tools, toolChoice: { type: 'required' } }
}

function isNamed(tool: IrTool, name: string, namespace: string | undefined): boolean {
  if (tool.type === 'server') return false
  return tool.name === name && (tool.type === 'search' || tool.namespace === namespace)
}

function withoutTools(request: IrRequest, notes: Note[]): IrRequest {
  notes.push({
    kind: 'emulated',
    path: 'tool_choice',
    reason: 'no tool is offered, so that none is used',
  })
  return { ...unchosen(request), tools: [] }
}

/** Without a choice the model chooses; only a forced one is a loss. */
function unforced(request: IrRequest, notes: Note[]): IrRequest {
  if (request.toolChoice?.type !== 'auto')
    notes.push({
      kind: 'approximated',
      path: 'tool_choice',
      reason: 'the provider cannot force a tool; the model chooses',
    })
  return unchosen(request)
}

/** Thinking that was asked for is worth more than the choice; thinking that nobody asked for is switched off for it. */
function whileThinking(request: IrRequest, dialect: Dialect, notes: Note[]): IrRequest {
  const { reasoning, toolChoice } = request
  const isOff = reasoning?.mode === 'off' || reasoning?.effort === 'none'
  const canStop = dialect.efforts === undefined || dialect.efforts.includes('none')
  if (toolChoice?.type === 'auto' || !canStop) return unforced(request, notes)
  if (isOff) return request
  if (reasoning !== undefined) return unforced(request, notes)
  notes.push({
    kind: 'approximated',
    path: 'reasoning',
    reason: 'a forced tool choice does not go together with thinking, which is switched off',
  })
  return { ...request, reasoning: { mode: 'off' } }
}

function unchosen(request: IrRequest): IrRequest {
  const { toolChoice: _choice, ...rest } = withoutExactChoice(request)
  return rest
}

/** A carried choice is the exact form of the one that was given up. */
function withoutExactChoice(request: IrRequest): IrRequest {
  const { carry } = request
  if (carry === undefined || carry.fields['tool_choice'] === undefined) return request
  const { tool_choice: _exact, ...fields } = carry.fields
  return { ...request, carry: { ...carry, fields } }
}

function withSchemas(request: IrRequest, dialect: Dialect, notes: Note[]): IrRequest {
  const limits = dialect.schemaLimits
  if (limits === undefined) return request
  const limited = (schema: JsonObject, path: string) => {
    const { value, notes: lost } = limitSchema(schema, limits, path)
    notes.push(...lost)
    return value
  }
  const tools = request.tools.map(
    (tool): IrTool =>
      tool.type === 'function' || tool.type === 'search'
        ? { ...tool, schema: limited(tool.schema, `tools.${tool.name}`) }
        : tool,
  )
  const { format } = request
  if (format?.type !== 'json-schema') return { ...request, tools }
  return { ...request, tools, format: { ...format, schema: limited(format.schema, 'response_format') } }
}

function withFormat(request: IrRequest, dialect: Dialect, notes: Note[]): IrRequest {
  const { format } = request
  if (format?.type !== 'json-schema' || dialect.jsonSchema !== false) return request
  notes.push({
    kind: 'emulated',
    path: 'response_format',
    reason: 'the provider knows no JSON Schema for answers; it is told in words',
  })
  const words = `Answer with one JSON object and nothing else. It must fit this JSON Schema:\n${JSON.stringify(format.schema)}`
  return { ...request, turns: withInstruction(request.turns, words), format: { type: 'json' } }
}

/** As the last of the opening instructions. */
function withInstruction(turns: readonly IrTurn[], words: string): IrTurn[] {
  const first = turns.findIndex((turn) => turn.role !== 'system' && turn.role !== 'developer')
  const head = first === -1 ? turns.length : first
  const told: IrTurn = { role: 'system', parts: [{ type: 'text', text: words }] }
  return [...turns.slice(0, head), told, ...turns.slice(head)]
}
