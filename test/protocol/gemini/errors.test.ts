// Google's errors, read and written: what is the key's fault, the day's, the minute's, and what a client should not repeat.
import { describe, expect, it } from 'vitest'
import { type ErrorCode, type ErrorDetail, HubError } from '../../../src/base/errors.js'
import type { JsonValue } from '../../../src/base/json.js'
import { gemini } from '../../../src/protocol/gemini/codec.js'

const said = (code: number, message: string, status: string, details: JsonValue[] = []) => ({
  error: { code, message, status, details },
})
const read = (status: number, body: JsonValue, headers: Record<string, string> = {}) =>
  gemini.client.decodeError(status, headers, body, 0)
const violation = (quotaId: string) => ({ violations: [{ quotaId }] })

describe('an error of Google', () => {
  it.each<[string, number, JsonValue, ErrorCode, number?]>([
    [
      'a false key',
      400,
      said(400, 'API key not valid. Please pass a valid API key.', 'INVALID_ARGUMENT', [
        { reason: 'API_KEY_INVALID' },
      ]),
      'upstream-authentication',
    ],
    ['no right', 403, said(403, 'Permission denied.', 'PERMISSION_DENIED'), 'upstream-authentication'],
    [
      'an unknown model',
      404,
      said(404, 'models/x is not found for API version v1beta.', 'NOT_FOUND'),
      'unknown-model',
    ],
    [
      'a prompt that is too long',
      400,
      said(
        400,
        'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
        'INVALID_ARGUMENT',
      ),
      'context-length',
    ],
    [
      'the limit of a minute',
      429,
      said(429, 'You exceeded your current quota.', 'RESOURCE_EXHAUSTED', [
        violation('GenerateRequestsPerMinutePerProjectPerModel-FreeTier'),
        { retryDelay: '34.4s' },
      ]),
      'rate-limited',
      34_400,
    ],
    [
      'the limit of a day',
      429,
      said(429, 'You exceeded your current quota.', 'RESOURCE_EXHAUSTED', [
        violation('GenerateRequestsPerDayPerProjectPerModel'),
      ]),
      'quota-exhausted',
    ],
    ['too many users', 503, said(503, 'The model is overloaded.', 'UNAVAILABLE'), 'overloaded'],
    ['a deadline', 504, said(504, 'Deadline expired.', 'DEADLINE_EXCEEDED'), 'upstream-timeout'],
    ['a list', 503, [said(503, 'Too busy.', 'UNAVAILABLE')], 'overloaded'],
    ['a page', 502, '<html><title>502 Bad Gateway</title></html>', 'upstream-failed'],
    ['nothing', 500, '', 'upstream-failed'],
    ['another complaint', 400, said(400, 'Unknown name "x".', 'INVALID_ARGUMENT'), 'upstream-rejected'],
  ])('%s is read by its words and details', (_what, status, body, code, wait) => {
    const error = read(status, body)
    expect([error.code, error.detail.retryAfterMs]).toEqual([code, wait])
    expect(error.message).not.toBe('')
  })

  it.each(['', '  '])('that says %j has words all the same', (message) => {
    expect(read(500, said(500, message, 'INTERNAL')).message).toBe('The upstream answered with status 500.')
  })

  it('waits as a header or its words say', () => {
    const body = said(429, 'Please retry in 12.5s.', 'RESOURCE_EXHAUSTED')
    expect(read(429, body).detail.retryAfterMs).toBe(12_500)
    expect(read(429, body, { 'retry-after': '3' }).detail.retryAfterMs).toBe(3000)
  })
})

describe('an error for an agent of Gemini', () => {
  const wire = (code: ErrorCode, detail: ErrorDetail = {}) =>
    gemini.server.encodeError(new HubError(code, 'It is so.', detail), {
      model: 'm',
      requestId: 'r',
      newId: (prefix) => prefix,
      nowSeconds: 0,
      stream: false,
    })

  it.each<[ErrorCode, ErrorDetail, number, string]>([
    ['authentication', {}, 401, 'UNAUTHENTICATED'],
    ['unknown-model', {}, 404, 'NOT_FOUND'],
    ['rate-limited', { retryAfterMs: 20_000 }, 429, 'RESOURCE_EXHAUSTED'],
    ['overloaded', {}, 503, 'UNAVAILABLE'],
    // What changes nothing soon is no 5xx: Gemini CLI repeats those for minutes.
    ['overloaded', { final: true }, 400, 'FAILED_PRECONDITION'],
    ['no-channel', {}, 400, 'FAILED_PRECONDITION'],
    ['upstream-authentication', {}, 400, 'FAILED_PRECONDITION'],
    ['quota-exhausted', {}, 400, 'FAILED_PRECONDITION'],
    ['quota-exhausted', { retryAfterMs: 7_200_000 }, 429, 'RESOURCE_EXHAUSTED'],
    ['upstream-rejected', { status: 409 }, 409, 'INVALID_ARGUMENT'],
    ['upstream-rejected', { status: 401 }, 400, 'INVALID_ARGUMENT'],
  ])('%s with %j is %i %s', (code, detail, status, word) => {
    const { body, ...sent } = wire(code, detail)
    expect(sent.status).toBe(status)
    expect(body).toMatchObject({ error: { code: status, status: word, message: 'It is so.' } })
  })

  it('says when to come back, and which field is wrong', () => {
    const { body, headers } = wire('rate-limited', { retryAfterMs: 1500, hint: 'Wait.', param: 'contents' })
    expect(headers).toEqual({ 'retry-after': '2' })
    expect(body).toMatchObject({
      error: {
        message: 'It is so. Wait.',
        details: [
          { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '2s' },
          { fieldViolations: [{ field: 'contents' }] },
        ],
      },
    })
  })
})
