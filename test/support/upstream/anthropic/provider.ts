// The scripted provider that speaks Anthropic Messages.

import type { Provider } from '../provider.js'
import { streamAnthropic, wholeAnthropic } from './answer.js'
import { readAnthropic } from './read.js'
import { validateAnthropic } from './validate-request.js'

const ERROR_TYPES: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  529: 'overloaded_error',
}

export const ANTHROPIC: Provider = {
  protocol: 'anthropic-messages',
  basePath: '',
  operationOf(method, path) {
    if (method === 'POST' && path === '/v1/messages') return 'generate'
    if (method === 'POST' && path === '/v1/messages/count_tokens') return 'count'
    if (method === 'GET' && path === '/v1/models') return 'models'
    return method === 'HEAD' ? 'probe' : undefined
  },
  validate: validateAnthropic,
  read: readAnthropic,
  stream: streamAnthropic,
  whole: wholeAnthropic,
  errorBody(status, message) {
    return {
      type: 'error',
      error: { type: ERROR_TYPES[status] ?? 'api_error', message },
      request_id: 'req_011scripted',
    }
  },
  headers({ sealer, now }) {
    const reset = new Date((now + 60) * 1000).toISOString()
    return {
      'request-id': sealer.id('req_011', 20),
      'anthropic-organization-id': '00000000-0000-4000-8000-000000000000',
      'anthropic-ratelimit-requests-limit': '4000',
      'anthropic-ratelimit-requests-remaining': '3999',
      'anthropic-ratelimit-requests-reset': reset,
      'anthropic-ratelimit-tokens-limit': '2000000',
      'anthropic-ratelimit-tokens-remaining': '1990000',
      'anthropic-ratelimit-tokens-reset': reset,
    }
  },
  models(ids) {
    return {
      data: ids.map((id) => ({
        type: 'model',
        id,
        display_name: id,
        created_at: '2026-11-01T00:00:00Z',
      })),
      has_more: false,
      first_id: ids.at(0) ?? null,
      last_id: ids.at(-1) ?? null,
    }
  },
}
