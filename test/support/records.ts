// Made-up records for the tests of the store and of what stands on it; each test changes what it is about.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { AttemptFinished, RequestFinished, RequestStarted } from '../../src/store/record.js'

/** A folder that is gone when the test is over. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'axonhub-store-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export const STARTED_AT = 1_700_000_000_000

export function started(change: Partial<RequestStarted> = {}): RequestStarted {
  return {
    type: 'request-started',
    requestId: 'ar-0001',
    traceId: 'at-0001',
    traceSource: 'new',
    agent: 'claude-code',
    purpose: 'turn',
    keyName: 'default',
    method: 'POST',
    path: '/anthropic/v1/messages',
    protocol: 'anthropic-messages',
    modelAsked: 'claude-opus-4-8',
    stream: true,
    startedAt: STARTED_AT,
    prompt: 'Make the tests pass',
    headers: { 'user-agent': 'claude-cli/2.1.197' },
    ...change,
  }
}

export function attempted(change: Partial<AttemptFinished> = {}): AttemptFinished {
  return {
    type: 'attempt-finished',
    requestId: 'ar-0001',
    number: 1,
    channel: 'deepseek',
    protocol: 'openai-chat',
    mode: 'convert',
    url: 'http://127.0.0.1:1/v1/chat/completions',
    modelUsed: 'deepseek-chat',
    startedAt: STARTED_AT + 2,
    durationMs: 900.5,
    firstByteMs: 210.25,
    outcome: 'completed',
    status: 200,
    upstreamRequestId: 'up-1',
    headers: { 'x-ratelimit-remaining-tokens': '90000' },
    ...change,
  }
}

export function finished(change: Partial<RequestFinished> = {}): RequestFinished {
  return {
    type: 'request-finished',
    requestId: 'ar-0001',
    finishedAt: STARTED_AT + 905,
    outcome: 'completed',
    status: 200,
    channel: 'deepseek',
    modelUsed: 'deepseek-chat',
    mode: 'convert',
    firstByteMs: 212,
    firstTokenMs: 230.5,
    durationMs: 905,
    usage: { inputFresh: 100, cacheRead: 900, cacheWrite5m: 20, cacheWrite1h: 3, output: 50, reasoning: 10 },
    stopReason: 'end_turn',
    notes: [{ kind: 'dropped', path: 'context_management', reason: 'openai-chat has no such field' }],
    decision: ['rule 1 matches claude-*', 'channel deepseek'],
    ...change,
  }
}

/** The same bytes each time for the same seed: text that compresses as badly as source code does. */
export function wordsOf(seed: number, bytes: number): string {
  let state = (seed * 2_654_435_761 + 1) >>> 0
  const next = () => {
    state ^= state << 13
    state ^= state >>> 17
    state = (state ^ (state << 5)) >>> 0
    return state
  }
  let text = ''
  while (text.length < bytes) {
    const word = next()
      .toString(36)
      .slice(0, 2 + (next() % 6))
    text += `${word}${next() % 9 === 0 ? '\n' : ' '}`
  }
  return text.slice(0, bytes)
}
