// The errors of many vendors, and what they are here.
import { describe, expect, it } from 'vitest'
import type { ErrorCode } from '../../../src/base/errors.js'
import type { JsonValue } from '../../../src/base/json.js'
import { openaiChat } from '../../../src/protocol/openai-chat/codec.js'

const NOW = Date.parse('2026-11-20T10:00:00Z')
const decode = (status: number, body: JsonValue | undefined, headers: Record<string, string> = {}) =>
  openaiChat.client.decodeError(status, headers, body, NOW)
const openai = (message: string, fields: Record<string, string | null> = {}) => ({
  error: { message, ...fields },
})

describe('the kind of an error', () => {
  it.each<[string, number, JsonValue | undefined, ErrorCode]>([
    ['OpenAI, too long', 400, openai('x', { code: 'context_length_exceeded' }), 'context-length'],
    [
      'DeepSeek, too long',
      400,
      openai("This model's maximum context length is 131072 tokens."),
      'context-length',
    ],
    [
      'xAI, too long',
      400,
      { error: "This model's maximum prompt length is 131072 but the request contains 537812 tokens." },
      'context-length',
    ],
    [
      'Groq, too long',
      400,
      openai('Please reduce the length of the messages or completion.'),
      'context-length',
    ],
    [
      'Groq, more than a minute allows',
      413,
      openai('Request too large for model on tokens per minute (TPM): Limit 6000, Requested 9000'),
      'context-length',
    ],
    [
      'llama.cpp, too long',
      400,
      openai('the request exceeds the available context size', { type: 'exceed_context_size_error' }),
      'context-length',
    ],
    ['Qwen, too long', 400, openai('Range of input length should be [1, 129024]'), 'context-length'],
    [
      'Moonshot, too long',
      400,
      openai('Invalid request: Your request exceeded model token limit: 262144'),
      'context-length',
    ],
    [
      'Mistral, too long',
      422,
      { message: 'Prompt contains 40000 tokens, too large for model with 32768 maximum context length' },
      'context-length',
    ],
    [
      'Gemini, too long',
      400,
      openai('The input token count (1200000) exceeds the maximum number of tokens allowed (1048575).'),
      'context-length',
    ],
    ['MiniMax, too long', 400, openai('invalid params, context window exceeds limit'), 'context-length'],
    ['GLM, too long', 400, openai('Prompt exceeds max length', { code: '1261' }), 'context-length'],
    [
      'LM Studio, too long',
      500,
      openai('Trying to keep the first 9000 tokens when context the overflows'),
      'context-length',
    ],
    [
      'OpenAI, no money',
      429,
      openai('You exceeded your current quota', { code: 'insufficient_quota' }),
      'quota-exhausted',
    ],
    ['DeepSeek, no money', 402, openai('Insufficient Balance'), 'quota-exhausted'],
    ['GLM, no money', 429, { error: { code: '1113', message: 'no resource package' } }, 'quota-exhausted'],
    [
      'Qwen, no money',
      400,
      openai('Access denied, please make sure your account is in good standing.', { code: 'Arrearage' }),
      'quota-exhausted',
    ],
    ['Codex plan used up', 429, openai('x', { type: 'usage_limit_reached' }), 'quota-exhausted'],
    ['rate limit', 429, openai('Rate limit reached for requests'), 'rate-limited'],
    [
      'Gemini, quota per minute',
      429,
      openai('You exceeded your current quota. Please retry in 20.5s.'),
      'rate-limited',
    ],
    [
      'Moonshot, overloaded',
      429,
      openai('engine is overloaded', { type: 'engine_overloaded_error' }),
      'overloaded',
    ],
    [
      'wrong key',
      401,
      openai('Incorrect API key provided', { code: 'invalid_api_key' }),
      'upstream-authentication',
    ],
    ['wrong key as 400', 400, openai('invalid_authentication: bad key'), 'upstream-authentication'],
    ['forbidden', 403, '<html><title>403 Forbidden</title></html>', 'upstream-authentication'],
    ['flagged', 403, openai('Your input was flagged by moderation'), 'content-filter'],
    ['Azure filter', 400, openai('The response was filtered', { code: 'content_filter' }), 'content-filter'],
    ['DeepSeek filter', 400, openai('Content Exists Risk'), 'content-filter'],
    ['Qwen filter', 400, openai('x', { code: 'data_inspection_failed' }), 'content-filter'],
    [
      'unknown model',
      404,
      openai('The model `x` does not exist', { code: 'model_not_found' }),
      'unknown-model',
    ],
    ['DeepSeek, unknown model', 400, openai('Model Not Exist'), 'unknown-model'],
    ['OpenRouter, unknown model', 400, openai('x/y is not a valid model ID'), 'unknown-model'],
    [
      'Mistral, unknown model',
      400,
      { object: 'error', message: 'Invalid model: x', type: 'invalid_model' },
      'unknown-model',
    ],
    ['wrong address', 404, '404 page not found', 'upstream-rejected'],
    ['a parameter', 400, openai("Unsupported parameter: 'top_k'", { param: 'top_k' }), 'upstream-rejected'],
    [
      'Mistral, wrong fields',
      422,
      { detail: [{ loc: ['body', 'store'], msg: 'Extra inputs are not permitted' }] },
      'upstream-rejected',
    ],
    [
      'Groq, bad tool call',
      400,
      openai('Failed to call a function', { code: 'tool_use_failed' }),
      'upstream-failed',
    ],
    ['too large', 413, 'Payload Too Large', 'too-large'],
    ['timeout', 504, undefined, 'upstream-timeout'],
    ['busy', 503, openai('Service unavailable'), 'overloaded'],
    ['overloaded', 529, undefined, 'overloaded'],
    ['overloaded as 500', 500, openai('Overloaded'), 'overloaded'],
    ['broken', 500, openai('Internal server error'), 'upstream-failed'],
    ['a proxy’s page', 502, '<html><head><title>502 Bad Gateway</title></head></html>', 'upstream-failed'],
    ['a teapot', 418, null, 'upstream-rejected'],
  ])('%s', (_name, status, body, code) => {
    expect(decode(status, body).code).toBe(code)
  })
})

