// OpenAI Responses, both faces: Codex and SDK clients are answered, and providers of the protocol are asked.

import type { Codec, EncodeContext, KeepAliveState } from '../codec.js'
import type { Note } from '../ir/note.js'
import { replay } from '../ir/replay.js'
import type { SseEvent } from '../sse/event.js'
import { decodeError } from './error-decode.js'
import { encodeError, encodeStreamError } from './error-encode.js'
import { decodeRequest } from './request-decode.js'
import { encodeRequest } from './request-encode.js'
import { decodeResponse } from './response.js'
import { responseObject, wireEvent } from './response-object.js'
import { decodeStream } from './stream-decode.js'
import { encodeEvents, encodeStream } from './stream-encode.js'
import { ID } from './wire.js'

export const openaiResponses: Codec = {
  id: ID,
  server: {
    decodeRequest,
    encodeResponse(response, context: EncodeContext) {
      const notes: Note[] = []
      return { value: encodeEvents(replay(response), context, notes), notes }
    },
    encodeStream,
    encodeError,
    encodeStreamError,
    keepAlive,
  },
  client: { encodeRequest, decodeResponse, decodeStream, decodeError },
}

/** Codex's watchdog counts data events only, also before the first one (docs/clients.md); SDKs refuse an early one. */
function keepAlive(state: KeepAliveState): SseEvent[] {
  if (!state.started) return state.agent === 'codex' ? [wireEvent('ping', {})] : []
  const { responseId, model, nowSeconds } = state
  const response = responseObject({ id: responseId, model, createdAt: nowSeconds, status: 'in_progress' })
  return [wireEvent('response.in_progress', { response })]
}
