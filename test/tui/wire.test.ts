// The wire view: four panes, what the hub changed as a difference, and bounded work whatever the bodies' sizes.
import { describe, expect, it } from 'vitest'
import type { ShownAttempt } from '../../src/control/trace-reader.js'
import { type WireBody, wireView } from '../../src/tui/wire.js'
import { NOW, shown } from './samples.js'

const ATTEMPT: ShownAttempt = {
  number: 1,
  channel: 'zai',
  key: null,
  protocol: 'openai-chat',
  mode: 'convert',
  url: 'https://api.example/v1/chat/completions',
  modelUsed: 'glm-5.2',
  startedAt: NOW,
  durationMs: 900,
  firstByteMs: 300,
  outcome: 'completed',
  status: 200,
  errorCode: null,
  errorText: null,
  upstreamRequestId: null,
  headers: {},
}

function view(bodies: readonly WireBody[], attempts: readonly ShownAttempt[] = [ATTEMPT]) {
  return wireView(shown('ar-1', { attempts }), bodies).lines
}

const body = (which: WireBody['which'], attempt: number, text: unknown): WireBody => ({
  which,
  attempt,
  text: typeof text === 'string' ? text : JSON.stringify(text),
})

describe('the wire view', () => {
  it('shows what the hub changed, and leaves out what is the same', () => {
    const same = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`field${index}`, index]))
    const lines = view([
      body('request', 0, { ...same, model: 'claude' }),
      body('upstream-request', 1, { ...same, model: 'glm-5.2' }),
      body('response', 0, 'event: a\ndata: {}\n\nevent: a\ndata: {}\n\nevent: b\ndata: {}\n\n'),
    ])
    expect(lines.filter(({ kind }) => kind === 'added' || kind === 'removed')).toEqual([
      { kind: 'removed', text: '  "model": "claude"' },
      { kind: 'added', text: '  "model": "glm-5.2"' },
    ])
    expect(lines).toContainEqual({ kind: 'dim', text: '… 17 lines the same …' })
    expect(lines.filter(({ kind }) => kind === 'title').map(({ text }) => text)).toEqual([
      'The agent sent POST /anthropic/v1/messages, anthropic-messages',
      'The hub sent to zai, openai-chat: https://api.example/v1/chat/completions',
      'The provider sent: status 200',
      'The agent got: status 200',
    ])
    expect(lines.slice(-2).map(({ text }) => text)).toEqual(['a × 2', 'event: b data: {}'])
  })

  it('says of a relay that the bytes are the same, and of what is not kept that it is not', () => {
    const lines = view([], [{ ...ATTEMPT, mode: 'relay' }]).map(({ text }) => text)
    expect(lines).toContain('the same bytes, but for the name of the model and the credential')
    expect(lines).toContain('(its body is not kept)')
  })

  it('tells why a try failed', () => {
    const failed = { ...ATTEMPT, outcome: 'failed', status: null, errorText: 'refused by the host' } as const
    expect(view([], [failed])).toContainEqual({ kind: 'removed', text: 'refused by the host' })
  })

  it('shortens long texts and lists, keeping what is new', () => {
    const messages = Array.from({ length: 500 }, (_, index) => ({
      role: 'user',
      content: `message ${index}`,
    }))
    const text = view([body('request', 0, { messages, system: 'x'.repeat(10_000) })])
      .map((line) => line.text)
      .join('\n')
    expect(text).toContain('message 499')
    expect(text).toContain('… 492 more …')
    expect(text).toContain(`${'x'.repeat(160)}… +9840`)
  })

  it('takes bodies of megabytes and bodies that have nothing in common in its stride', () => {
    const noise = (seed: number) =>
      Object.fromEntries(
        Array.from({ length: 6_000 }, (_, index) => [`k${(index * 7919 + seed) % 100_003}`, index ^ seed]),
      )
    const begin = performance.now()
    const lines = view([
      body('request', 0, noise(1)),
      body('upstream-request', 1, noise(2)),
      body('response', 0, 'x'.repeat(10_000_000)),
    ])
    expect(performance.now() - begin).toBeLessThan(5_000)
    expect(lines.length).toBeLessThanOrEqual(1_501)
    expect(lines.at(-1)?.text).toMatch(/more: axonhub trace show ar-1 --wire$/)
  })
})
