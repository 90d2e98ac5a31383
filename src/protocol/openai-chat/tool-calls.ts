// Puts streamed tool calls together. Vendors send pieces by index, without index, with the same index for every
// call, whole in one chunk, or with id and name repeated in each (providers §5.4).

import { isObject, type JsonObject, number, object, parseJson, text } from '../../base/json.js'
import type { IrEvent } from '../ir/event.js'
import type { ToolKind } from '../ir/part.js'
import type { IrTool } from '../ir/request.js'
import type { ToolNames } from '../tools/names.js'
import { decodeArguments } from './messages-decode.js'
import { wireNames } from './names.js'
import { sealOfCall } from './reasoning.js'
import { carried, carryOf } from './wire.js'

/** What the assembly needs from the stream around it. */
export type CallContext = {
  /** The index of the next part. */
  nextIndex(): number
  newId(prefix: string): string
  /** The tools that were offered. */
  readonly tools: readonly IrTool[]
  /** Names the channel, for the proof of a call. */
  readonly footprint: string
}

export type ToolCalls = {
  /** A piece of the delta's `tool_calls`, or of the older `function_call`. */
  push(piece: JsonObject): IrEvent[]
  /** A piece like the last one, but for its input. */
  again(input: string): IrEvent[]
  /** Ends the calls that are complete, because other content begins. */
  pause(): IrEvent[]
  /** Ends all calls. */
  end(): IrEvent[]
  /** How many calls began. */
  count(): number
}

/** named: its start event is out · nameless: pieces wait for a name · ended. */
type Call = {
  state: 'nameless' | 'named' | 'ended'
  readonly slot: number | undefined
  readonly id: string
  readonly wireId: string | undefined
  readonly kind: ToolKind
  name: string | undefined
  index: number
  input: string
  fields: JsonObject
}

type Piece = {
  readonly slot: number | undefined
  readonly id: string | undefined
  readonly kind: ToolKind
  readonly name: string | undefined
  readonly input: string
  readonly fields: JsonObject
}

export function toolCalls(context: CallContext): ToolCalls {
  const calls: Call[] = []
  let last: Piece | undefined
  /** The names under which the tools were offered; most answers call none. */
  let names: ToolNames | undefined

  function open(piece: Piece): { call: Call; events: IrEvent[] } {
    const events = endComplete()
    const taken = piece.id === undefined || calls.some((call) => call.id === piece.id)
    const call: Call = {
      state: 'nameless',
      slot: piece.slot,
      id: taken ? context.newId('call_') : (piece.id ?? ''),
      wireId: piece.id,
      kind: piece.kind,
      name: undefined,
      index: -1,
      input: '',
      fields: {},
    }
    calls.push(call)
    return { call, events }
  }

  /** The call gets its name, its place, and what has waited. */
  function begin(call: Call, name: string): IrEvent[] {
    names ??= wireNames(context.tools)
    const { namespace, name: original } = names.find(name) ?? { name, namespace: undefined }
    const proof = tellProof(call)
    call.state = 'named'
    call.index = context.nextIndex()
    call.name = name
    const start: IrEvent = {
      type: 'tool-call-start',
      index: call.index,
      id: call.id,
      kind: call.kind,
      name: original,
      ...(namespace === undefined ? {} : { namespace }),
    }
    const waited = { type: 'tool-call-delta', index: call.index, input: call.input } as const
    return [...proof, start, ...(call.input === '' ? [] : [waited])]
  }

  function tellProof(call: Call): IrEvent[] {
    const seal = sealOfCall(call.fields, context.footprint)
    if (seal === undefined) return []
    const index = context.nextIndex()
    return [
      { type: 'reasoning-start', index, visibility: 'summary' },
      { type: 'reasoning-end', index, seal },
    ]
  }

  function finish(call: Call): IrEvent[] {
    if (call.state !== 'named') return []
    call.state = 'ended'
    const empty = call.input.trim() === '' && call.kind !== 'custom'
    return [
      ...(empty ? [{ type: 'tool-call-delta', index: call.index, input: '{}' } as const] : []),
      { type: 'tool-call-end', index: call.index, ...carryOf(call.fields) },
    ]
  }

  function endComplete(): IrEvent[] {
    return calls.filter((call) => call.state === 'named' && isComplete(call)).flatMap(finish)
  }

  function take(piece: Piece): IrEvent[] {
    last = piece
    const found = findCall(calls, piece)
    const { call, events } = found === undefined ? open(piece) : { call: found, events: [] }
    Object.assign(call.fields, piece.fields)
    if (call.state === 'ended') return events
    const input = addsTo(call, piece)
    call.input += input
    if (call.state === 'named')
      return input === '' ? events : [...events, { type: 'tool-call-delta', index: call.index, input }]
    return piece.name === undefined ? events : [...events, ...begin(call, piece.name)]
  }

  return {
    push: (value) => take(readPiece(value)),
    again: (input) => (last === undefined ? [] : take({ ...last, input })),
    pause: endComplete,
    end() {
      return calls.flatMap((call) => [
        // A call that was never named cannot be run, but the agent can tell the model so.
        ...(call.state === 'nameless' && call.input !== '' ? begin(call, 'unnamed') : []),
        ...finish(call),
      ])
    },
    count: () => calls.filter((call) => call.state !== 'nameless').length,
  }
}

/** Spaces before or instead of arguments say nothing. */
function addsTo(call: Call, piece: Piece): string {
  if (call.kind === 'custom') return piece.input
  return call.input === '' && piece.input.trim() === '' ? '' : piece.input
}

/** The call that a piece continues; undefined when it begins another one. */
function findCall(calls: readonly Call[], piece: Piece): Call | undefined {
  const sameId = piece.id === undefined ? undefined : calls.findLast((call) => call.wireId === piece.id)
  const last = piece.slot === undefined ? calls.at(-1) : calls.findLast((call) => call.slot === piece.slot)
  if (piece.slot === undefined && piece.id !== undefined)
    return sameId ?? (piece.name === undefined ? last : undefined)
  if (last === undefined) return undefined
  if (piece.id !== undefined && last.wireId !== undefined && piece.id !== last.wireId)
    return piece.name === undefined ? last : undefined
  return beginsAnother(last, piece) ? undefined : last
}

/** A named piece after a complete call, without an id of its own, is a further call in the same place. */
function beginsAnother(last: Call, piece: Piece): boolean {
  if (piece.name === undefined || last.name === undefined) return false
  if (piece.slot === undefined && piece.name !== last.name) return true
  return piece.input.trim() !== '' && isComplete(last)
}

function isComplete(call: Call): boolean {
  if (call.kind === 'custom' || !/[}\]]\s*$/.test(call.input)) return false
  const value = parseJson(call.input)
  return typeof value === 'object' && value !== null
}

function readPiece(value: JsonObject): Piece {
  const custom = object(value, 'custom')
  const body = custom ?? object(value, 'function') ?? value
  const name = text(body, 'name')
  const id = text(value, 'id')
  const slot = number(value, 'index')
  return {
    slot,
    id: id === '' ? undefined : id,
    kind: custom === undefined ? 'function' : 'custom',
    name: name === '' ? undefined : name,
    input: custom === undefined ? readArguments(body) : (text(body, 'input') ?? ''),
    fields:
      carried(value, ['index', 'id', 'type', 'function', 'custom', 'name', 'arguments']).carry?.fields ?? {},
  }
}

function readArguments(body: JsonObject): string {
  const value = body['arguments']
  if (typeof value === 'string') return value
  return isObject(value) || Array.isArray(value) ? decodeArguments(value) : ''
}
