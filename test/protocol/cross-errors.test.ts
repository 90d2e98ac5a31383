// What all three codecs make of the same trouble upstream, so that an agent is told the same whoever made it.
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../src/base/json.js'
import { allCodecs } from './fixture-files.js'

const SECRET = 'sk-proj-abcdefghijklmnop1234'
const decoded = (codec: (typeof allCodecs)[number], status: number, body: JsonObject) =>
  codec.client.decodeError(status, {}, body, 0)
const told = (message: string, more: JsonObject = {}): JsonObject => ({
  type: 'error',
  error: { message, ...more },
})

describe.each(allCodecs)('an error of a provider of $id', (codec) => {
  it('never shows a key that the provider repeats', () => {
    const error = decoded(codec, 401, told(`Incorrect API key provided: ${SECRET}.`))
    expect(error.message).toBe('Incorrect API key provided: sk-….')
    expect(error.code).toBe('upstream-authentication')
  })

  it('is about the model when the provider has no such model', () => {
    const type = codec.id === 'anthropic-messages' ? 'not_found_error' : 'invalid_request_error'
    const body = told('The model `x` does not exist or you do not have access to it.', { type })
    expect(decoded(codec, 404, body).code).toBe('unknown-model')
  })

  it('tells an overflow of the context by its words', () => {
    const words =
      'Your input exceeds the context window of this model. Please adjust your input and try again.'
    expect(decoded(codec, 400, told(words)).code).toBe('context-length')
  })
})
