// Laws that hold for any input: nothing throws but a HubError, the grammar is kept, whole and streamed answers agree.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HubError } from '../../../src/base/errors.js'
import { isObject, type JsonObject, objects } from '../../../src/base/json.js'
import { PLAIN } from '../../../src/protocol/dialect.js'
import { collect } from '../../../src/protocol/ir/collect.js'
import { replay } from '../../../src/protocol/ir/replay.js'
import type { IrResponse } from '../../../src/protocol/ir/response.js'
import { openaiChat } from '../../../src/protocol/openai-chat/codec.js'
import { rawDetails } from '../../../src/protocol/openai-chat/reasoning.js'
import { decodeUsage, encodeUsage } from '../../../src/protocol/openai-chat/usage.js'
import { response, usage } from '../ir/arbitrary.js'
import { chunk, data, json, validRequest, wildRequest } from './arbitrary.js'
import { complaints, decodeChunks, decodeContext, encodeContext, encodeEvents, FOOTPRINT } from './support.js'

describe('whatever comes', () => {
  it('a request is read, or refused with the parameter that is wrong', () => {
    fc.assert(
      fc.property(fc.oneof(wildRequest, validRequest), (value) => {
        const sent = tried(() => wireOf(value))
        expect(sent.refused ?? { code: 'invalid-request', param: '' }).toMatchObject({
          code: 'invalid-request',
          param: expect.any(String),
        })
        expect(JSON.stringify(tried(() => wireOf(value)))).toBe(JSON.stringify(sent))
        for (const told of objects(sent.value ?? {}, 'messages')) expect(told['content']).not.toEqual([])
      }),
      { numRuns: 300 },
    )
  })

  it('a request that was read is read the same after a round trip', () => {
    fc.assert(
      fc.property(validRequest, (value) => {
        const once = wireOf(value)
        expect(wireOf(once)).toEqual(once)
      }),
      { numRuns: 300 },
    )
  })

  it('a stream becomes legal events that end', () => {
    fc.assert(
      fc.property(fc.array(data, { maxLength: 12 }), (chunks) => {
        expect(complaints(decodeChunks(chunks))).toEqual([])
      }),
      { numRuns: 400 },
    )
  })

  it('any JSON is an answer, or a HubError', () => {
    fc.assert(
      fc.property(fc.oneof(json, chunk), (value) => {
        const { refused } = tried(() =>
          openaiChat.client.decodeResponse(isObject(value) ? value : {}, decodeContext()),
        )
        expect(refused?.code ?? 'upstream-failed').not.toBe('internal')
      }),
    )
  })

  it('any body is an error with words', () => {
    fc.assert(
      fc.property(fc.integer({ min: 300, max: 599 }), fc.oneof(json, fc.string()), (status, value) => {
        expect(openaiChat.client.decodeError(status, {}, value, 0).message).not.toBe('')
      }),
    )
  })
})

/** native → IR → native. */
function wireOf(value: JsonObject): JsonObject {
  const { value: asked } = openaiChat.server.decodeRequest(value)
  return openaiChat.client.encodeRequest(asked, { dialect: PLAIN, footprint: FOOTPRINT }).value.body
}

type Tried<T> = { readonly value?: T; readonly refused?: { readonly code: string; readonly param?: string } }

/** A HubError as a value; anything else that is thrown fails the test. */
function tried<T>(action: () => T): Tried<T> {
  try {
    return { value: action() }
  } catch (thrown) {
    if (!(thrown instanceof HubError)) throw thrown
    const { param } = thrown.detail
    return { refused: { code: thrown.code, ...(param === undefined ? {} : { param }) } }
  }
}

describe('answers', () => {
  it('say the same whole and streamed', () => {
    fc.assert(
      fc.property(response, (answer) => {
        const asked = { streamUsage: true }
        const whole = openaiChat.server.encodeResponse(answer, encodeContext(asked)).value
        const streamed = collect(decodeChunks(encodeEvents(replay(answer), encodeContext(asked))))
        expect(summary(openaiChat.client.decodeResponse(whole, decodeContext()))).toEqual(summary(streamed))
      }),
      { numRuns: 300 },
    )
  })

  it('keep their counters: encoded and decoded they are the same sums', () => {
    fc.assert(
      fc.property(usage, (spent) => {
        const reasoning = Math.min(spent.reasoning, spent.output)
        const back = decodeUsage(encodeUsage({ ...spent, reasoning }))
        expect(back).toEqual({
          ...spent,
          reasoning,
          cacheWrite5m: spent.cacheWrite5m + spent.cacheWrite1h,
          cacheWrite1h: 0,
        })
      }),
    )
  })
})

/** What an answer says, without the order of unlike parts, which a whole message cannot tell. */
function summary(answer: IrResponse) {
  const { parts, ...rest } = answer
  const texts = parts.filter((part) => part.type === 'text')
  const thoughts = parts.filter((part) => part.type === 'reasoning')
  return {
    ...rest,
    text: texts
      .filter((part) => part.refusal !== true)
      .map((part) => part.text)
      .join(''),
    refusal: texts
      .filter((part) => part.refusal === true)
      .map((part) => part.text)
      .join(''),
    reasoning: thoughts.map((part) => part.text).join(''),
    proof: thoughts.flatMap((part) => (part.seal === undefined ? [] : rawDetails(part.seal))),
    calls: parts
      .filter((part) => part.type === 'tool-call')
      .map(({ id, kind, name, input }) => ({ id, kind, name, input })),
    media: parts.filter((part) => part.type === 'media').length,
  }
}
