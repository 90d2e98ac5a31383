// What a relay notes of a whole answer without taking it apart is what taking it apart would say.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../src/base/json.js'
import { openaiChat } from '../../../src/protocol/openai-chat/codec.js'
import { figuresOf } from '../../../src/protocol/openai-chat/figures.js'
import { json } from './arbitrary.js'
import { decodeContext } from './support.js'

const ANSWER: JsonObject = {
  id: 'chatcmpl-1',
  object: 'chat.completion',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'length' }],
  usage: { prompt_tokens: 30, completion_tokens: 7, prompt_tokens_details: { cached_tokens: 10 } },
}

function field(usual: fc.Arbitrary<unknown>) {
  return fc.oneof({ weight: 6, arbitrary: usual }, { weight: 1, arbitrary: json })
}

const reasons = ['stop', 'length', 'tool_calls', 'content_filter', 'error', 'abort', 'eos', '', 'what']
const answer = fc.record(
  {
    choices: field(
      fc.array(
        fc.record(
          {
            index: field(fc.constantFrom(0, 1)),
            finish_reason: field(fc.constantFrom(...reasons)),
            message: field(
              fc.record(
                {
                  content: field(fc.constantFrom('', 'words', '<think>so</think>then')),
                  tool_calls: field(fc.constantFrom(null, [])),
                  reasoning_content: fc.string(),
                },
                { requiredKeys: ['content'] },
              ),
            ),
          },
          { requiredKeys: ['message', 'finish_reason'] },
        ),
        { minLength: 1, maxLength: 2 },
      ),
    ),
    usage: field(fc.constantFrom({ prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 }, null)),
    error: json,
    x_groq: fc.constant({ usage: { prompt_tokens: 1 } }),
  },
  { requiredKeys: ['choices'] },
)

describe('the figures of a whole answer', () => {
  it('are told without taking an answer of mere text apart', () => {
    expect(figuresOf(ANSWER)).toEqual({
      reason: 'length',
      usage: { inputFresh: 20, cacheRead: 10, cacheWrite5m: 0, cacheWrite1h: 0, output: 7, reasoning: 0 },
    })
  })

  it('are left to the codec where calls or errors decide', () => {
    const [choice] = [{ index: 0, message: { content: 'x', tool_calls: [{}] }, finish_reason: 'stop' }]
    expect(figuresOf({ ...ANSWER, choices: [choice] })).toBeUndefined()
    expect(figuresOf({ ...ANSWER, error: { message: 'no' } })).toBeUndefined()
  })

  it('are never other than what the codec says', () => {
    fc.assert(
      fc.property(answer, (wild) => {
        const body: JsonObject = JSON.parse(JSON.stringify(wild))
        const figures = figuresOf(body)
        if (figures === undefined) return
        const { finish, usage } = openaiChat.client.decodeResponse(body, decodeContext())
        expect(figures).toEqual({ reason: finish.reason, ...(usage === undefined ? {} : { usage }) })
      }),
      { numRuns: 1000 },
    )
  })
})