describe('what an error says', () => {
  it.each<[string, JsonValue | undefined, string]>([
    ['OpenAI', openai('Words.'), 'Words.'],
    ['a string', { error: 'Words.' }, 'Words.'],
    ['a message', { message: 'Words.' }, 'Words.'],
    [
      'a list',
      { detail: [{ loc: ['body', 'messages', 0], msg: 'field required' }, { msg: 'more' }] },
      'body.messages.0: field required; more',
    ],
    ['a detail', { detail: 'Words.' }, 'Words.'],
    [
      'OpenRouter’s provider',
      { error: { message: 'Provider returned error', metadata: { raw: 'deep words' } } },
      'Provider returned error: deep words',
    ],
    ['JSON as text', '{"error":{"message":"Words."}}', 'Words.'],
    [
      'a page',
      '<html><title>502 Bad Gateway</title>…',
      'The upstream answered with status 400. It sent an HTML page: 502 Bad Gateway',
    ],
    ['nothing', undefined, 'The upstream answered with status 400.'],
    ['an empty object', {}, 'The upstream answered with status 400.'],
  ])('is read from %s', (_name, body, message) => {
    expect(decode(400, body).message).toBe(message)
  })

  it('never repeats a key', () => {
    const { message } = decode(401, openai('Incorrect API key provided: sk-proj-abcdefghijklmnop1234.'))
    expect(message).toBe('Incorrect API key provided: sk-….')
  })

  it('keeps status, parameter and the upstream’s own code', () => {
    const error = { message: 'm', type: 't', code: 'c', param: 'p' }
    expect(decode(400, { error }).detail).toMatchObject({ status: 400, param: 'p', upstreamType: 'c' })
    expect(
      decode(429, { error: { type: 'usage_limit_reached', resets_at: 1_800_000_000, plan_type: 'plus' } })
        .detail,
    ).toMatchObject({
      resetsAt: 1_800_000_000_000,
      plan: 'plus',
      upstreamType: 'usage_limit_reached',
    })
  })
})

describe('when to come back', () => {
  it.each<[string, Record<string, string>, string, number | undefined]>([
    ['retry-after in seconds', { 'retry-after': '7' }, '', 7_000],
    ['retry-after-ms before it', { 'retry-after-ms': '250', 'retry-after': '7' }, '', 250],
    ['retry-after as a date', { 'retry-after': 'Fri, 20 Nov 2026 10:00:30 GMT' }, '', 30_000],
    ['a date that is over', { 'retry-after': 'Fri, 20 Nov 2026 09:00:00 GMT' }, '', 0],
    ['words in seconds', {}, 'Please try again in 1.5s.', 1_500],
    ['words in minutes', {}, 'try again in 1m2.5s', 62_500],
    ['words in milliseconds', {}, 'Please try again in 20ms.', 20],
    ['more words', {}, 'Please retry after 3 seconds', 3_000],
    ['nothing', { 'retry-after': 'soon' }, 'slow down', undefined],
  ])('is read from %s', (_name, headers, message, expected) => {
    expect(decode(429, openai(message), headers).detail.retryAfterMs).toBe(expected)
  })
})
