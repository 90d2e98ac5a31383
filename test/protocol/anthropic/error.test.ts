import { describe, expect, it } from 'vitest'
import { type ErrorCode, type ErrorDetail, HubError } from '../../../src/base/errors.js'
import type { JsonValue } from '../../../src/base/json.js'
import { anthropicMessages } from '../../../src/protocol/anthropic/codec.js'
import type { ErrorContext } from '../../../src/protocol/codec.js'
import { newIds } from './support.js'

const NOW = Date.parse('2026-11-20T12:00:00Z')
const context: ErrorContext = {
  model: 'claude-x',
  requestId: 'req_1',
  newId: newIds(),
  nowSeconds: NOW / 1000,
  stream: true,
}

const encode = (code: ErrorCode, message = 'M', detail: ErrorDetail = {}, agent?: 'claude-code') =>
  anthropicMessages.server.encodeError(new HubError(code, message, detail), {
    ...context,
    ...(agent === undefined ? {} : { agent }),
  })
const decode = (status: number, body?: JsonValue, headers: Record<string, string> = {}) =>
  anthropicMessages.client.decodeError(status, headers, body, NOW)
const wire = (type: string, message: string) => ({
  type: 'error',
  error: { type, message },
  request_id: 'req_9',
})

describe('an error told to the agent', () => {
  it.each<[ErrorCode, number, string, string | undefined]>([
    ['invalid-request', 400, 'invalid_request_error', 'false'],
    ['too-large', 413, 'request_too_large', 'false'],
    ['authentication', 401, 'authentication_error', 'false'],
    ['permission', 403, 'permission_error', 'false'],
    ['no-channel', 503, 'api_error', 'false'],
    ['profile-missing', 400, 'invalid_request_error', 'false'],
    ['upstream-authentication', 403, 'permission_error', 'false'],
    ['rate-limited', 429, 'rate_limit_error', undefined],
    ['quota-exhausted', 429, 'rate_limit_error', 'false'],
    ['overloaded', 529, 'overloaded_error', undefined],
    ['upstream-rejected', 400, 'invalid_request_error', 'false'],
    ['upstream-failed', 502, 'api_error', undefined],
    ['upstream-unreachable', 503, 'api_error', undefined],
    ['upstream-timeout', 504, 'timeout_error', undefined],
    ['internal', 500, 'api_error', 'false'],
  ])('%s has status %i and type %s', (code, status, type, retry) => {
    const error = encode(code, 'M', { hint: 'H.' })
    expect(error.status).toBe(status)
    expect(error.body).toEqual({ type: 'error', error: { type, message: 'M. H.' }, request_id: 'req_1' })
    expect(error.headers['x-should-retry']).toBe(retry)
    expect(error.headers['request-id']).toBe('req_1')
  })

  it('is never a 401 for Claude Code, which repeats it for minutes', () => {
    expect(encode('authentication', 'No key.', {}, 'claude-code')).toMatchObject({
      status: 403,
      body: { error: { type: 'permission_error', message: 'No key.' } },
    })
  })

  it('makes the client wait only when it is worth it', () => {
    expect(encode('rate-limited', 'M', { retryAfterMs: 1500 }).headers).toEqual({
      'request-id': 'req_1',
      'retry-after': '2',
    })
    expect(encode('rate-limited', 'M', { retryAfterMs: 60_000 }).headers).toEqual({
      'request-id': 'req_1',
      'x-should-retry': 'false',
    })
    expect(encode('overloaded', 'M', { retryAfterMs: 0 }).headers['retry-after']).toBe('1')
  })

  it('names the model that nobody serves, and when a plan is free again', () => {
    expect(encode('unknown-model', 'No channel serves it.', { hint: 'Add one.' }).body).toMatchObject({
      error: {
        type: 'not_found_error',
        message: 'model: claude-x. No channel serves it. Add one.',
      },
    })
    expect(encode('quota-exhausted', 'Used up.', { resetsAt: NOW }).body).toMatchObject({
      error: { message: 'Used up. Resets at 2026-11-20T12:00:00.000Z.' },
    })
  })

  it.each([
    ['prompt is too long: 210000 tokens > 200000 maximum', ''],
    [
      'input length and `max_tokens` exceed context limit: 188240 + 64000 > 200000, decrease input length',
      '',
    ],
    [
      "This model's maximum context length is 128000 tokens. However, your messages resulted in 150123 tokens.",
      'prompt is too long: 150123 tokens > 128000 maximum. ',
    ],
    [
      "This endpoint's maximum context length is 128,000 tokens. However, you requested about 140,500 tokens (76,500 of text input, 64,000 in the output).",
      'prompt is too long: 140500 tokens > 128000 maximum. ',
    ],
    [
      'The input token count (1100000) exceeds the maximum number of tokens allowed (1048576).',
      'prompt is too long: 1100000 tokens > 1048576 maximum. ',
    ],
    [
      'the request exceeds the available context size (8192 tokens), try increasing it',
      'prompt is too long: 8193 tokens > 8192 maximum. ',
    ],
    [
      'Input tokens exceed the configured limit of 272000 tokens. Your messages resulted in 300000 tokens.',
      'prompt is too long: 300000 tokens > 272000 maximum. ',
    ],
    ['Your input exceeds the context window of this model.', 'prompt is too long: '],
  ])('about the context is told in the words that make the client compact: %s', (message, head) => {
    expect(encode('context-length', message)).toMatchObject({
      status: 400,
      body: { error: { type: 'invalid_request_error', message: head + message } },
    })
  })

  it('inside a stream is one error event', () => {
    const error = new HubError('overloaded', 'Busy.', { hint: 'Wait.' })
    const [event, ...rest] = anthropicMessages.server.encodeStreamError(error, context)
    expect(rest).toEqual([])
    expect(event?.event).toBe('error')
    expect(JSON.parse(event?.data ?? '')).toEqual({
      type: 'error',
      error: { type: 'overloaded_error', message: 'Busy. Wait.' },
      request_id: 'req_1',
    })
  })
})

