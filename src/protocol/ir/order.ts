// Puts tool results where every provider wants them: in tool turns directly after the assistant turns with their
// calls, in the order of the calls. Agents send them in the order of completion and mixed with text.
// Law: no text of the user is lost, every call but those still pending has one result, twice changes nothing.

import type { Note, Noted } from './note.js'
import type { IrPart, ToolCallPart, ToolResultPart } from './part.js'
import type { IrRequest, IrTurn } from './request.js'

/** One or more assistant turns in a row, and the calls in them. */
type Run = { readonly type: 'run'; readonly turns: IrTurn[]; readonly calls: Call[] }
type Slot = Run | { readonly type: 'other'; readonly turn: IrTurn }

type Call = {
  /** Its id differs from the history's where that name was taken. */
  readonly part: ToolCallPart
  answer: Answer | undefined
}

/** A result, and the carry of the turn it came in when that turn held nothing else. */
type Answer = { readonly part: ToolResultPart; readonly carry: IrTurn['carry'] }

/** The calls that the history names alike; some agents name all of them alike, so none is looked for one by one. */
type Namesakes = {
  /** Those without a result, run by run. */
  readonly open: { readonly run: Run; readonly calls: Call[]; next: number }[]
  readonly answers: ToolResultPart[]
  /** What the answers say, once somebody has asked. */
  contents: Set<string> | undefined
  /** The last number that was put behind the name to tell them apart. */
  number: number
}

type History = {
  readonly slots: Slot[]
  readonly calls: Map<string, Namesakes>
  readonly takenIds: Set<string>
  readonly notes: Note[]
}

/**
 * The request with its results in place. Text and media that stood with results follow them in a user turn; system
 * and developer turns between a call and its results follow the results. A result without a call becomes user text;
 * a call without a result gets an error result, unless it ends the history; call ids are made unique.
 */
export function placeResults(request: IrRequest): Noted<IrRequest> {
  const history: History = { slots: [], calls: new Map(), takenIds: new Set(), notes: [] }
  let previous: IrTurn | undefined
  request.turns.forEach((turn, index) => {
    if (turn.role === 'assistant') addAssistant(history, turn, previous?.role === 'assistant', index)
    else addOther(history, turn, index)
    previous = turn
  })
  const pending = pendingRun(history.slots)
  const turns: IrTurn[] = []
  for (const slot of history.slots) {
    if (slot.type === 'other') {
      turns.push(slot.turn)
      continue
    }
    for (const turn of slot.turns) turns.push(turn)
    for (const turn of resultTurns(slot, slot === pending, history)) turns.push(turn)
  }
  return { value: { ...request, turns }, notes: history.notes }
}

function addAssistant(history: History, turn: IrTurn, follows: boolean, index: number): void {
  const last = history.slots.at(-1)
  const run: Run = follows && last?.type === 'run' ? last : { type: 'run', turns: [], calls: [] }
  if (run !== last) history.slots.push(run)
  if (!turn.parts.some(isOfTools)) {
    run.turns.push(turn)
    return
  }
  const parts = turn.parts.flatMap((part, place): IrPart[] => {
    if (part.type === 'tool-result')
      return answer(history, part, undefined, `turns[${index}].parts[${place}]`)
    return [part.type === 'tool-call' ? addCall(history, run, part) : part]
  })
  run.turns.push(sameParts(parts, turn.parts) ? turn : { ...turn, parts })
}

function isOfTools(part: IrPart): boolean {
  return part.type === 'tool-call' || part.type === 'tool-result'
}

function sameParts(left: readonly IrPart[], right: readonly IrPart[]): boolean {
  return left.length === right.length && left.every((part, at) => part === right[at])
}

/** Registers a call under an id that no other call of the history has. */
function addCall(history: History, run: Run, part: ToolCallPart): ToolCallPart {
  const namesakes = history.calls.get(part.id) ?? { open: [], answers: [], contents: undefined, number: 1 }
  history.calls.set(part.id, namesakes)
  let id = part.id
  while (id === '' || history.takenIds.has(id)) id = `${part.id || 'call'}_${++namesakes.number}`
  history.takenIds.add(id)
  const call: Call = { part: id === part.id ? part : { ...part, id }, answer: undefined }
  run.calls.push(call)
  const newest = namesakes.open.at(-1)
  if (newest?.run === run) newest.calls.push(call)
  else namesakes.open.push({ run, calls: [call], next: 0 })
  return call.part
}

