// Names and ids that this wire accepts: tool names as protocol/tools makes them, call ids of 40 characters (OpenAI's
// limit). What is rewritten is always rewritten to the same.

import { createHash } from 'node:crypto'
import type { Dialect } from '../dialect.js'
import type { ToolCallPart } from '../ir/part.js'
import type { IrTool } from '../ir/request.js'
import { addressOf, isFlatName, type ToolNames, toolNames } from '../tools/names.js'

const ID_LENGTH = 40

/** The wire names of a request's tools. Tools whose name is allowed keep it, whatever the others are called. */
export function wireNames(tools: readonly IrTool[]): ToolNames {
  const names = toolNames()
  const offered = tools.flatMap((tool) => (tool.type === 'server' ? [] : [addressOf(tool)]))
  for (const tool of offered) if (tool.namespace === undefined && isFlatName(tool.name)) names.flat(tool)
  for (const tool of offered) names.flat(tool)
  return names
}

/** The name of a call's tool on the wire. */
export function callName(call: ToolCallPart, place: { readonly names: ToolNames }): string {
  return place.names.flat(call)
}

/** The id of a call on the wire, the same for the call and its result. Mistral takes nine letters and digits only. */
export function wireCallId(id: string, dialect: Dialect): string {
  const exact = dialect.callIdLength
  if (exact !== undefined) return id.length === exact && /^[A-Za-z0-9]+$/.test(id) ? id : digest(id, exact)
  return id !== '' && id.length <= ID_LENGTH ? id : `call_${digest(id, 24)}`
}

function digest(id: string, length: number): string {
  return createHash('sha256').update(id).digest('hex').slice(0, length)
}
