// What the demo model says: a little thinking, one harmless tool call when tools are offered, then an answer that uses the
// result. Decided from the request alone, so that the same conversation always runs the same way.

import type { JsonObject, JsonValue } from '../base/json.js'
import { isObject, list, object, objects, text } from '../base/json.js'
import type { FunctionTool, IrRequest, IrTurn } from '../protocol/ir/request.js'

export type DemoPiece =
  | { readonly type: 'reasoning'; readonly text: string }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'tool-call'; readonly name: string; readonly namespace?: string; readonly input: string }

/** Tools of the agents that run a command, and the arguments that make one do no harm. */
const COMMAND = 'echo "hello from the axonhub demo model"'
const KNOWN: Readonly<Record<string, JsonObject>> = {
  Bash: { command: COMMAND, description: 'Say hello' },
  exec_command: { cmd: COMMAND },
  shell: { command: ['sh', '-c', COMMAND] },
  shell_command: { command: COMMAND },
}

const MOST_DEPTH = 4

/** A small value that the schema accepts. */
function example(schema: JsonObject, depth = 0): JsonValue {
  const options = list(schema, 'enum')
  if (options[0] !== undefined) return options[0]
  if (schema['const'] !== undefined) return schema['const']
  if (schema['default'] !== undefined) return schema['default']
  const variant = [...objects(schema, 'anyOf'), ...objects(schema, 'oneOf')][0]
  if (variant !== undefined && depth < MOST_DEPTH) return example(variant, depth + 1)
  const type = text(schema, 'type') ?? list(schema, 'type').find((one) => one !== 'null')
  switch (type) {
    case 'string':
      return 'demo'
    case 'number':
    case 'integer':
      return 1
    case 'boolean':
      return true
    case 'array':
      return []
    case 'null':
      return null
    default:
      return depth < MOST_DEPTH ? exampleObject(schema, depth) : {}
  }
}

function exampleObject(schema: JsonObject, depth = 0): JsonObject {
  const properties = object(schema, 'properties') ?? {}
  const result: JsonObject = {}
  for (const key of list(schema, 'required')) {
    const property = typeof key === 'string' ? properties[key] : undefined
    if (typeof key === 'string' && isObject(property)) result[key] = example(property, depth + 1)
  }
  return result
}

function textOf(turn: IrTurn): string {
  return turn.parts.map((part) => (part.type === 'text' ? part.text : '')).join(' ')
}

/** Agents put notes to the model in tags around or before what the user wrote. */
function spoken(turn: IrTurn): string {
  return textOf(turn)
    .replace(/<([a-z_-]+)>[\s\S]*?<\/\1>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
}

function lastQuestion(request: IrRequest): { readonly question: string; readonly results: string[] } {
  const at = request.turns.findLastIndex((turn) => turn.role === 'user' && spoken(turn) !== '')
  const turn = request.turns[at]
  const results = request.turns
    .slice(at + 1)
    .flatMap((later) => later.parts)
    .filter((part) => part.type === 'tool-result')
    .map((part) =>
      part.content.map((piece) => (piece.type === 'text' ? piece.text : '[attachment]')).join(' '),
    )
  return { question: turn === undefined ? '' : spoken(turn), results }
}

function chosenTool(
  request: IrRequest,
): { readonly tool: FunctionTool; readonly input: JsonObject } | undefined {
  if (request.toolChoice?.type === 'none') return undefined
  const tools = request.tools.filter((tool) => tool.type === 'function')
  const wanted = request.toolChoice?.type === 'tool' ? request.toolChoice.name : undefined
  const known = tools.find((tool) =>
    wanted === undefined ? KNOWN[tool.name] !== undefined : tool.name === wanted,
  )
  const tool = known ?? tools[0]
  if (tool === undefined) return undefined
  return { tool, input: KNOWN[tool.name] ?? exampleObject(tool.schema) }
}

function quoted(words: string, most: number): string {
  const short = words.replace(/\s+/g, ' ').trim()
  return short.length > most ? `${short.slice(0, most - 1)}…` : short
}

/** The demo model's answer to a request. */
export function demoAnswer(request: IrRequest): DemoPiece[] {
  const { question, results } = lastQuestion(request)
  if (request.format?.type === 'json-schema') {
    const value = exampleObject(request.format.schema)
    if (typeof value['title'] === 'string') value['title'] = 'Demo conversation'
    return [{ type: 'text', text: JSON.stringify(value) }]
  }
  const choice = results.length === 0 ? chosenTool(request) : undefined
  if (choice !== undefined) {
    const { tool, input } = choice
    return [
      {
        type: 'reasoning',
        text: `The user wants: ${quoted(question, 80)}. I will call ${tool.name} once and then answer.`,
      },
      { type: 'text', text: `Let me use ${tool.name} for that.` },
      {
        type: 'tool-call',
        name: tool.name,
        input: JSON.stringify(input),
        ...(tool.namespace === undefined ? {} : { namespace: tool.namespace }),
      },
    ]
  }
  const used = results.length === 0 ? '' : ` The tool said: “${quoted(results.join(' '), 160)}”.`
  return [
    { type: 'reasoning', text: `A short answer is enough: ${quoted(question, 60)}.` },
    {
      type: 'text',
      text: `This is the demo model inside axonhub. You asked: “${quoted(question, 120)}”.${used} No key and no network were needed; with a real channel, a real model answers here.`,
    },
  ]
}
