// A whole answer: decoded by the machine of streams, encoded by the machine of streams, so that the two forms of an
// answer can never say different things.

import { HubError } from '../../base/errors.js'
import { isObject, type JsonObject } from '../../base/json.js'
import type { DecodeContext } from '../codec.js'
import { collect } from '../ir/collect.js'
import type { IrResponse } from '../ir/response.js'
import { decodeInnerError } from './error-decode.js'
import { decodeWhole } from './stream-decode.js'

/** Throws HubError: what the answer says itself when it failed, `upstream-failed` when it is no response at all. */
export function decodeResponse(body: JsonObject, context: DecodeContext): IrResponse {
  if (!Array.isArray(body['output'])) {
    if (isObject(body['error'])) throw decodeInnerError(body)
    throw new HubError('upstream-failed', 'The upstream answered with JSON that is not a response.', {
      hint: 'Check that the channel speaks the Responses protocol: `axonhub channel test`.',
    })
  }
  return collect(decodeWhole(body, context))
}
