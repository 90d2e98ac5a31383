// What recorded and running bodies say, in few words and kinds, for a screen. Law: it never throws; what cannot be read
// says nothing. The texts are as they came: whoever shows them makes them safe and keeps them here.
import { isObject, parseJson } from '../base/json.js'
import type { Codec, DecodeContext } from '../protocol/codec.js'
import { PLAIN } from '../protocol/dialect.js'
import type { IrEvent } from '../protocol/ir/event.js'
import type { IrPart } from '../protocol/ir/part.js'
import type { IrRequest, IrTurn } from '../protocol/ir/request.js'
import { codecs } from '../protocol/registry.js'
import { sseParser } from '../protocol/sse/parse.js'
import { isAddedContext } from '../store/prompt.js'

export type Spoken =
  | { readonly type: 'user'; readonly text: string }
  | { readonly type: 'system'; readonly text: string }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'thinking'; readonly text: string }
  | { readonly type: 'call'; readonly id: string; readonly name: string; readonly input: string }
  | { readonly type: 'result'; readonly id: string; readonly text: string; readonly failed: boolean }
  | { readonly type: 'other'; readonly text: string }

const NOBODY: IrRequest = { model: '', stream: true, turns: [], tools: [], sampling: {} }

function codecNamed(protocol: string): Codec | undefined {
  return Object.values(codecs).find(({ id }) => id === protocol)
}

function contextFor(request: IrRequest): DecodeContext {
  return { request, dialect: PLAIN, footprint: '', newId: (prefix) => `${prefix}0` }
}

function textual(role: IrTurn['role'], text: string): Spoken {
  // What an agent adds to its user's words is not theirs.
  if (role === 'user') return { type: isAddedContext(text) ? 'system' : 'user', text }
  return role === 'assistant' ? { type: 'text', text } : { type: 'system', text }
}

function contentText(part: Extract<IrPart, { type: 'tool-result' }>['content'][number]): string {
  if (part.type === 'text') return part.text
  return part.type === 'media' ? `[${part.kind}]` : (part.fallback ?? '[block]')
}

function spoken(part: IrPart, role: IrTurn['role']): Spoken {
  switch (part.type) {
    case 'text':
      return textual(role, part.text)
    case 'reasoning':
      return { type: 'thinking', text: part.text }
    case 'tool-call':
      return { type: 'call', id: part.id, name: part.name, input: part.input }
    case 'tool-result':
      return {
        type: 'result',
        id: part.callId,
        text: part.content.map(contentText).join('\n'),
        failed: part.isError === true,
      }
    case 'media':
      return { type: 'other', text: `[${part.kind}${part.name === undefined ? '' : ` ${part.name}`}]` }
    case 'opaque':
      return { type: 'other', text: part.fallback ?? '[a block for the provider alone]' }
  }
}

function requestOf(protocol: string, body: Uint8Array): IrRequest | undefined {
  const json = parseJson(Buffer.from(body).toString('utf8'))
  if (!isObject(json)) return undefined
  try {
    return codecNamed(protocol)?.server.decodeRequest(json).value
  } catch {
    // What an agent sends may be wrong; then its words are to be seen in the wire view.
    return undefined
  }
}

/** All that a request tells, its history included. */
export function spokenIn(protocol: string, body: Uint8Array): Spoken[] {
  const turns = requestOf(protocol, body)?.turns ?? []
  return turns.flatMap(({ role, parts }) => parts.map((part) => spoken(part, role)))
}

/** What an answer says, streamed or whole. */
export function spokenAnswer(protocol: string, request: Uint8Array, body: Uint8Array): Spoken[] {
  const codec = codecNamed(protocol)
  const json = parseJson(Buffer.from(body).toString('utf8'))
  if (codec === undefined || !isObject(json)) {
    const listener = answerListener(protocol)
    listener.push(body)
    return [...listener.said()]
  }
  try {
    const context = contextFor(requestOf(protocol, request) ?? NOBODY)
    return codec.client.decodeResponse(json, context).parts.map((part) => spoken(part, 'assistant'))
  } catch {
    // An error of the provider has no parts; the record tells it.
    return []
  }
}

type Open = { type: 'text' | 'thinking' | 'call'; id: string; name: string; text: string; said?: Spoken }

function shut(open: Open): Spoken {
  if (open.said !== undefined) return open.said
  const said: Spoken =
    open.type === 'call'
      ? { type: 'call', id: open.id, name: open.name, input: open.text }
      : { type: open.type, text: open.text }
  open.said = said
  return said
}

function hear(parts: Map<number, Open>, event: IrEvent): void {
  switch (event.type) {
    case 'text-start':
    case 'reasoning-start': {
      const type = event.type === 'text-start' ? 'text' : 'thinking'
      parts.set(event.index, { type, id: '', name: '', text: '' })
      break
    }
    case 'tool-call-start':
      parts.set(event.index, { type: 'call', id: event.id, name: event.name, text: '' })
      break
    case 'text-delta':
    case 'reasoning-delta':
    case 'tool-call-delta': {
      const open = parts.get(event.index)
      if (open === undefined) break
      open.text += event.type === 'tool-call-delta' ? event.input : event.text
      delete open.said
      break
    }
    default:
      break
  }
}

/** Listens to a streamed answer from its beginning; a part that no longer grows stays the same object. */
export function answerListener(protocol: string): {
  push(bytes: Uint8Array): void
  said(): readonly Spoken[]
} {
  const codec = codecNamed(protocol)
  const parser = sseParser()
  const decoder = codec?.client.decodeStream(contextFor(NOBODY))
  const parts = new Map<number, Open>()
  let isLost = false
  return {
    push(bytes) {
      if (decoder === undefined || isLost) return
      try {
        for (const event of parser.push(bytes)) for (const one of decoder.push(event)) hear(parts, one)
      } catch {
        // What came until here was said all the same.
        isLost = true
      }
    },
    said: () =>
      [...parts.values()]
        .map(shut)
        .filter((one) => one.type === 'call' || one.type === 'thinking' || textOf(one) !== ''),
  }
}

function textOf(said: Spoken): string {
  return 'text' in said ? said.text : ''
}
