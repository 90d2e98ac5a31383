import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { anatomyOf } from '../../src/store/anatomy.js'
import { newestPrompt, readPart } from '../../src/store/prompt-parts.js'
import type { RequestStarted } from '../../src/store/record.js'
import { showTrace } from '../../src/store/show.js'
import { started } from '../support/records.js'
import { testStore } from '../support/test-store.js'

const reminder = '<system-reminder>\nToday is Friday.\n</system-reminder>'
const result = { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a', content: 'ok' }] }

const partsOf = (text: string) =>
  anatomyOf(Buffer.from(text), { piece: () => ({ chunk: 0, removed: 0 }), part: readPart }).parts
const promptOf = (body: unknown) => newestPrompt(partsOf(JSON.stringify(body)))

describe('the newest prompt', () => {
  it.each([
    ['a text', { messages: [{ role: 'user', content: ' fix it ' }] }, 'fix it'],
    ['text parts', { messages: [{ role: 'user', content: [{ type: 'text', text: 'fix it' }] }] }, 'fix it'],
    ['an input that is a text', { input: 'fix it' }, 'fix it'],
    [
      'input items',
      { input: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'go' }] }] },
      'go',
    ],
    ['Gemini parts', { contents: [{ role: 'user', parts: [{ text: 'fix it' }] }] }, 'fix it'],
    [
      'a message before tool results',
      { messages: [{ role: 'user', content: 'one' }, { role: 'assistant' }, result] },
      'one',
    ],
    [
      'what stands beside the agent’s own context',
      {
        messages: [
          { role: 'user', content: [{ text: reminder }, { text: 'fix <b>it</b>' }, { text: reminder }] },
        ],
      },
      'fix <b>it</b>',
    ],
    ['nothing', { messages: [{ role: 'system', content: 'be kind' }] }, undefined],
    ['odd types', { messages: [7, null, { role: 'user', content: 9 }], input: {}, contents: 'x' }, undefined],
  ])('is read from %s', (_, body, prompt) => {
    expect(promptOf(body)).toBe(prompt)
  })

  it('is unknown for what is not JSON, and cut at 8192 characters', () => {
    expect(newestPrompt(partsOf('{"messages":[{"role":"user","content":"x"}'))).toBeUndefined()
    expect(promptOf({ input: 'x'.repeat(9_999) })).toHaveLength(8_192)
  })

  it('gives titles and turns when the sender did not tell it', () => {
    const { database, write } = testStore()
    const { prompt: _prompt, ...silent } = started()
    const send = (requestId: string, words: string, change: Partial<RequestStarted> = {}) => {
      const body = Buffer.from(JSON.stringify({ messages: [{ role: 'user', content: words }] }))
      write({ ...silent, requestId, body, ...change })
    }
    send('ar-1', 'first thing')
    send('ar-2', 'first thing')
    send('ar-3', 'words of a subagent', { subagent: 'a' })
    send('ar-4', 'second thing')
    const trace = showTrace(database, 'at-0001')
    expect(trace.title).toBe('first thing')
    expect(trace.turns.map((turn) => [turn.prompt, turn.requests.length])).toEqual([
      ['first thing', 3],
      ['second thing', 1],
    ])
  })
})

const captures = process.env['AXONHUB_CAPTURES']

describe.skipIf(captures === undefined)(
  'prompts of the real agents (skipped: AXONHUB_CAPTURES is not set)',
  () => {
    const captured = (path: string) => {
      const capture: { body?: unknown } = JSON.parse(readFileSync(join(captures ?? '', path), 'utf8'))
      return promptOf(capture.body ?? capture)
    }

    it.each([
      ['codex/req-gpt-5.5-1-first.json', 'codex/req-gpt-5.5-2-tool-output.json'],
      ['claude-code/first-request-print.json', 'claude-code/followup-after-tool.json'],
    ])('stay the same from %s to %s', (first, second) => {
      expect(captured(first)).not.toMatch(/^(<|#|$)/)
      expect(captured(second)).toBe(captured(first))
    })
  },
)
