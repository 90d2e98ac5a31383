// The protocols that the hub speaks. A new protocol is its folder and one line here.

import { anthropicMessages } from './anthropic/codec.js'
import type { Codec } from './codec.js'
import { gemini } from './gemini/codec.js'
import type { ProtocolId } from './ids.js'
import { openaiChat } from './openai-chat/codec.js'
import { openaiResponses } from './openai-responses/codec.js'

export const codecs: Readonly<Record<ProtocolId, Codec>> = {
  'openai-chat': openaiChat,
  'openai-responses': openaiResponses,
  'anthropic-messages': anthropicMessages,
  gemini,
}

export function codecOf(id: ProtocolId): Codec {
  return codecs[id]
}
