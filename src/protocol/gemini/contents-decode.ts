// contents[] and systemInstruction → turns. Calls without an id get one from their place in the history, and results
// without an id answer the oldest open call of their name, so that the same history always reads the same.

import { HubError } from '../../base/errors.js'
import { isObject, type JsonObject, type JsonValue, list, text } from '../../base/json.js'
import type { IrPart, MediaPart, OpaquePart, ReasoningPart, TextPart, ToolResultPart } from '../ir/part.js'
import type { IrTurn } from '../ir/request.js'
import { decodeMedia } from './media.js'
import { refuse, wantList, wantObject, wantOptional, wantText } from './refuse.js'
import { isEnvelope, openSignature, sealAt } from './signature.js'
import { camelKeys, camelObject, carried, carryOf, PROTOCOL } from './wire.js'

/** The calls so far: how many, and those that have no result yet, oldest first. */
type Calls = { count: number; readonly open: { readonly name: string; readonly id: string }[] }

/** The instructions as the first turn, then the conversation. `body` has camel keys. */
export function decodeTurns(body: JsonObject): IrTurn[] {
  const contents = wantList(body, 'contents', 'contents')
  if (contents.length === 0)
    throw new HubError('invalid-request', 'contents is not specified: the list is empty.', {
      param: 'contents',
      hint: 'Send at least one content.',
    })
  const calls: Calls = { count: 0, open: [] }
  const turns = contents.map((value, index) =>
    decodeContent(camelKeys(wantObject(value, `contents[${index}]`)), `contents[${index}]`, calls),
  )
  return [...decodeInstruction(body), ...turns]
}

function decodeInstruction(body: JsonObject): IrTurn[] {
  const value = body['systemInstruction']
  if (typeof value === 'string') return [{ role: 'system', parts: [{ type: 'text', text: value }] }]
  const instruction = wantOptional(body, 'systemInstruction', 'systemInstruction')
  if (instruction === undefined) return []
  const parts = partsOf(instruction, 'systemInstruction').flatMap((part, index) =>
    decodePlain(part, `systemInstruction.parts[${index}]`),
  )
  return parts.length === 0 ? [] : [{ role: 'system', parts }]
}

/** The parts, in camel case; one alone may stand without its list. */
function partsOf(content: JsonObject, path: string): JsonObject[] {
  const { parts } = content
  if (isObject(parts)) return [camelKeys(parts)]
  return wantList(content, 'parts', `${path}.parts`).map((part, index) =>
    camelKeys(wantObject(part, `${path}.parts[${index}]`)),
  )
}

function decodeContent(content: JsonObject, path: string, calls: Calls): IrTurn {
  const role = content['role'] ?? 'user'
  const wire = partsOf(content, path)
  const carry = carried(content, ['role', 'parts'])
  switch (role) {
    case 'model':
      return { role: 'assistant', parts: modelParts(wire, path, calls), ...carry }
    case 'user':
    case 'function':
    case 'tool':
    case '': {
      const parts = wire.flatMap((part, index): IrPart[] => {
        const response = camelObject(part, 'functionResponse')
        const place = `${path}.parts[${index}]`
        return response === undefined
          ? decodePlain(part, place)
          : [decodeResult(part, response, place, calls)]
      })
      const results = parts.length > 0 && parts.every((part) => part.type === 'tool-result')
      return { role: results ? 'tool' : 'user', parts, ...carry }
    }
    default:
      throw refuse(`${path}.role`, 'user or model')
  }
}

/** Texts, media and what no other protocol knows. */
function decodePlain(part: JsonObject, path: string): (TextPart | MediaPart | OpaquePart)[] {
  const words = part['text']
  if (typeof words === 'string') return [{ type: 'text', text: words, ...carried(part, ['text', 'thought']) }]
  if (words !== undefined && words !== null) throw refuse(`${path}.text`, 'a string')
  const media = decodeMedia(part)
  if (media !== undefined) return [media]
  if (part['inlineData'] !== undefined) throw refuse(`${path}.inlineData`, 'data with its mimeType')
  return Object.keys(part).length === 0 ? [] : [opaque(part)]
}

/** Code that the provider ran, and what it gave, in words. */
export function opaque(part: JsonObject): OpaquePart {
  const code = camelObject(part, 'executableCode')
  const result = camelObject(part, 'codeExecutionResult')
  const words =
    code === undefined
      ? result === undefined
        ? ''
        : (text(result, 'output') ?? '')
      : `\`\`\`${(text(code, 'language') ?? '').toLowerCase()}\n${text(code, 'code') ?? ''}\n\`\`\``
  return { type: 'opaque', protocol: PROTOCOL, value: part, ...(words === '' ? {} : { fallback: words }) }
}

function modelParts(wire: readonly JsonObject[], path: string, calls: Calls): IrPart[] {
  const opened: ReasoningPart[] = []
  const parts = wire.flatMap((part, index) => modelPart(part, `${path}.parts[${index}]`, calls, opened))
  return withoutTwice(parts, opened)
}

