// Answers over all nine pairs, streamed and whole: the agent reads what the upstream said, under the model name that
// it asked for, and never takes a broken answer for a complete one.
import { Buffer } from 'node:buffer'
import { describe, expect, it } from 'vitest'
import { type JsonObject, parseJson } from '../../src/base/json.js'
import { collect } from '../../src/protocol/ir/collect.js'
import type { IrEvent } from '../../src/protocol/ir/event.js'
import type { IrResponse } from '../../src/protocol/ir/response.js'
import { NO_USAGE, totalInput } from '../../src/protocol/ir/usage.js'
import { answerModelKey } from '../../src/protocol/relay.js'
import { formatSse } from '../../src/protocol/sse/format.js'
import {
  responseToStream,
  streamToResponse,
  translateResponse,
  translateStream,
} from '../../src/protocol/translate.js'
import { answeredBytes, answering, crossed, type Pair, pairs, question, upstreamReads } from './crossing.js'
import { captures, recordedStreams, streams } from './fixture-files.js'
import { answerOf, decodedBytes, decoding, encoding, parsed } from './reading.js'

/** Gemini's arguments are JSON in JSON, so blanks between them are not kept. */
function evenly(input: string): string {
  const value = parseJson(input)
  return value === undefined ? input : JSON.stringify(value)
}

/** What every protocol can say: joined text, joined thinking, and the calls by (bare) name and input. */
function saying(answer: IrResponse): { text: string; thinking: string; calls: string[] } {
  const calls = answer.parts.flatMap((part) =>
    part.type === 'tool-call' ? [`${part.name.replace(/^.*__/, '')} ${evenly(part.input)}`] : [],
  )
  const joined = (type: 'text' | 'reasoning') =>
    answer.parts.flatMap((part) => (part.type === type ? [part.text] : [])).join('')
  return { text: joined('text'), thinking: joined('reasoning'), calls }
}

/** Blocks that only one protocol has are told as thinking by the others; the text is never touched by them. */
function expectSame(read: IrResponse, answer: IrResponse): void {
  const [was, is] = [saying(answer), saying(read)]
  const foreign = answer.parts.some((part) => part.type === 'opaque' || part.type === 'media')
  expect({ ...is, thinking: foreign ? was.thinking : is.thinking }).toEqual(was)
  const native = read.parts.some((part) => part.type === 'opaque')
  const told = answer.parts.flatMap((part) => {
    if (part.type === 'reasoning') return [part.text]
    return part.type === 'opaque' && !native ? [part.fallback ?? ''] : []
  })
  expect(told.filter((words) => !is.thinking.includes(words))).toEqual([])
}

/** The figures that all three wires have; only Messages tells cache writes and only the others tell reasoning. */
function figures(answer: IrResponse): number[] {
  const { usage = NO_USAGE } = answer
  return [totalInput(usage), usage.cacheRead, usage.output]
}

/** Kinds of tools that only Responses has are tested in cross-tools. */
const portable = (fixture: { readonly name: string }) => fixture.name !== 'codex-tools'

const crossings = pairs.flatMap((pair) =>
  streams(pair.to.id)
    .filter(portable)
    .map((fixture) => ({ ...pair, ...fixture, title: `${pair.pair}: ${fixture.name}` })),
)

function agentReads(pair: Pair, bytes: Uint8Array): IrResponse {
  return answerOf(pair.from, answeredBytes(crossed(pair, question(pair.from)), bytes))
}

describe('a streamed answer', () => {
  it.each(crossings)('$title: says the same to the agent, counted the same', ({ bytes, ...pair }) => {
    const answer = answerOf(pair.to, bytes)
    const read = agentReads(pair, bytes)
    expectSame(read, answer)
    expect(figures(read)).toEqual(figures(answer))
    const same = ['tool-calls', 'length', 'filter'].includes(answer.finish.reason)
    expect(same ? read.finish.reason : 'stop').toBe(answer.finish.reason)
  })

  it.each(crossings)('$title: names only the model that the agent asked for', ({ bytes, ...pair }) => {
    const out = Buffer.from(answeredBytes(crossed(pair, question(pair.from)), bytes)).toString('utf8')
    expect(agentReads(pair, bytes).model).toBe('asked')
    for (const name of ['deepseek-reasoner', 'gpt-5.5', 'claude-opus-4-8', 'gemini-3.1'])
      expect(out).not.toContain(name)
  })

  it.each(crossings)(
    '$title: ends with an error and no finish when cut behind any event',
    ({ bytes, ...pair }) => {
      const translated = crossed(pair, question(pair.from))
      const blocks = parsed([bytes]).map((event) => Buffer.from(formatSse(event), 'utf8'))
      const whole = decodedBytes(pair.to, bytes).length
      for (let count = 0; count < blocks.length; count++) {
        const cut = Buffer.concat(blocks.slice(0, count))
        const read = decodedBytes(pair.from, answeredBytes(translated, cut))
        const ends = read.filter((event) => event.type === 'finish' || event.type === 'error')
        const told = decodedBytes(pair.to, cut)
        // An upstream that told the reason of the end but not its closing mark has answered.
        const answered = told.at(-1)?.type === 'finish' && told.length >= whole - 1
        expect(ends.map((event) => event.type)).toEqual([answered ? 'finish' : 'error'])
      }
    },
  )

  it.each(pairs)('$pair: gives the same bytes however the upstream was cut into chunks', (pair) => {
    const [fixture] = streams(pair.to.id).filter((file) => file.name === 'everything')
    const bytes = fixture?.bytes ?? new Uint8Array(0)
    const translated = crossed(pair, question(pair.from))
    const whole = Buffer.from(answeredBytes(translated, bytes)).toString('utf8')
    const byChunks = (size: number) => {
      const stream = translateStream(answering(translated))
      const out = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
        stream.push(bytes.subarray(at * size, (at + 1) * size)),
      )
      return [...out.flat(), ...stream.end()].map(formatSse).join('')
    }
    expect(whole.length).toBeGreaterThan(500)
    for (const size of [1, 2, 3, 7, 64, 1000]) expect(byChunks(size)).toBe(whole)
  })

  it.each(pairs)('$pair: becomes an error of the agent’s protocol when the upstream breaks off', (pair) => {
    const told: Record<string, string> = {
      'openai-chat': 'data: {"error":{"message":"Too busy.","type":"server_error","code":503}}\n\n',
      'openai-responses':
        'data: {"type":"response.failed","response":{"id":"r","error":{"code":"server_is_overloaded","message":"Too busy."}}}\n\n',
      'anthropic-messages':
        'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Too busy."}}\n\n',
      gemini: 'data: {"error":{"code":503,"message":"Too busy.","status":"UNAVAILABLE"}}\n\n',
    }
    const stream = translateStream(answering(crossed(pair, question(pair.from))))
    const out = stream.push(Buffer.from(told[pair.to.id] ?? ''))
    const read = decodedBytes(pair.from, Buffer.from(out.map(formatSse).join('')))
    expect(read.at(-1)).toMatchObject({
      type: 'error',
      error: { message: expect.stringContaining('Too busy.') },
    })
    expect(stream).toMatchObject({ started: false, content: false, finish: undefined })
    expect(stream.error?.message).toContain('Too busy.')
    expect([...stream.push(Buffer.from('data: {}\n\n')), ...stream.end()]).toEqual([])
  })
})

