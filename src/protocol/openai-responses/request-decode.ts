// The body an agent sends → IR (docs/clients.md). Wrong types are errors that name the parameter; fields without a
// place in the IR are carried. Law: encoding for the same protocol gives back what came, up to the forms named in
// `request-encode.ts`.

import { HubError } from '../../base/errors.js'
import type { JsonObject } from '../../base/json.js'
import type { Note, Noted } from '../ir/note.js'
import type { Effort, IrFormat, IrReasoning, IrRequest, IrSampling, IrTurn } from '../ir/request.js'
import {
  invalid,
  objectList,
  optionalFlag,
  optionalNumber,
  optionalObject,
  optionalText,
  requiredText,
} from './check.js'
import { decodeToolChoice, decodeTools, joinTools } from './tools-decode.js'
import { decodeInput } from './turns-decode.js'
import { leftover, own } from './wire.js'

const HELD = [
  'model',
  'input',
  'instructions',
  'stream',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'reasoning',
  'text',
  'max_output_tokens',
  'temperature',
  'top_p',
  'prompt_cache_key',
  'service_tier',
]

/** What lives on the provider's side and cannot be followed by anyone else. */
const STORED: Readonly<Record<string, string>> = {
  previous_response_id: 'Send the whole conversation in `input` and set `store` to false',
  conversation: 'Send the whole conversation in `input`',
  prompt: 'Send the text of the prompt in `instructions` or `input`',
}

/** Throws HubError `invalid-request` (wrong types) or `unsupported` (state stored by the provider). */
export function decodeRequest(body: JsonObject): Noted<IrRequest> {
  const notes: Note[] = []
  refuseStored(body)
  const { turns, foundTools } = decodeInput(body['input'])
  const given = joinTools(
    decodeTools(objectList(body, 'tools'), 'tools'),
    decodeTools(foundTools, 'input[].tools'),
  )
  const { choice, tools, rest } = decodeToolChoice(body, given, notes)
  const reasoning = decodeReasoningSettings(body)
  const format = decodeText(body)
  const parallelToolCalls = optionalFlag(body, 'parallel_tool_calls')
  const cacheKey = optionalText(body, 'prompt_cache_key')
  const serviceTier = optionalText(body, 'service_tier')
  const request: IrRequest = {
    model: requiredText(body, 'model'),
    stream: optionalFlag(body, 'stream') ?? false,
    turns: [...instructionTurns(body), ...turns],
    tools,
    ...(choice === undefined ? {} : { toolChoice: choice }),
    ...(parallelToolCalls === undefined ? {} : { parallelToolCalls }),
    sampling: decodeSampling(body),
    ...reasoning.value,
    ...format.value,
    ...(cacheKey === undefined ? {} : { cacheKey }),
    ...(serviceTier === undefined ? {} : { serviceTier }),
    carry: own({
      ...leftover(body, HELD),
      ...(rest === undefined ? {} : { tool_choice: rest }),
      ...reasoning.rest,
      ...format.rest,
    }),
  }
  return { value: request, notes }
}

function refuseStored(body: JsonObject): void {
  for (const [param, hint] of Object.entries(STORED)) {
    if (body[param] === undefined || body[param] === null) continue
    throw new HubError('unsupported', `\`${param}\` refers to state that another provider keeps.`, {
      hint: `${hint}, or map the model to a channel that speaks the Responses protocol.`,
      param,
    })
  }
}

/** The system prompt of clients other than Codex. It has no carry: that is how the encoder knows it from a message. */
function instructionTurns(body: JsonObject): IrTurn[] {
  const instructions = optionalText(body, 'instructions')
  if (instructions === undefined || instructions === '') return []
  return [{ role: 'system', parts: [{ type: 'text', text: instructions }] }]
}

function decodeSampling(body: JsonObject): IrSampling {
  const maxOutputTokens = optionalNumber(body, 'max_output_tokens')
  const temperature = optionalNumber(body, 'temperature')
  const topP = optionalNumber(body, 'top_p')
  return {
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { topP }),
  }
}

/** `ultra` is Codex's word for the most there is. */
const EFFORTS: ReadonlyMap<string, Effort> = new Map([
  ['none', 'none'],
  ['minimal', 'minimal'],
  ['low', 'low'],
  ['medium', 'medium'],
  ['high', 'high'],
  ['xhigh', 'xhigh'],
  ['max', 'max'],
  ['ultra', 'max'],
])

type Settings<T> = { readonly value: T; readonly rest: JsonObject }

function decodeReasoningSettings(body: JsonObject): Settings<{ readonly reasoning?: IrReasoning }> {
  const wire = optionalObject(body, 'reasoning')
  if (wire === undefined) return { value: {}, rest: {} }
  const word = optionalText(wire, 'effort', 'reasoning.effort')
  const effort = word === undefined ? undefined : EFFORTS.get(word)
  const summary = optionalText(wire, 'summary', 'reasoning.summary')
  const mode = effort === 'none' ? 'off' : effort === undefined ? 'adaptive' : 'on'
  const rest = leftover(wire, ['summary', ...(effort === word ? ['effort'] : [])])
  return {
    value: {
      reasoning: {
        mode,
        ...(effort === undefined ? {} : { effort }),
        ...(summary === undefined ? {} : { summary }),
      },
    },
    rest: Object.keys(rest).length === 0 ? {} : { reasoning: rest },
  }
}

type TextSettings = { readonly format?: IrFormat; readonly verbosity?: string }

function decodeText(body: JsonObject): Settings<TextSettings> {
  const wire = optionalObject(body, 'text')
  if (wire === undefined) return { value: {}, rest: {} }
  const format = decodeFormat(optionalObject(wire, 'format', 'text.format'))
  const verbosity = optionalText(wire, 'verbosity', 'text.verbosity')
  const rest = leftover(wire, ['format', 'verbosity'])
  return {
    value: {
      ...(format === undefined ? {} : { format }),
      ...(verbosity === undefined ? {} : { verbosity }),
    },
    rest: Object.keys(rest).length === 0 ? {} : { text: rest },
  }
}

function decodeFormat(wire: JsonObject | undefined): IrFormat | undefined {
  if (wire === undefined) return undefined
  switch (wire['type']) {
    case 'text':
      return { type: 'text' }
    case 'json_object':
      return { type: 'json' }
    case 'json_schema': {
      const strict = optionalFlag(wire, 'strict', 'text.format.strict')
      const description = optionalText(wire, 'description', 'text.format.description')
      return {
        type: 'json-schema',
        name: optionalText(wire, 'name', 'text.format.name') ?? 'answer',
        schema: optionalObject(wire, 'schema', 'text.format.schema') ?? {},
        ...(strict === undefined ? {} : { strict }),
        ...(description === undefined ? {} : { description }),
      }
    }
    default:
      throw invalid('text.format.type', 'one of text, json_object, json_schema')
  }
}