function addOther(history: History, turn: IrTurn, index: number): void {
  if (turn.role !== 'tool' && !turn.parts.some(isOfTools)) {
    history.slots.push({ type: 'other', turn })
    return
  }
  const pure = turn.parts.every((part) => part.type === 'tool-result')
  const rest = turn.parts.flatMap((part, place): IrPart[] =>
    part.type === 'tool-result'
      ? answer(history, part, pure ? turn.carry : undefined, `turns[${index}].parts[${place}]`)
      : [part],
  )
  if (rest.length === 0 && turn.parts.length > 0) return
  const role = turn.role === 'tool' ? 'user' : turn.role
  history.slots.push({
    type: 'other',
    turn:
      role !== turn.role
        ? { role, parts: rest }
        : sameParts(rest, turn.parts)
          ? turn
          : { ...turn, parts: rest },
  })
}

/** Gives a result to its call; what it leaves behind (text for the user turn) when it has none. */
function answer(history: History, part: ToolResultPart, carry: IrTurn['carry'], path: string): IrPart[] {
  const namesakes = history.calls.get(part.callId)
  const call = namesakes === undefined ? undefined : firstOpen(namesakes)
  if (call !== undefined) {
    call.answer = { part: { ...part, callId: call.part.id, kind: call.part.kind }, carry }
    namesakes?.answers.push(part)
    namesakes?.contents?.add(JSON.stringify(part.content))
    return []
  }
  if (namesakes !== undefined && isSaid(namesakes, part)) {
    history.notes.push({ kind: 'dropped', path, reason: 'the same tool result was given before' })
    return []
  }
  history.notes.push({ kind: 'approximated', path, reason: 'a tool result without its call is told as text' })
  return asText(part)
}

/** The first call without a result in the newest run that has one. */
function firstOpen({ open }: Namesakes): Call | undefined {
  const newest = open.at(-1)
  const call = newest?.calls[newest.next]
  if (newest === undefined || call === undefined) return undefined
  newest.next += 1
  if (newest.next === newest.calls.length) open.pop()
  return call
}

function isSaid(namesakes: Namesakes, part: ToolResultPart): boolean {
  namesakes.contents ??= new Set(namesakes.answers.map((answered) => JSON.stringify(answered.content)))
  return namesakes.contents.has(JSON.stringify(part.content))
}

function asText(part: ToolResultPart): IrPart[] {
  const what = part.isError === true ? 'Error of a tool call' : 'Result of a tool call'
  return [{ type: 'text', text: `${what} that is not in the history (${part.callId}):` }, ...part.content]
}

/** The last run, when nothing of the user follows it and none of its calls is answered: the agent may still run them. */
function pendingRun(slots: readonly Slot[]): Run | undefined {
  const last = slots.findLast(
    (slot) => slot.type === 'run' || !['system', 'developer'].includes(slot.turn.role),
  )
  return last?.type === 'run' && last.calls.every((call) => call.answer === undefined) ? last : undefined
}

/** The results of a run in the order of its calls; results that share a turn's carry stay in one turn. */
function resultTurns(run: Run, pending: boolean, history: History): IrTurn[] {
  if (pending) return []
  const turns: { carry: IrTurn['carry']; parts: ToolResultPart[] }[] = []
  for (const call of run.calls) {
    const { part, carry } = call.answer ?? missingAnswer(call, history)
    const last = turns.at(-1)
    if (last !== undefined && last.carry === carry) last.parts.push(part)
    else turns.push({ carry, parts: [part] })
  }
  return turns.map(({ carry, parts }) => ({ role: 'tool', parts, ...(carry === undefined ? {} : { carry }) }))
}

function missingAnswer(call: Call, history: History): Answer {
  history.notes.push({
    kind: 'emulated',
    path: `tool call ${call.part.id}`,
    reason: 'the history has no result for it; an error result was put in',
  })
  const content = [{ type: 'text', text: 'No result was recorded for this tool call.' } as const]
  const part = {
    type: 'tool-result',
    callId: call.part.id,
    kind: call.part.kind,
    content,
    isError: true,
  } as const
  return { part, carry: undefined }
}
