// A generateContent request → IR. Model and streaming stand in the path on this wire; who reads the path puts them into
// the body as `model` and `stream`. What the IR has no place for is carried; null means "not set".

import { flag, isObject, type JsonObject, type JsonValue, text } from '../../base/json.js'
import type { Note, Noted } from '../ir/note.js'
import type { IrFormat, IrRequest, IrSampling } from '../ir/request.js'
import { decodeTurns } from './contents-decode.js'
import { refuse, wantList, wantNumber, wantOptional, wantOptionalText } from './refuse.js'
import { asJsonSchema, evenSchema } from './schema.js'
import { decodeThinking } from './thinking.js'
import { decodeToolChoice, decodeTools } from './tools-decode.js'
import { camelKeys, camelObject, carried, carryOf } from './wire.js'

const KNOWN = ['model', 'stream', 'contents', 'systemInstruction', 'tools', 'toolConfig', 'generationConfig']

const CONFIG = [
  'maxOutputTokens',
  'temperature',
  'topP',
  'topK',
  'stopSequences',
  'seed',
  'presencePenalty',
  'frequencyPenalty',
  'responseMimeType',
  'responseSchema',
  'responseJsonSchema',
  'thinkingConfig',
  'candidateCount',
]

/** Throws HubError `invalid-request` with `detail.param` when a type is wrong. */
export function decodeRequest(source: JsonObject): Noted<IrRequest> {
  const notes: Note[] = []
  const outer = camelKeys(source)
  // A question for the number of tokens may wrap the request.
  const wrapped = outer['generateContentRequest']
  const body = isObject(wrapped) ? camelKeys(wrapped) : outer
  const config = camelKeys(wantOptional(body, 'generationConfig', 'generationConfig') ?? {})
  const { choice, exact } = decodeToolChoice(body)
  wantOptional(body, 'toolConfig', 'toolConfig')
  const thinking = camelObject(config, 'thinkingConfig')
  wantOptional(config, 'thinkingConfig', 'generationConfig.thinkingConfig')
  const reasoning = thinking === undefined ? undefined : decodeThinking(thinking)
  const format = decodeFormat(config)
  const unknown = thinking !== undefined && reasoning === undefined ? { thinkingConfig: thinking } : {}
  const rest: JsonObject = { ...carried(config, CONFIG).carry?.fields, ...unknown }
  const value: IrRequest = {
    model: text(body, 'model') ?? '',
    stream: flag(body, 'stream') ?? false,
    turns: decodeTurns(body),
    tools: decodeTools(body),
    ...(choice === undefined ? {} : { toolChoice: choice }),
    sampling: decodeSampling(config),
    ...(reasoning === undefined ? {} : { reasoning }),
    ...(format === undefined ? {} : { format }),
    streamUsage: true,
    ...carryOf({
      ...carried(body, KNOWN).carry?.fields,
      ...exact,
      ...(Object.keys(rest).length === 0 ? {} : { generationConfig: rest }),
    }),
  }
  if ((wantNumber(config, 'candidateCount', 'generationConfig.candidateCount') ?? 1) > 1)
    notes.push({
      kind: 'dropped',
      path: 'generationConfig.candidateCount',
      reason: 'one candidate is answered',
    })
  return { value, notes }
}

function decodeSampling(config: JsonObject): IrSampling {
  const read = (key: string) => wantNumber(config, key, `generationConfig.${key}`)
  const numbers = {
    maxOutputTokens: read('maxOutputTokens'),
    temperature: read('temperature'),
    topP: read('topP'),
    topK: read('topK'),
    seed: read('seed'),
    presencePenalty: read('presencePenalty'),
    frequencyPenalty: read('frequencyPenalty'),
  }
  const stop = wantList(config, 'stopSequences', 'generationConfig.stopSequences').map(stopSequence)
  return { ...defined(numbers), ...(stop.length === 0 ? {} : { stop }) }
}

function stopSequence(value: JsonValue, index: number): string {
  if (typeof value !== 'string') throw refuse(`generationConfig.stopSequences[${index}]`, 'a string')
  return value
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> }

/** The members that are set. */
function defined(numbers: Readonly<Record<string, number | undefined>>): Defined<Record<string, number>> {
  const result: Record<string, number> = {}
  for (const [key, value] of Object.entries(numbers)) if (value !== undefined) result[key] = value
  return result
}

function decodeFormat(config: JsonObject): IrFormat | undefined {
  const mimeType = wantOptionalText(config, 'responseMimeType', 'generationConfig.responseMimeType')
  const own = wantOptional(config, 'responseSchema', 'generationConfig.responseSchema')
  const json = config['responseJsonSchema']
  if (mimeType === undefined && own === undefined && json === undefined) return undefined
  if (mimeType === 'text/plain') return { type: 'text' }
  const schema = isObject(json) ? evenSchema(json) : own === undefined ? undefined : asJsonSchema(own)
  return schema === undefined ? { type: 'json' } : { type: 'json-schema', name: 'answer', schema }
}
