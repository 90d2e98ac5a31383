// What an agent shows of a channel's failure: the provider's words, then the channel by its name and a command that works as it stands.
import { describe, expect, it } from 'vitest'
import { type ErrorCode, type ErrorDetail, HubError, sentence } from '../../src/base/errors.js'
import { advised } from '../../src/daemon/failure-advice.js'

const NOW = Date.UTC(2026, 10, 20, 12)
const DEEPSEEK = { channel: 'deepseek', ownLogin: false }
const told = (code: ErrorCode, message: string, detail: ErrorDetail = {}) =>
  sentence(advised(new HubError(code, message, detail), DEEPSEEK, NOW))

describe('the failure of a channel', () => {
  it.each<[code: ErrorCode, words: string]>([
    ['upstream-authentication', '"axonhub channel key deepseek"'],
    ['unknown-model', '"axonhub channel models deepseek"'],
    ['upstream-unreachable', '"axonhub channel test deepseek"'],
    ['upstream-timeout', '"axonhub channel test deepseek"'],
    ['upstream-failed', '"axonhub channel test deepseek"'],
    ['upstream-truncated', '"axonhub channel test deepseek"'],
    ['rate-limited', 'The channel "deepseek" does not say when it is free again'],
    ['overloaded', '"axonhub channel add"'],
  ])('%s is told with what to do, behind the words of the provider', (code, words) => {
    expect(told(code, 'no luck')).toMatch(/^no luck\. /)
    expect(told(code, 'no luck')).toContain(words)
  })

  it.each(['余额不足。', '请求过多！', 'It said "no."'])('%s has its end already', (words) => {
    expect(told('rate-limited', words)).toMatch(/^.+[。！"] The channel "deepseek"/u)
  })

  it('is told alone where the provider had no words', () => {
    expect(told('upstream-timeout', ' ')).toMatch(/^Is the provider of the channel "deepseek" on/)
  })

  it('says when a limit ends', () => {
    expect(told('rate-limited', 'Slow down.', { retryAfterMs: 7_200_000 })).toContain('is free in 2 h;')
    expect(told('quota-exhausted', 'Used up', { resetsAt: NOW + 60_000 })).toContain('is free in 60 s;')
  })

  it('keeps what is known of this very answer', () => {
    const hint = 'Check the base URL of the channel.'
    expect(told('upstream-failed', 'A page came.', { hint })).toContain(`${hint.replace('.', ';')} if it`)
  })

  it('asks for the address where nothing is behind the path', () => {
    expect(told('upstream-rejected', 'not found', { status: 404 })).toContain('"axonhub channel list --json"')
  })

  it('leaves alone what is no business of the channel', () => {
    for (const code of [
      'context-length',
      'content-filter',
      'upstream-rejected',
      'invalid-request',
    ] as const) {
      const error = new HubError(code, 'as it is', { status: 400 })
      expect(advised(error, DEEPSEEK, NOW)).toBe(error)
    }
  })

  it('asks for a new login where the channel sends one and has no key, and leaves that of the agent to itself', () => {
    const error = new HubError('upstream-authentication', 'It has expired.')
    const plan = { channel: 'plan', login: 'claude-code', ownLogin: false } as const
    expect(sentence(advised(error, plan, NOW))).toBe(
      'It has expired. The login that the channel "plan" sends was refused; log in with "claude" and ask again.',
    )
    expect(advised(error, { channel: 'plan', ownLogin: true }, NOW)).toBe(error)
  })
})
