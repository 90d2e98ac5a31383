// Google Gemini (generateContent), both faces.

import type { Codec } from '../codec.js'
import { decodeError } from './error-decode.js'
import { encodeError } from './error-encode.js'
import { decodeRequest } from './request-decode.js'
import { encodeRequest } from './request-encode.js'
import { decodeResponse, decodeStream } from './stream-decode.js'
import { encodeResponse, encodeStream, encodeStreamError, keepAlive } from './stream-encode.js'
import { PROTOCOL } from './wire.js'

export const gemini: Codec = {
  id: PROTOCOL,
  server: { decodeRequest, encodeResponse, encodeStream, encodeError, encodeStreamError, keepAlive },
  client: { encodeRequest, decodeResponse, decodeStream, decodeError },
}
