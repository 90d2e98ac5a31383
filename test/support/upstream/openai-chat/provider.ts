// The scripted provider that speaks OpenAI Chat Completions, in the flavour of one vendor.

import { openAiErrorType } from '../openai-responses/provider.js'
import type { Provider } from '../provider.js'
import { streamChat, wholeChat } from './answer.js'
import type { ChatFlavour } from './flavour.js'
import { readChat } from './read.js'
import { validateChat } from './validate.js'

export function openAiChat(flavour: ChatFlavour): Provider {
  return {
    protocol: 'openai-chat',
    basePath: '/v1',
    operationOf(method, path) {
      if (method === 'POST' && path === '/v1/chat/completions') return 'generate'
      if (method === 'GET' && path === '/v1/models') return 'models'
      return undefined
    },
    validate: (body, headers) => validateChat(body, headers, flavour),
    read: (body) => readChat(body, flavour),
    stream: (answer, context) => streamChat(answer, context, flavour),
    whole: (answer, context) => wholeChat(answer, context, flavour),
    errorBody(status, message) {
      return { error: { message, type: openAiErrorType(status), param: null, code: null } }
    },
    headers({ sealer }) {
      return {
        'x-request-id': sealer.id('req_', 32),
        'x-ratelimit-limit-requests': '10000',
        'x-ratelimit-remaining-requests': '9999',
        'x-ratelimit-reset-requests': '6ms',
      }
    },
    models(ids) {
      return {
        object: 'list',
        data: ids.map((id) => ({ id, object: 'model', created: 0, owned_by: 'scripted' })),
      }
    },
  }
}
