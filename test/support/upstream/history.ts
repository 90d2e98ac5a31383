// Where in a script a request stands, read from the history that it carries and never from a counter, so that a
// retry, a lost turn or a lost call shows. Law: what the model said must come back as it was said.

import { isDeepStrictEqual } from 'node:util'
import { isObject, type JsonObject, type JsonValue } from '../../../src/base/json.js'
import { callFor, type OfferedTool, type Script, type Step } from './script.js'

export type PastCall = { readonly id: string; readonly name: string; readonly input: JsonValue }
export type PastResult = { readonly id: string; readonly text: string }

/** The history in one form for all protocols; neighbours of the same kind are one turn. */
export type Turn =
  | { readonly type: 'user'; readonly text: string }
  | {
      readonly type: 'assistant'
      readonly thinking: string
      readonly text: string
      readonly calls: readonly PastCall[]
    }
  | { readonly type: 'results'; readonly results: readonly PastResult[] }

/** What a request says, without its protocol. */
export type Conversation = {
  readonly turns: readonly Turn[]
  readonly tools: readonly OfferedTool[]
  /** The request wants JSON and nothing else (titles). */
  readonly wantsJson: boolean
  /** Which earlier answers must bring their thinking back: all, those that called tools, or none. */
  readonly thinkingReturns: 'always' | 'with-calls' | 'never'
}

export type Place =
  | { readonly type: 'step'; readonly script: Script; readonly index: number; readonly step: Step }
  | { readonly type: 'title' }
  | { readonly type: 'judge' }
  | { readonly type: 'summary' }
  | { readonly type: 'lost'; readonly why: string }

/** The step that answers this conversation. */
export function placeOf(conversation: Conversation, scripts: readonly Script[]): Place {
  const lastUser = conversation.turns.findLast((turn) => turn.type === 'user')
  const said = lastUser?.type === 'user' ? lastUser.text : ''
  if (said.includes('<severity>')) return { type: 'judge' }
  if (said.includes('<summary>') && said.includes('TEXT ONLY')) return { type: 'summary' }
  if (conversation.wantsJson || said.includes('<session>')) return { type: 'title' }
  const start = promptIndex(conversation.turns, scripts)
  if (start === undefined) return { type: 'lost', why: 'no user message holds a prompt of a script' }
  const answered = conversation.turns.slice(start.at + 1).filter((turn) => turn.type === 'assistant').length
  const step = start.script.steps[answered]
  if (step === undefined) {
    return { type: 'lost', why: `the script has ${start.script.steps.length} steps, all are answered` }
  }
  return { type: 'step', script: start.script, index: answered, step }
}

function promptIndex(
  turns: readonly Turn[],
  scripts: readonly Script[],
): { at: number; script: Script } | undefined {
  for (let at = turns.length - 1; at >= 0; at -= 1) {
    const turn = turns[at]
    if (turn?.type !== 'user') continue
    const script = scripts
      .filter((candidate) => turn.text.includes(candidate.prompt))
      .sort((one, other) => turn.text.lastIndexOf(other.prompt) - turn.text.lastIndexOf(one.prompt))[0]
    if (script !== undefined) return { at, script }
  }
  return undefined
}

/** How the history differs from what the model and the tools said since the prompt; empty when it does not. */
export function lossesOf(conversation: Conversation, scripts: readonly Script[], folder: string): string[] {
  const start = promptIndex(conversation.turns, scripts)
  if (start === undefined) return []
  const later = conversation.turns.slice(start.at + 1)
  const answers = later.filter((turn) => turn.type === 'assistant')
  const results = new Map(
    later
      .filter((turn) => turn.type === 'results')
      .flatMap((turn) => turn.results.map((one) => [one.id, one])),
  )
  return answers.flatMap((answer, index) => {
    const step = start.script.steps[index]
    if (step === undefined) return [`answer ${index}: the script has no such step`]
    return stepLosses(answer, step, results, conversation, folder).map((loss) => `answer ${index}: ${loss}`)
  })
}

function stepLosses(
  answer: Extract<Turn, { type: 'assistant' }>,
  step: Step,
  results: ReadonlyMap<string, PastResult>,
  conversation: Conversation,
  folder: string,
): string[] {
  const losses: string[] = []
  if (answer.text !== (step.text ?? '')) losses.push(`text came back as ${JSON.stringify(answer.text)}`)
  const { thinkingReturns } = conversation
  const wanted = thinkingReturns === 'always' || (thinkingReturns === 'with-calls' && step.calls.length > 0)
  if (wanted && answer.thinking !== (step.thinking ?? '')) {
    losses.push(`thinking came back as ${JSON.stringify(answer.thinking)}`)
  }
  if (answer.calls.length !== step.calls.length) {
    return [...losses, `${answer.calls.length} calls came back of ${step.calls.length}`]
  }
  for (const [at, call] of step.calls.entries()) {
    const past = answer.calls[at]
    const made = callFor(call.intent, conversation.tools, folder)
    if (past === undefined || made === undefined) continue
    if (past.name !== made.name) losses.push(`call ${at} came back as ${past.name}, not ${made.name}`)
    if (!holdsAll(past.input, made.input)) {
      losses.push(`call ${at} came back with ${JSON.stringify(past.input)}`)
    }
    const result = results.get(past.id)
    if (result === undefined) losses.push(`call ${at} has no result`)
    else if (!call.result.test(result.text)) {
      losses.push(`the result of call ${at} reads ${JSON.stringify(result.text.slice(0, 200))}`)
    }
  }
  return losses
}

/** Clients write the defaults of a tool into the call, so more members may come back than were said. */
function holdsAll(came: JsonValue, said: JsonObject | string): boolean {
  if (typeof said === 'string' || !isObject(came)) return came === said
  return Object.entries(said).every(([key, value]) => isDeepStrictEqual(came[key], value))
}

/** Joins neighbours of one kind, as providers do when they read a history. */
export function joinTurns(turns: readonly Turn[]): Turn[] {
  const joined: Turn[] = []
  for (const turn of turns) {
    const last = joined.at(-1)
    const both = last === undefined ? undefined : joinedPair(last, turn)
    if (both === undefined) joined.push(turn)
    else joined[joined.length - 1] = both
  }
  return joined
}

function joinedPair(one: Turn, other: Turn): Turn | undefined {
  if (one.type === 'user' && other.type === 'user') {
    return { type: 'user', text: `${one.text}\n${other.text}` }
  }
  if (one.type === 'results' && other.type === 'results') {
    return { type: 'results', results: [...one.results, ...other.results] }
  }
  if (one.type === 'assistant' && other.type === 'assistant') {
    return {
      type: 'assistant',
      thinking: one.thinking + other.thinking,
      text: one.text + other.text,
      calls: [...one.calls, ...other.calls],
    }
  }
  return undefined
}
