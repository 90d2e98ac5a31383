// Tells a whole answer as the events of a stream. Law: collect(replay(response)) equals the response.

import { assertNever } from '../../base/assert-never.js'
import { HubError } from '../../base/errors.js'
import type { IrEvent } from './event.js'
import type { Carry, IrPart } from './part.js'
import type { IrResponse } from './response.js'

/** The events of an answer, each part's text in one piece. Throws HubError `internal` for a tool result: no model makes one. */
export function replay(response: IrResponse): IrEvent[] {
  return [
    {
      type: 'start',
      ...(response.id === undefined ? {} : { id: response.id }),
      ...(response.model === undefined ? {} : { model: response.model }),
    },
    ...response.parts.flatMap(replayPart),
    {
      type: 'finish',
      ...response.finish,
      ...(response.usage === undefined ? {} : { usage: response.usage }),
      ...carried(response.carry),
    },
  ]
}

/** The events of one part, under this index. */
export function replayPart(part: IrPart, index: number): IrEvent[] {
  switch (part.type) {
    case 'text':
      return [
        { type: 'text-start', index, ...(part.refusal === undefined ? {} : { refusal: part.refusal }) },
        ...(part.text === '' ? [] : [{ type: 'text-delta', index, text: part.text } as const]),
        { type: 'text-end', index, ...carried(part.carry) },
      ]
    case 'reasoning':
      return [
        { type: 'reasoning-start', index, visibility: part.visibility },
        ...(part.text === '' ? [] : [{ type: 'reasoning-delta', index, text: part.text } as const]),
        {
          type: 'reasoning-end',
          index,
          ...(part.seal === undefined ? {} : { seal: part.seal }),
          ...carried(part.carry),
        },
      ]
    case 'tool-call':
      return [
        {
          type: 'tool-call-start',
          index,
          id: part.id,
          kind: part.kind,
          name: part.name,
          ...(part.namespace === undefined ? {} : { namespace: part.namespace }),
        },
        ...(part.input === '' ? [] : [{ type: 'tool-call-delta', index, input: part.input } as const]),
        { type: 'tool-call-end', index, ...carried(part.carry) },
      ]
    case 'media':
      return [{ type: 'media', index, part }]
    case 'opaque':
      return [{ type: 'opaque', index, part }]
    case 'tool-result':
      throw new HubError('internal', 'A tool result cannot be part of a model answer.')
    default:
      return assertNever(part)
  }
}

function carried(carry: Carry | undefined): { readonly carry?: Carry } {
  return carry === undefined ? {} : { carry }
}
