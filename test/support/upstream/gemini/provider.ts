// The scripted provider that speaks Gemini's generateContent, as a model of the third generation does.

import type { JsonObject } from '../../../../src/base/json.js'
import type { Provider } from '../provider.js'
import { streamGemini, wholeGemini } from './answer.js'
import { readGemini } from './read.js'
import { validateGemini } from './validate.js'

const PATH = /^\/v1beta\/models\/([^/:]+):(generateContent|streamGenerateContent)$/

export const GEMINI: Provider = {
  protocol: 'gemini',
  basePath: '/v1beta',
  operationOf(method, path) {
    if (method === 'POST' && PATH.test(path)) return 'generate'
    return method === 'GET' && path === '/v1beta/models' ? 'models' : undefined
  },
  asked(body, path) {
    const [, model = '', action] = PATH.exec(path) ?? []
    return { ...body, model, stream: action === 'streamGenerateContent' }
  },
  validate: validateGemini,
  read: readGemini,
  stream: streamGemini,
  whole: wholeGemini,
  errorBody: (code, message): JsonObject => ({
    error: { code, message, status: code === 400 ? 'INVALID_ARGUMENT' : 'INTERNAL' },
  }),
  headers: () => ({ 'x-gemini-service-tier': 'standard' }),
  models: (ids) => ({ models: ids.map((id) => ({ name: `models/${id}` })) }),
}
