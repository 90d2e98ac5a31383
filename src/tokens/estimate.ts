// How many input tokens a request is, for upstreams that do not count themselves.
// Law: what the model is shown is counted; bookkeeping, cache marks and lines for the provider alone are not.

import { Buffer } from 'node:buffer'
import { assertNever } from '../base/assert-never.js'
import { HubError } from '../base/errors.js'
import { isObject, parseJson } from '../base/json.js'
import type { ProtocolId } from '../protocol/ids.js'
import { isBillingText } from '../protocol/ir/billing.js'
import type { IrPart } from '../protocol/ir/part.js'
import type { IrRequest, IrTool, IrTurn } from '../protocol/ir/request.js'
import { codecOf } from '../protocol/registry.js'
import { mediaTokens } from './media.js'
import { textTokens } from './text.js'

/** OpenAI's documented frame of a message: three tokens and its role; three more open the answer. */
const PER_MESSAGE = 4
const PER_ANSWER = 3
/** The frame of a call or of its result: name, kind and braces. */
const PER_CALL = 6
/**
 * What stands around the name, description and schema of a tool. Some models are shown tools as JSON, some as
 * TypeScript; with this frame the count lies between a little under the one and a little over the other.
 */
const PER_TOOL = 18

/**
 * The estimate for a request body of the protocol. The measure is the o200k count of the prompt that the request
 * becomes at an OpenAI-like upstream: every text, name, argument and schema, plus the documented frame of messages.
 * Other vendors' tokenizers differ, and agents use the number to decide when to compact, so it rather lies a few
 * per cent over than under. Throws HubError `invalid-request` when the body is no request of that protocol.
 */
export function estimateTokens(body: Uint8Array, protocol: ProtocolId): number {
  const value = parseJson(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8'))
  if (!isObject(value)) throw new HubError('invalid-request', 'The body is not a JSON object.')
  return requestTokens(codecOf(protocol).server.decodeRequest(value).value)
}

function requestTokens(request: IrRequest): number {
  const turns = sum(request.turns.map(turnTokens))
  const tools = sum(request.tools.map(toolTokens))
  const format =
    request.format?.type === 'json-schema' ? textTokens(JSON.stringify(request.format.schema)) + PER_TOOL : 0
  return turns + tools + format + PER_ANSWER
}

function turnTokens(turn: IrTurn): number {
  const calls = turn.parts.some((part) => part.type === 'tool-call')
  const tokens = sum(turn.parts.map((part) => partTokens(part, calls)))
  // Each result is a message of its own at most upstreams.
  const frames = turn.role === 'tool' ? turn.parts.length : Math.min(turn.parts.length, 1)
  return tokens + frames * PER_MESSAGE
}

/** Reasoning is given back to the model only inside a tool loop. */
function partTokens(part: IrPart, inToolLoop: boolean): number {
  switch (part.type) {
    case 'text':
      return isBillingText(part.text) ? 0 : textTokens(part.text)
    case 'reasoning':
      return inToolLoop ? textTokens(part.text) : 0
    case 'tool-call':
      return PER_CALL + textTokens(part.name) + textTokens(part.input)
    case 'tool-result':
      return PER_CALL + sum(part.content.map((entry) => partTokens(entry, inToolLoop)))
    case 'media':
      return mediaTokens(part)
    case 'opaque':
      return part.fallback === undefined ? 0 : textTokens(part.fallback)
    default:
      return assertNever(part)
  }
}

function toolTokens(tool: IrTool): number {
  switch (tool.type) {
    case 'function':
    case 'search':
      return PER_TOOL + describedTokens(tool) + textTokens(JSON.stringify(tool.schema))
    case 'custom':
      return PER_TOOL + describedTokens(tool) + textTokens(tool.grammar?.definition ?? '')
    case 'server':
      return tool.name === 'web_search' ? PER_TOOL : 0
    default:
      return assertNever(tool)
  }
}

function describedTokens(tool: { readonly name: string; readonly description?: string }): number {
  return textTokens(tool.name) + textTokens(tool.description ?? '')
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0)
}
