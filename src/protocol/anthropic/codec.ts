// The codec of Anthropic Messages: both faces, put together.

import type { Codec } from '../codec.js'
import { decodeError } from './error-decode.js'
import { encodeError, encodeStreamError, keepAlive } from './error-encode.js'
import { decodeRequest } from './request-decode.js'
import { encodeRequest } from './request-encode.js'
import { decodeResponse, encodeResponse } from './response.js'
import { decodeStream } from './stream-decode.js'
import { encodeStream } from './stream-encode.js'
import { PROTOCOL } from './wire.js'

export const anthropicMessages: Codec = {
  id: PROTOCOL,
  server: { decodeRequest, encodeResponse, encodeStream, encodeError, encodeStreamError, keepAlive },
  client: { encodeRequest, decodeResponse, decodeStream, decodeError },
}
