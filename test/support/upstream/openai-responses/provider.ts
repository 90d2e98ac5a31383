// The scripted provider that speaks OpenAI Responses.

import { text } from '../../../../src/base/json.js'
import type { Provider } from '../provider.js'
import { streamResponses, wholeResponses } from './answer.js'
import { readResponses } from './read.js'
import { validateResponses } from './validate.js'

export const OPENAI_RESPONSES: Provider = {
  protocol: 'openai-responses',
  basePath: '/v1',
  operationOf(method, path) {
    if (method === 'POST' && path === '/v1/responses') return 'generate'
    if (method === 'GET' && path === '/v1/models') return 'models'
    return undefined
  },
  validate: validateResponses,
  read: readResponses,
  stream: streamResponses,
  whole: wholeResponses,
  errorBody(status, message) {
    return { error: { message, type: openAiErrorType(status), param: null, code: null } }
  },
  headers({ sealer, body }) {
    return {
      'x-request-id': sealer.id('req_', 32),
      'openai-version': '2020-10-01',
      'openai-processing-ms': '42',
      // Real answers name the model here; a client that asked for another one must never see it.
      'openai-model': text(body, 'model') ?? '',
      'x-ratelimit-limit-requests': '10000',
      'x-ratelimit-remaining-requests': '9999',
      'x-ratelimit-reset-requests': '6ms',
      'x-ratelimit-limit-tokens': '30000000',
      'x-ratelimit-remaining-tokens': '29900000',
      'x-ratelimit-reset-tokens': '20ms',
    }
  },
  models(ids) {
    return {
      object: 'list',
      data: ids.map((id) => ({ id, object: 'model', created: 0, owned_by: 'scripted' })),
    }
  },
}

/** The `type` member of OpenAI's error object for a status. */
export function openAiErrorType(status: number): string {
  if (status === 429) return 'rate_limit_exceeded'
  return status >= 500 ? 'server_error' : 'invalid_request_error'
}
