// Repairs the schemas of a request's tools (see `repairSchema`); one that cannot be repaired is noted.

import type { Note, Noted } from '../ir/note.js'
import type { IrRequest, IrTool } from '../ir/request.js'
import { repairSchema } from './schema.js'

export function repairTools(request: IrRequest): Noted<IrRequest> {
  const notes: Note[] = []
  const tools = request.tools.map((tool): IrTool => {
    if (tool.type !== 'function' && tool.type !== 'search') return tool
    const { schema, changed, problem } = repairSchema(tool.schema)
    if (problem !== undefined)
      notes.push({ kind: 'approximated', path: `tools.${tool.name}`, reason: problem })
    return changed ? { ...tool, schema } : tool
  })
  return { value: { ...request, tools }, notes }
}
