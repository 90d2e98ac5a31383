// Errors in both directions.
import { describe, expect, it } from 'vitest'
import { type ErrorCode, type ErrorDetail, HubError } from '../../../src/base/errors.js'
import { type JsonValue, object } from '../../../src/base/json.js'
import { openaiResponses } from '../../../src/protocol/openai-responses/codec.js'
import { codexErrorStream } from '../../../src/protocol/openai-responses/error-encode.js'
import { dataOf, errorContext, typesOf } from './support.js'

const { server, client } = openaiResponses
const NOW = Date.UTC(2026, 10, 20)

describe('an error of an upstream', () => {
  const answers: [number, JsonValue, ErrorCode, ErrorDetail][] = [
    [400, { error: { code: 'context_length_exceeded', message: 'm' } }, 'context-length', {}],
    [
      400,
      { error: { message: 'This model’s maximum context length is 8 tokens', type: 'x' } },
      'context-length',
      {},
    ],
    [429, { error: { code: 'insufficient_quota', message: 'm' } }, 'quota-exhausted', {}],
    [
      429,
      { error: { type: 'usage_limit_reached', message: 'm', plan_type: 'plus', resets_at: 1_800_000_000 } },
      'quota-exhausted',
      { plan: 'plus', resetsAt: 1_800_000_000_000, upstreamType: 'usage_limit_reached' },
    ],
    [
      429,
      { error: { type: 'usage_limit_reached', resets_in_seconds: 60 } },
      'quota-exhausted',
      { resetsAt: NOW + 60_000 },
    ],
    [
      429,
      { error: { code: 'rate_limit_exceeded', message: 'Please try again in 1.5s.' } },
      'rate-limited',
      { retryAfterMs: 1500 },
    ],
    [429, { error: { message: 'Please try again in 1m2s' } }, 'rate-limited', { retryAfterMs: 62_000 }],
    [429, { error: { message: 'try again in 20ms' } }, 'rate-limited', { retryAfterMs: 20 }],
    [401, { error: { code: 'invalid_api_key', message: 'm' } }, 'upstream-authentication', { status: 401 }],
    [403, 'Forbidden', 'upstream-authentication', {}],
    [402, {}, 'quota-exhausted', {}],
    [
      404,
      { error: { code: 'model_not_found', message: 'm' } },
      'unknown-model',
      { upstreamType: 'model_not_found' },
    ],
    [404, { error: { message: 'The model `x` does not exist.' } }, 'unknown-model', {}],
    [404, { error: { message: 'Not found' } }, 'upstream-rejected', {}],
    [
      400,
      { error: { code: 'invalid_encrypted_content', message: 'm', param: 'input' } },
      'upstream-rejected',
      { upstreamType: 'invalid_encrypted_content', param: 'input' },
    ],
    [400, { error: { code: 'content_filter', message: 'm' } }, 'content-filter', {}],
    [400, { detail: 'Unsupported parameter: max_output_tokens' }, 'upstream-rejected', {}],
    [422, { detail: [{ msg: 'x' }] }, 'upstream-rejected', {}],
    [413, { error: 'too big' }, 'too-large', {}],
    [503, { error: { code: 'server_is_overloaded', message: 'm' } }, 'overloaded', {}],
    [529, {}, 'overloaded', {}],
    [500, { error: { message: 'm' } }, 'upstream-failed', {}],
    [504, 'Gateway Timeout', 'upstream-timeout', {}],
  ]
  it.each(answers)('%s %j is %s', (status, body, code, detail) => {
    const error = client.decodeError(status, {}, body, NOW)
    expect(error).toMatchObject({ code, detail })
    expect(error.message).not.toBe('')
  })

  it('that is a web page is named by its title, not told whole', () => {
    const page = `<!DOCTYPE html><html><title>502 Bad Gateway</title>${'x'.repeat(10_000)}</html>`
    const error = client.decodeError(502, {}, page, NOW)
    expect(error.code).toBe('upstream-failed')
    expect(error.message).toContain('502 Bad Gateway')
    expect(error.message.length).toBeLessThan(200)
  })

  it.each([
    [{ 'retry-after': '3' }, 3000],
    [{ 'retry-after': new Date(NOW + 5000).toUTCString() }, 5000],
    [{ 'retry-after-ms': '250', 'retry-after': '3' }, 250],
  ])('tells how long to wait: %j', (headers: Record<string, string>, wait) => {
    expect(client.decodeError(429, headers, {}, NOW).detail.retryAfterMs).toBe(wait)
  })
})

