// Gives the calls of an upstream's answer the kind, namespace and name that the agent offered the tools under.
// Law: restoring the events and collecting them is the same as collecting them and restoring the answer.

import type { Step } from '../codec.js'
import type { IrEvent } from '../ir/event.js'
import type { IrPart } from '../ir/part.js'
import type { IrResponse } from '../ir/response.js'
import type { ToolAddress, ToolNames } from './names.js'
import { inputUnwrapper, unwrapInput } from './unwrap.js'

type Head = { readonly kind: ToolAddress['kind']; readonly name: string; readonly namespace?: string }

export function restoreEvents(names: ToolNames): Step<IrEvent, IrEvent> {
  /** Open calls whose kind changed; those of custom tools are unwrapped. */
  const changed = new Map<number, Step<string, string> | 'as-it-is'>()

  return {
    push(event) {
      switch (event.type) {
        case 'tool-call-start': {
          const head = headOf(event, names)
          if (head === undefined) return [event]
          const { namespace: _, ...rest } = event
          if (head.kind !== event.kind)
            changed.set(event.index, head.kind === 'custom' ? inputUnwrapper() : 'as-it-is')
          return [{ ...rest, ...head }]
        }
        case 'tool-call-delta': {
          const unwrapper = changed.get(event.index)
          if (unwrapper === undefined || unwrapper === 'as-it-is') return [event]
          return unwrapper.push(event.input).map((input) => ({ ...event, input }))
        }
        case 'tool-call-end': {
          const unwrapper = changed.get(event.index)
          if (unwrapper === undefined) return [event]
          changed.delete(event.index)
          const { type, index } = event
          const last = unwrapper === 'as-it-is' ? [] : unwrapper.end()
          return [
            ...last.map((input) => ({ type: 'tool-call-delta', index, input }) as const),
            { type, index },
          ]
        }
        default:
          return [event]
      }
    },
    end: () => [],
  }
}

export function restoreResponse(response: IrResponse, names: ToolNames): IrResponse {
  return { ...response, parts: response.parts.map((part) => restorePart(part, names)) }
}

function restorePart(part: IrPart, names: ToolNames): IrPart {
  if (part.type !== 'tool-call') return part
  const head = headOf(part, names)
  if (head === undefined) return part
  const { namespace: _, ...rest } = part
  if (head.kind === part.kind) return { ...rest, ...head }
  // A carry holds what belongs to the other kind of item, as in `flattenTools`.
  const { carry: __, ...bare } = rest
  return { ...bare, ...head, input: head.kind === 'custom' ? unwrapInput(part.input) : part.input }
}

/** The tool that is called; undefined for a name that nobody offered, which the agent shall see as it is. */
function headOf(call: Head, names: ToolNames): Head | undefined {
  if (call.kind !== 'function') return undefined
  // An upstream with namespaces of its own may tell them apart from the name.
  const joined = call.namespace === undefined ? undefined : names.find(`${call.namespace}__${call.name}`)
  const address = joined ?? names.find(call.name)
  if (address === undefined) return undefined
  const { kind, name, namespace } = address
  return { kind, name, ...(namespace === undefined ? {} : { namespace }) }
}
