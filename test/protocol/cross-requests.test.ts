// Requests over all pairs: nothing of the user is lost, the history stays valid, and the bytes are stable.
import { describe, expect, it } from 'vitest'
import { isObject, type JsonValue, text } from '../../src/base/json.js'
import type { IrPart } from '../../src/protocol/ir/part.js'
import type { IrRequest } from '../../src/protocol/ir/request.js'
import { crossed, crossings, FULL, type Pair, pairs, UPSTREAM_MODEL, upstreamReads } from './crossing.js'
import { captures, recordedRequests, requests } from './fixture-files.js'

/** All strings anywhere in a JSON value. */
function stringsIn(value: JsonValue): string[] {
  if (typeof value === 'string') return [value]
  if (Array.isArray(value)) return value.flatMap(stringsIn)
  return isObject(value) ? Object.values(value).flatMap(stringsIn) : []
}

/**
 * What people and tools said, and what the model was told. The billing line of Claude Code is no such thing, and what
 * a tool search found is told by other names.
 */
function wordsOf(request: IrRequest): string[] {
  const textsOf = (parts: readonly IrPart[]): string[] =>
    parts.flatMap((part) => {
      if (part.type === 'text') return [part.text]
      return part.type === 'tool-result' && part.kind !== 'search' ? textsOf(part.content) : []
    })
  return request.turns
    .flatMap((turn) => textsOf(turn.parts))
    .filter((words) => !words.startsWith('x-anthropic-billing-header:') && words.trim() !== '')
}

function mediaOf(request: IrRequest): string[] {
  return request.turns
    .flatMap((turn) => turn.parts)
    .flatMap((part): readonly IrPart[] => (part.type === 'tool-result' ? part.content : [part]))
    .flatMap((part) => (part.type === 'media' && part.source.type === 'base64' ? [part.source.data] : []))
}

/** Every result answers an open call of the assistant turns before it, and nothing stands between the two. */
function looseResults(request: IrRequest): string[] {
  let open: string[] = []
  return request.turns.flatMap(({ role, parts }) => {
    const results = parts.flatMap((part) => (part.type === 'tool-result' ? [part.callId] : []))
    const loose = results.filter((id) => !open.includes(id))
    const calls = parts.flatMap((part) => (part.type === 'tool-call' ? [part.id] : []))
    if (role === 'assistant') open = [...open, ...calls]
    else open = results.length === 0 ? [] : open.filter((id) => !results.includes(id))
    return loose
  })
}

/** Whether an item of a conversation is the model's, so that a request was made before it. */
function isAnswer(item: JsonValue | undefined): boolean {
  if (!isObject(item)) return false
  return (
    item['role'] === 'assistant' ||
    item['role'] === 'model' ||
    /^reasoning$|_call$/.test(text(item, 'type') ?? '')
  )
}

describe('a request', () => {
  it.each(crossings)('$name: loses no word and no picture', ({ fixture, ...pair }) => {
    const { wire, request } = crossed(pair, fixture.body)
    const sent = stringsIn(wire.body).join('\n')
    for (const words of wordsOf(request)) expect(sent).toContain(words)
    for (const data of mediaOf(request)) expect(sent).toContain(data)
  })

  it.each(crossings)('$name: reads back as a valid history for the target model', ({ fixture, ...pair }) => {
    const translated = crossed(pair, fixture.body)
    const { request, upstreamRequest } = translated
    const again = pair.to.server.decodeRequest(upstreamReads(translated)).value
    expect(again.model).toBe(UPSTREAM_MODEL)
    expect(again.stream).toBe(request.stream)
    expect(looseResults(again)).toEqual([])
    expect(again.tools.filter((tool) => tool.type !== 'server').map((tool) => tool.name)).toEqual(
      upstreamRequest.tools.filter((tool) => tool.type !== 'server').map((tool) => tool.name),
    )
    const calls = (from: IrRequest) =>
      from.turns.flatMap((turn) => turn.parts).filter((part) => part.type === 'tool-call')
    expect(calls(again).map((call) => [call.name, JSON.parse(call.input)])).toEqual(
      calls(upstreamRequest).map((call) => [call.name, JSON.parse(call.input)]),
    )
  })

  it.each(crossings)('$name: gives the same bytes each time, and notes that say what and why', (crossing) => {
    const first = crossed(crossing, crossing.fixture.body)
    expect(JSON.stringify(crossed(crossing, crossing.fixture.body).wire)).toBe(JSON.stringify(first.wire))
    for (const note of first.notes) {
      expect(note.path).not.toBe('')
      expect(note.reason).not.toBe('')
    }
  })

  it.each(crossings.filter(({ fixture }) => fixture.name === 'conversation'))(
    '$name: keeps the bytes of the earlier conversation when it grows, so that prompt caches stay warm',
    ({ fixture, ...pair }) => {
      const key = ['input', 'contents'].find((name) => name in fixture.body) ?? 'messages'
      const history = fixture.body[key]
      const turns = Array.isArray(history) ? history : []
      /** The conversation after so many items; cache marks move on and are no part of what is cached. */
      const sent = (count: number) => {
        const { body } = crossed(pair, { ...fixture.body, [key]: turns.slice(0, count) }).wire
        const list = body['input'] ?? body['contents'] ?? body['messages']
        return (Array.isArray(list) ? list : []).map((item) =>
          JSON.stringify(item, (name, value: unknown) => (name === 'cache_control' ? undefined : value)),
        )
      }
      const whole = sent(turns.length)
      const asked = [...turns.keys()].filter(
        (count) => count > 0 && isAnswer(turns[count]) && !isAnswer(turns[count - 1]),
      )
      expect(asked.length).toBeGreaterThan(1)
      for (const count of asked) expect(whole.slice(0, sent(count).length)).toEqual(sent(count))
    },
  )
})

describe('a request of a real agent', () => {
  describe.skipIf(captures === undefined)('(skipped when AXONHUB_CAPTURES is not set)', () => {
    const all = pairs.flatMap((pair) =>
      recordedRequests()
        .filter((fixture) => fixture.protocol === pair.from.id)
        .map((fixture) => ({ ...pair, fixture, name: `${pair.pair}: ${fixture.name}` })),
    )
    it.each(all)('$name: loses no word and stays valid', ({ fixture, ...pair }) => {
      const { wire, request } = crossed(pair, fixture.body)
      const sent = stringsIn(wire.body).join('\n')
      for (const words of wordsOf(request)) expect(sent).toContain(words)
      expect(looseResults(pair.to.server.decodeRequest(wire.body).value)).toEqual([])
    })
  })
})

describe('a request to an upstream of the same protocol', () => {
  const same = pairs.filter((pair) => pair.from === pair.to)
  const all = same.flatMap((pair: Pair) =>
    requests(pair.from.id).map((fixture) => ({ ...pair, fixture, name: `${pair.pair}: ${fixture.name}` })),
  )
  it.each(all)('$name: means the same when it was read, written and read again', ({ fixture, ...pair }) => {
    const translated = crossed(pair, fixture.body, { dialect: FULL })
    const { wire, request } = translated
    const again = crossed(pair, upstreamReads(translated), { dialect: FULL })
    expect(JSON.stringify(again.wire.body)).toBe(JSON.stringify(wire.body))
    expect(again.request.tools).toHaveLength(request.tools.length)
    expect(again.notes).toEqual([])
  })
})