describe('an error of the upstream', () => {
  it.each<[number, JsonValue | undefined, ErrorCode]>([
    [
      400,
      wire('invalid_request_error', 'prompt is too long: 210000 tokens > 200000 maximum'),
      'context-length',
    ],
    [
      400,
      wire('invalid_request_error', 'input length and `max_tokens` exceed context limit: 1 + 2 > 2'),
      'context-length',
    ],
    [413, wire('request_too_large', 'Prompt is too long'), 'context-length'],
    [413, wire('request_too_large', 'Request exceeds 32 MB'), 'too-large'],
    [
      400,
      wire('invalid_request_error', 'Your credit balance is too low to access the API.'),
      'quota-exhausted',
    ],
    [402, wire('billing_error', 'Pay.'), 'quota-exhausted'],
    [
      429,
      { error: { message: 'Insufficient balance or no resource package. Please recharge.', code: '1113' } },
      'quota-exhausted',
    ],
    [401, wire('authentication_error', 'invalid x-api-key'), 'upstream-authentication'],
    [403, wire('permission_error', 'no'), 'upstream-authentication'],
    [404, wire('not_found_error', 'model: claude-9'), 'unknown-model'],
    [404, 'page not found', 'upstream-rejected'],
    [429, wire('rate_limit_error', 'slow down'), 'rate-limited'],
    [529, wire('overloaded_error', 'Overloaded'), 'overloaded'],
    [503, '<html><title>503 Service Unavailable</title></html>', 'overloaded'],
    [500, wire('api_error', 'Internal server error'), 'upstream-failed'],
    [502, '<html><head><title>502 Bad Gateway</title></head></html>', 'upstream-failed'],
    [504, undefined, 'upstream-timeout'],
    [422, { detail: 'nope' }, 'upstream-rejected'],
  ])('with status %i and %j is %s', (status, body, code) => {
    expect(decode(status, body)).toMatchObject({ code, detail: { status } })
  })

  it('keeps the words of the upstream, and makes a sentence where there are none', () => {
    expect(decode(400, wire('invalid_request_error', 'thinking: no')).message).toBe('thinking: no')
    expect(decode(400, { error: 'plain' }).message).toBe('plain')
    expect(decode(400, { message: 'flat' }).message).toBe('flat')
    expect(decode(502, '<html><title>Bad Gateway</title></html>').message).toBe(
      'The upstream answered with status 502 (Bad Gateway).',
    )
    expect(decode(500, undefined).message).toBe('The upstream answered with status 500.')
  })

  it('names the parameter that the upstream refuses', () => {
    expect(
      decode(400, wire('invalid_request_error', 'output_config.effort: Extra inputs are not permitted'))
        .detail.param,
    ).toBe('output_config.effort')
    expect(decode(400, wire('invalid_request_error', 'Something else')).detail.param).toBeUndefined()
  })

  it.each<[Record<string, string>, number | undefined]>([
    [{ 'retry-after': '30' }, 30_000],
    [{ 'retry-after-ms': '250', 'retry-after': '1' }, 250],
    [{ 'retry-after': 'Fri, 20 Nov 2026 12:00:05 GMT' }, 5000],
    [{ 'retry-after': 'soon' }, undefined],
    [
      {
        'anthropic-ratelimit-requests-remaining': '3',
        'anthropic-ratelimit-requests-reset': '2026-11-20T13:00:00Z',
        'anthropic-ratelimit-input-tokens-remaining': '0',
        'anthropic-ratelimit-input-tokens-reset': '2026-11-20T12:00:09Z',
      },
      9000,
    ],
    [{}, undefined],
  ])('tells from %j how long to wait', (headers, expected) => {
    expect(decode(429, wire('rate_limit_error', 'slow'), headers).detail.retryAfterMs).toBe(expected)
  })

  it('knows a used-up plan by its headers, and when it is free again', () => {
    const error = decode(429, wire('rate_limit_error', 'limit'), {
      'anthropic-ratelimit-unified-status': 'rejected',
      'anthropic-ratelimit-unified-reset': String(NOW / 1000 + 60),
    })
    expect(error).toMatchObject({ code: 'quota-exhausted', detail: { resetsAt: NOW + 60_000 } })
  })
})
