// When nothing is left to try: one sentence that says why of each channel, and an agent that waits only where it helps.
import { describe, expect, it } from 'vitest'
import { type ErrorCode, type ErrorDetail, HubError } from '../../src/base/errors.js'
import { allFailed, type Failure } from '../../src/daemon/all-failed.js'
import type { ErrorContext } from '../../src/protocol/codec.js'
import { codecOf } from '../../src/protocol/registry.js'

const NOW = Date.UTC(2026, 10, 20, 12)
const failure = (channel: string, code: ErrorCode, message: string, detail: ErrorDetail = {}): Failure => ({
  target: {
    channel,
    protocol: 'openai-chat',
    mode: 'convert',
    model: 'm',
    probe: false,
    baseUrl: 'http://h',
    dialect: {},
    footprint: 'f',
    headers: {},
    ownLogin: false,
    credential: async () => ({}),
  },
  error: new HubError(code, message, detail),
})
const dead = (channel: string) =>
  failure(channel, 'upstream-unreachable', `${channel}:1 refused the connection.`)
const limited = (channel: string, seconds?: number) =>
  failure(channel, 'rate-limited', 'slow down', seconds === undefined ? {} : { retryAfterMs: seconds * 1000 })

const context = (agent: ErrorContext['agent']): ErrorContext => ({
  model: 'm',
  requestId: 'ar-1',
  newId: (prefix) => `${prefix}1`,
  nowSeconds: NOW / 1000,
  stream: true,
  ...(agent === undefined ? {} : { agent }),
})
const toClaude = (error: HubError) =>
  codecOf('anthropic-messages').server.encodeError(error, context('claude-code'))
const toCodex = (error: HubError) =>
  JSON.stringify(codecOf('openai-responses').server.encodeStreamError(error, context('codex')))
const toChat = (error: HubError) => codecOf('openai-chat').server.encodeError(error, context(undefined))

describe('what is told when all failed', () => {
  it('names each channel with its reason, and when the next is free', () => {
    const error = allFailed([dead('a'), limited('b', 7200), limited('c', 900)], NOW)
    expect(error.message).toBe(
      'No channel could answer (a: a:1 refused the connection; b: slow down, free in 2 h; c: slow down, free in 15 min). The next, c, is free in 15 min.',
    )
    expect(error.code).toBe('rate-limited')
  })

  it('is the only failure as it was, with what to do about its channel', () => {
    const only = dead('a')
    expect(allFailed([only], NOW)).toMatchObject({
      code: only.error.code,
      message: only.error.message,
      detail: { hint: expect.stringContaining('"axonhub channel test a"') },
    })
    const wrong = failure('a', 'upstream-rejected', 'messages[0] is wrong')
    expect(allFailed([wrong], NOW)).toBe(wrong.error)
  })

  it('is what the others say where one has no such model, and that nobody has it where it is so of all', () => {
    const lacks = (channel: string) => failure(channel, 'unknown-model', 'there is no model m')
    expect(allFailed([dead('a'), lacks('b')], NOW)).toMatchObject({
      code: 'upstream-unreachable',
      message:
        'No channel could answer (a: a:1 refused the connection; b: there is no model m). None of them said when it is free again.',
    })
    expect(allFailed([lacks('a'), lacks('b')], NOW)).toMatchObject({
      code: 'unknown-model',
      message: 'No channel could answer (a: there is no model m; b: there is no model m).',
    })
  })

  it('is what is wrong with the request, whatever failed before', () => {
    const wrong = failure('b', 'context-length', 'prompt is too long: 210000 tokens > 200000 maximum')
    expect(allFailed([limited('a', 5), wrong], NOW)).toBe(wrong.error)
  })
})

describe('an agent', () => {
  it('waits once where a channel is free within a minute', () => {
    const error = allFailed([dead('a'), limited('b', 20)], NOW)
    expect(toClaude(error)).toMatchObject({ status: 429, headers: { 'retry-after': '20' } })
    expect(toClaude(error).headers).not.toHaveProperty('x-should-retry')
    expect(toCodex(error)).toContain('rate_limit_exceeded')
    expect(toCodex(error)).toContain('try again in 20s')
    expect(toChat(error).headers).toEqual({ 'retry-after': '20' })
  })

  it.each([
    ['dead', [dead('a'), dead('b')]],
    ['limited for hours', [limited('a', 7200), limited('b', 9000)]],
    ['limited for nobody knows how long', [limited('a'), dead('b')]],
    ['overloaded', [failure('a', 'overloaded', 'busy'), failure('b', 'overloaded', 'busy')]],
    ['broken', [failure('a', 'upstream-failed', 'boom'), failure('b', 'upstream-timeout', 'silent')]],
    ['without credit', [failure('a', 'quota-exhausted', 'pay'), failure('b', 'quota-exhausted', 'pay')]],
    ['refusing the key', [failure('a', 'upstream-authentication', 'bad key'), dead('b')]],
  ])('stops at once where all are %s', (_what, failures) => {
    const error = allFailed(failures, NOW)
    expect(toClaude(error).headers['x-should-retry']).toBe('false')
    expect(toClaude(error).headers).not.toHaveProperty('retry-after')
    // Two that Claude Code repeats for minutes, whatever the headers say.
    expect([401, 529]).not.toContain(toClaude(error).status)
    expect(toCodex(error)).toContain('invalid_prompt')
    expect(toCodex(error)).toContain('No channel could answer (a: ')
    expect(toChat(error).headers['x-should-retry']).toBe('false')
  })
})