describe('a whole answer', () => {
  const upstreamBody = (pair: Pair, answer: IrResponse): JsonObject =>
    pair.to.server.encodeResponse(answer, encoding()).value

  it.each(crossings)('$title: says the same to the agent', ({ bytes, ...pair }) => {
    const answer = answerOf(pair.to, bytes)
    const translated = crossed(pair, question(pair.from, false))
    const { body } = translateResponse(answering(translated), upstreamBody(pair, answer))
    const read = pair.from.client.decodeResponse(body, decoding())
    expectSame(read, answer)
    expect(figures(read)).toEqual(figures(answer))
    expect(body[answerModelKey(pair.from.id)]).toBe('asked')
  })

  it.each(crossings)('$title: says the same when the upstream streams all the same', ({ bytes, ...pair }) => {
    const translated = crossed(pair, question(pair.from, false), { stream: true })
    expect(upstreamReads(translated)['stream']).toBe(true)
    const collector = streamToResponse(answering(translated))
    for (let at = 0; at < bytes.length; at += 50) collector.push(bytes.subarray(at, at + 50))
    const { body } = collector.end()
    const read = pair.from.client.decodeResponse(body, decoding())
    expectSame(read, answerOf(pair.to, bytes))
    expect(figures(read)).toEqual(figures(answerOf(pair.to, bytes)))
  })

  it.each(crossings)('$title: is told as a stream when the agent asked for one', ({ bytes, ...pair }) => {
    const answer = answerOf(pair.to, bytes)
    const translated = crossed(pair, question(pair.from))
    const { events } = responseToStream(answering(translated), upstreamBody(pair, answer))
    const read = answerOf(pair.from, Buffer.from(events.map(formatSse).join('')))
    expectSame(read, answer)
    expect(figures(read)).toEqual(figures(answer))
  })

  it.each(pairs)('$pair: throws when the stream that should become it is cut', (pair) => {
    const [fixture] = streams(pair.to.id)
    const collector = streamToResponse(answering(crossed(pair, question(pair.from, false), { stream: true })))
    collector.push((fixture?.bytes ?? new Uint8Array(0)).subarray(0, 300))
    expect(() => collector.end()).toThrow(expect.objectContaining({ code: 'upstream-truncated' }))
  })
})

describe('a recorded answer', () => {
  describe.skipIf(captures === undefined)('(skipped when AXONHUB_CAPTURES is not set)', () => {
    const all = pairs.flatMap((pair) =>
      recordedStreams(pair.to.id).map((file) => ({ ...pair, ...file, title: `${pair.pair}: ${file.name}` })),
    )
    it.each(all)('$title: loses no text, thinking or call, and no figure', ({ bytes, ...pair }) => {
      const answer = answerOf(pair.to, bytes)
      const read = agentReads(pair, bytes)
      expectSame(read, answer)
      expect(figures(read)).toEqual(figures(answer))
      expect(read.model).toBe('asked')
    })
  })
})

describe('the events of a translated stream', () => {
  it('are JSON in every protocol but for the closing mark of Chat Completions', () => {
    for (const { bytes, ...pair } of crossings)
      for (const event of parsed([answeredBytes(crossed(pair, question(pair.from)), bytes)]))
        expect(event.data === '[DONE]' || parseJson(event.data) !== undefined).toBe(true)
  })

  it('collect to the answer that the record keeps', () => {
    for (const { bytes, ...pair } of crossings) {
      const events: IrEvent[] = decodedBytes(pair.to, bytes)
      const stream = translateStream(answering(crossed(pair, question(pair.from))))
      stream.push(bytes)
      stream.end()
      const answer = collect(events)
      expect(stream).toMatchObject({ finish: answer.finish, started: true, content: true, error: undefined })
      expect(stream.usage).toEqual(answer.usage)
    }
  })
})
