// Requests as coding agents send them: tools, a long system text, a history of calls and results; the same conversation in each
// of the three protocols.
import { isObject, type JsonObject, list, parseJson } from '../../src/base/json.js'
import { PLAIN } from '../../src/protocol/dialect.js'
import type { ProtocolId } from '../../src/protocol/ids.js'
import { codecs } from '../../src/protocol/registry.js'
import { translateRequest } from '../../src/protocol/translate.js'
import { sessionBodies } from './session.js'

export const askerPaths = [
  { path: '/v1/messages', protocol: 'anthropic-messages', stream: true },
  { path: '/v1/responses', protocol: 'openai-responses', stream: true },
  { path: '/v1/chat/completions', protocol: 'openai-chat', stream: true },
  { path: '/v1/responses', protocol: 'openai-responses', stream: false },
  { path: '/v1/messages', protocol: 'anthropic-messages', stream: false },
  { path: '/v1/chat/completions', protocol: 'openai-chat', stream: false },
] as const

const TURNS = 12
const BYTES = 160_000
const MARK = 'mark-0'
const made = new Map<string, string>()

/** A body of the session after so many turns (0 to 11), whose newest words hold the mark. */
export function realBodies(protocol: ProtocolId, stream: boolean, turn: number, mark: string): string {
  if (made.size === 0)
    for (const [index, body] of [...sessionBodies(TURNS, BYTES)].entries()) make(body, index)
  return (made.get(`${protocol} ${stream} ${turn}`) ?? '').replace(MARK, mark)
}

function make(session: Buffer, turn: number): void {
  const body = parseJson(session.toString('utf8'))
  if (!isObject(body)) return
  const words = { type: 'text', text: `please ${MARK} now` }
  const messages = list(body, 'messages')
  const last = messages.at(-1)
  const content = isObject(last) ? [...list(last, 'content'), words] : [words]
  const asked: JsonObject = {
    ...body,
    model: 'm',
    messages: [...messages.slice(0, -1), { role: 'user', content }],
  }
  for (const stream of [true, false])
    for (const protocol of ['anthropic-messages', 'openai-responses', 'openai-chat'] as const)
      made.set(`${protocol} ${stream} ${turn}`, JSON.stringify(inProtocol({ ...asked, stream }, protocol)))
}

function inProtocol(body: JsonObject, protocol: ProtocolId): JsonObject {
  if (protocol === 'anthropic-messages') return body
  const from = codecs['anthropic-messages']
  const to = codecs[protocol]
  return translateRequest({ from, to, body, model: 'm', dialect: PLAIN, footprint: 'soak' }).wire.body
}