function modelPart(part: JsonObject, path: string, calls: Calls, opened: ReasoningPart[]): IrPart[] {
  const signature = text(part, 'thoughtSignature') ?? ''
  const foreign = isEnvelope(signature)
  const before: ReasoningPart[] = foreign ? openSignature(signature) : []
  opened.push(...before)
  const call = camelObject(part, 'functionCall')
  if (call !== undefined) {
    const proof = foreign || signature === '' ? before : [alone('call', signature)]
    return [...proof, decodeCall(part, call, path, calls)]
  }
  const words = text(part, 'text')
  if (part['thought'] === true && words !== undefined) {
    const seal = foreign || signature === '' ? {} : { seal: sealAt('thought', signature, '') }
    return [...before, { type: 'reasoning', text: words, visibility: 'summary', ...seal }]
  }
  if (words === '') return foreign || signature === '' ? before : [alone('alone', signature)]
  const kept = foreign ? withoutSignature(part) : part
  return [...before, ...decodePlain(kept, path)]
}

/** An envelope has said all it says. */
function withoutSignature(part: JsonObject): JsonObject {
  const { thoughtSignature: _, ...rest } = part
  return rest
}

/** Proof without words of its own. */
function alone(place: 'call' | 'alone', signature: string): ReasoningPart {
  return { type: 'reasoning', text: '', visibility: 'summary', seal: sealAt(place, signature, '') }
}

/**
 * Clients that keep thoughts send them twice, as they were shown and inside the envelope: then what was shown goes. A
 * thought may have come in pieces.
 */
function withoutTwice(parts: readonly IrPart[], opened: readonly ReasoningPart[]): IrPart[] {
  const hidden = opened.map((part) => part.text).join('')
  if (hidden === '') return [...parts]
  return parts.filter(
    (part) =>
      part.type !== 'reasoning' ||
      part.seal !== undefined ||
      opened.includes(part) ||
      !hidden.includes(part.text),
  )
}

function decodeCall(part: JsonObject, call: JsonObject, path: string, calls: Calls): IrPart {
  const name = wantText(call, 'name', `${path}.functionCall`)
  const told = text(call, 'id') ?? ''
  const id = told === '' ? `call_${calls.count}_${name}` : told
  calls.count += 1
  calls.open.push({ name, id })
  const args = call['args']
  if (args !== undefined && args !== null && !isObject(args))
    throw refuse(`${path}.functionCall.args`, 'an object')
  return {
    type: 'tool-call',
    id,
    kind: 'function',
    name,
    input: JSON.stringify(args ?? {}),
    ...withInner(part, 'functionCall', carried(call, ['id', 'name', 'args']), [
      'thoughtSignature',
      'thought',
    ]),
  }
}

function decodeResult(part: JsonObject, response: JsonObject, path: string, calls: Calls): ToolResultPart {
  const name = text(response, 'name') ?? ''
  const told = text(response, 'id') ?? ''
  const at = calls.open.findIndex((call) => (told === '' ? call.name === name : call.id === told))
  const [call] = at < 0 ? [] : calls.open.splice(at, 1)
  const shown = list(response, 'parts').filter(isObject).map(camelKeys)
  const value = response['response']
  const { words, isError } = wordsOf(value)
  return {
    type: 'tool-result',
    callId: call?.id ?? (told === '' ? `call_${name}` : told),
    kind: 'function',
    content: [
      ...(words === '' ? [] : [{ type: 'text', text: words } as const]),
      ...shown.flatMap((one, index) => decodePlain(one, `${path}.functionResponse.parts[${index}]`)),
    ],
    ...(isError ? { isError: true } : {}),
    ...withInner(part, 'functionResponse', carried(response, ['id', 'name', 'response', 'parts']), []),
  }
}

/** The carry of a part whose content stands in one member: what else the part says, and what else that member says. */
function withInner(
  part: JsonObject,
  key: 'functionCall' | 'functionResponse',
  { carry }: ReturnType<typeof carryOf>,
  known: readonly string[],
): ReturnType<typeof carryOf> {
  const outer = carried(part, [key, ...known]).carry?.fields
  return carryOf({ ...outer, ...(carry === undefined ? {} : { [key]: carry.fields }) })
}

/** A result is an object on this wire: usually `output`, `result` or `error` with the words, else told as JSON. */
function wordsOf(value: JsonValue | undefined): { readonly words: string; readonly isError: boolean } {
  if (value === undefined || value === null) return { words: '', isError: false }
  if (!isObject(value)) return { words: plainly(value), isError: false }
  const [only, ...others] = Object.keys(value)
  if (only === undefined) return { words: '', isError: false }
  const inner = value[only]
  if (others.length > 0 || inner === undefined) return { words: JSON.stringify(value), isError: false }
  if (only === 'error') return { words: plainly(inner), isError: true }
  if (only === 'output' || only === 'result') return { words: plainly(inner), isError: false }
  return { words: JSON.stringify(value), isError: false }
}

function plainly(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** A carry for a signature on words: only this protocol can use it, and nobody refuses a history without it. */
export function signedText(signature: string): ReturnType<typeof carryOf> {
  return signature === '' ? {} : carryOf({ thoughtSignature: signature })
}
