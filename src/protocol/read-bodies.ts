// What recorded bodies say, in whatever protocol they are. Law: what cannot be read reads as nothing; the bytes themselves
// are in the wire view.
import { isObject, parseJson } from '../base/json.js'
import { PLAIN } from './dialect.js'
import { collector } from './ir/collect.js'
import type { IrPart } from './ir/part.js'
import type { IrRequest } from './ir/request.js'
import { codecs } from './registry.js'
import { sseParser } from './sse/parse.js'

function codecNamed(protocol: string) {
  return Object.values(codecs).find(({ id }) => id === protocol)
}

/** A request in any protocol; undefined when it cannot be read. */
export function requestOf(protocol: string, text: string): IrRequest | undefined {
  const body = parseJson(text)
  if (!isObject(body)) return undefined
  try {
    return codecNamed(protocol)?.server.decodeRequest(body).value
  } catch {
    // What an agent sends may be wrong; its text is shown as it came.
    return undefined
  }
}

function sseEvents(text: string) {
  const parser = sseParser()
  return [...parser.push(Buffer.from(text)), ...parser.end()]
}

/** The parts of an answer, streamed or not, as far as it came. */
export function answerOf(request: IrRequest | undefined, protocol: string, text: string): readonly IrPart[] {
  const codec = codecNamed(protocol)
  if (codec === undefined || request === undefined || text === '') return []
  const context = { request, dialect: PLAIN, footprint: '', newId: (prefix: string) => `${prefix}0` }
  try {
    const body = parseJson(text)
    if (isObject(body)) return codec.client.decodeResponse(body, context).parts
    const events = Array.isArray(body)
      ? body.map((data) => ({ data: JSON.stringify(data) }))
      : sseEvents(text)
    const step = codec.client.decodeStream(context)
    const answer = collector()
    for (const event of [...events.flatMap((one) => step.push(one)), ...step.end()]) answer.push(event)
    return answer.end().parts
  } catch {
    // Cut or refused: the wire view has what there is.
    return []
  }
}