describe('an error for Codex', () => {
  const streamed: [ErrorCode, ErrorDetail, string, RegExp][] = [
    ['upstream-authentication', { hint: 'Check the key.' }, 'invalid_prompt', /^it broke\. Check the key\.$/],
    ['no-channel', {}, 'invalid_prompt', /it broke/],
    ['upstream-rejected', {}, 'invalid_prompt', /it broke/],
    ['context-length', {}, 'context_length_exceeded', /it broke/],
    ['overloaded', {}, 'server_is_overloaded', /it broke/],
    ['rate-limited', { retryAfterMs: 1500 }, 'rate_limit_exceeded', /try again in 1\.5s/],
    ['rate-limited', { retryAfterMs: 3_600_000 }, 'invalid_prompt', /it broke/],
    ['rate-limited', {}, 'invalid_prompt', /it broke/],
    ['quota-exhausted', { resetsAt: NOW }, 'invalid_prompt', /free again at 2026-11-20 00:00 UTC/],
    ['quota-exhausted', { resetsAt: 1e300 }, 'invalid_prompt', /it broke/],
    ['upstream-truncated', {}, 'server_error', /it broke/],
  ]
  it.each(streamed)('%s %j becomes a stream with %s', (code, detail, wire, message) => {
    const error = new HubError(code, 'it broke', detail)
    const events = server.encodeStreamError(error, errorContext({ agent: 'codex' }))
    expect(events).toEqual(codexErrorStream(error, errorContext()))
    const data = events.map(dataOf)
    expect(typesOf(data)).toEqual(['response.created', 'response.failed'])
    const failed = object(data[1] ?? {}, 'response') ?? {}
    expect(failed).toMatchObject({ id: 'resp_1', status: 'failed', error: { code: wire } })
    expect(object(failed, 'error')?.['message']).toMatch(message)
  })

  it('in the middle of a stream does not open the response again', () => {
    const error = new HubError('upstream-truncated', 'cut')
    const events = server.encodeStreamError(error, errorContext({ agent: 'codex', started: true }))
    expect(typesOf(events.map(dataOf))).toEqual(['response.failed'])
  })

  it.each<[ErrorCode, ErrorDetail, number, string]>([
    ['upstream-rejected', { status: 404 }, 400, 'upstream_rejected'],
    ['upstream-authentication', {}, 400, 'upstream_authentication'],
    ['context-length', {}, 400, 'context_length_exceeded'],
    ['upstream-failed', {}, 400, 'server_error'],
    ['authentication', {}, 401, 'invalid_api_key'],
    ['overloaded', {}, 503, 'server_is_overloaded'],
    ['rate-limited', { retryAfterMs: 2000 }, 429, 'rate_limit_exceeded'],
    ['rate-limited', { retryAfterMs: 3_600_000 }, 400, 'rate_limit_exceeded'],
  ])('%s %j has a status that is shown without a storm of retries', (code, detail, status, wire) => {
    const answer = server.encodeError(
      new HubError(code, 'it broke', detail),
      errorContext({ agent: 'codex', stream: false }),
    )
    expect(answer).toMatchObject({ status, body: { error: { code: wire } } })
  })

  it.each<[ErrorCode, number]>([
    ['upstream-authentication', 200],
    ['rate-limited', 200],
    ['overloaded', 200],
    ['upstream-failed', 200],
    ['authentication', 401],
  ])('%s has status %s when it asked for a stream: 200 says that the stream tells it', (code, status) => {
    const answer = server.encodeError(new HubError(code, 'it broke'), errorContext({ agent: 'codex' }))
    expect(answer.status).toBe(status)
  })

  it('of a used-up ChatGPT plan says when it is free again, in Codex’s own way', () => {
    const upstreamType = 'usage_limit_reached'
    const detail = { resetsAt: 1_800_000_000_500, plan: 'plus', upstreamType }
    const error = new HubError('quota-exhausted', 'used up', detail)
    expect(server.encodeError(error, errorContext({ agent: 'codex' }))).toMatchObject({
      status: 429,
      body: { error: { type: upstreamType, plan_type: 'plus', resets_at: 1_800_000_001 } },
    })
  })

  it('of another plan is told in the hub’s words, not as advice to buy a ChatGPT plan', () => {
    const error = new HubError('quota-exhausted', 'used up', { resetsAt: NOW })
    expect(server.encodeError(error, errorContext({ agent: 'codex' })).status).toBe(200)
  })
})

describe('an error for other clients', () => {
  it.each<[ErrorCode, ErrorDetail, number, string]>([
    ['invalid-request', { param: 'input[0]' }, 400, 'invalid_request'],
    ['authentication', {}, 401, 'invalid_api_key'],
    ['unknown-model', {}, 404, 'model_not_found'],
    ['context-length', {}, 400, 'context_length_exceeded'],
    ['rate-limited', {}, 429, 'rate_limit_exceeded'],
    ['quota-exhausted', {}, 429, 'insufficient_quota'],
    ['upstream-rejected', { status: 422 }, 422, 'upstream_rejected'],
    ['upstream-rejected', { status: 500 }, 400, 'upstream_rejected'],
    ['overloaded', {}, 503, 'server_is_overloaded'],
    ['upstream-failed', {}, 502, 'server_error'],
    ['upstream-timeout', {}, 504, 'upstream_timeout'],
  ])('%s %j has OpenAI’s shape', (code, detail, status, wire) => {
    const error = new HubError(code, 'it broke', { ...detail, hint: 'Do this.' })
    const answer = server.encodeError(error, errorContext({ stream: false }))
    expect(answer.status).toBe(status)
    expect(answer.body).toMatchObject({
      error: {
        message: expect.stringMatching(/^it broke\. Do this\./),
        code: wire,
        param: detail.param ?? null,
      },
    })
  })

  it('tells how long to wait in the header', () => {
    const error = new HubError('rate-limited', 'slow down', { retryAfterMs: 1500 })
    expect(server.encodeError(error, errorContext()).headers).toEqual({ 'retry-after': '2' })
  })

  it('never shows where in the code it happened', () => {
    const error = new HubError('internal', 'it broke', { cause: new Error('secret') })
    const told = JSON.stringify([
      server.encodeError(error, errorContext()),
      server.encodeStreamError(error, errorContext()),
    ])
    expect(told).not.toMatch(/secret|\.ts:|at /)
  })
})
