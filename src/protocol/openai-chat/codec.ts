// OpenAI Chat Completions, both faces.

import type { Codec } from '../codec.js'
import { decodeError } from './error-decode.js'
import { encodeError } from './error-encode.js'
import { figuresOf } from './figures.js'
import { decodeRequest } from './request-decode.js'
import { encodeRequest } from './request-encode.js'
import { decodeResponse } from './response-decode.js'
import { encodeResponse } from './response-encode.js'
import { decodeStream } from './stream-decode.js'
import { encodeStream, encodeStreamError, keepAlive } from './stream-encode.js'
import { PROTOCOL } from './wire.js'

export const openaiChat: Codec = {
  id: PROTOCOL,
  server: { decodeRequest, encodeResponse, encodeStream, encodeError, encodeStreamError, keepAlive },
  client: { encodeRequest, decodeResponse, figuresOf, decodeStream, decodeError },
}
