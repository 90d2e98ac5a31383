// What upstreams stream, with all their departures, and the events it becomes.
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../src/base/json.js'
import { decodeChunks, delta, finish, whole } from './support.js'

const DONE = '[DONE]'
const stop = [finish('stop'), DONE]
const calls = (...pieces: JsonObject[]) => delta({ tool_calls: pieces })
const fn = (fields: JsonObject) => ({ type: 'function', function: fields })

describe('text and reasoning', () => {
  it('streams text as it comes', () => {
    const events = decodeChunks([
      delta({ role: 'assistant', content: '' }),
      delta({ content: 'a' }),
      delta({ content: 'b' }),
      ...stop,
    ])
    expect(events).toEqual([
      { type: 'start', id: 'chatcmpl-up', model: 'up-model' },
      { type: 'text-start', index: 0 },
      { type: 'text-delta', index: 0, text: 'a' },
      { type: 'text-delta', index: 0, text: 'b' },
      { type: 'text-end', index: 0 },
      { type: 'finish', reason: 'stop' },
    ])
  })

  it.each(['reasoning_content', 'reasoning', 'reasoning_text'])(
    'reads reasoning from %s before text',
    (field) => {
      expect(
        whole(delta({ [field]: 'thi' }), delta({ [field]: 'nk' }), delta({ content: 'a' }), ...stop).parts,
      ).toEqual([
        { type: 'reasoning', text: 'think', visibility: 'summary' },
        { type: 'text', text: 'a' },
      ])
    },
  )

  it('takes the words once when a vendor repeats them in a second field', () => {
    const twice = {
      reasoning: 'r',
      reasoning_content: 'r',
      reasoning_details: [{ type: 'reasoning.text', text: 'r' }],
    }
    expect(whole(delta(twice), ...stop).parts).toMatchObject([{ type: 'reasoning', text: 'r' }])
  })

  it('seals reasoning details, put together, for this channel', () => {
    const piece = (fields: JsonObject) =>
      delta({ reasoning_details: [{ type: 'reasoning.text', index: 0, ...fields }] })
    const { parts } = whole(
      piece({ text: 'th' }),
      piece({ text: 'ink' }),
      piece({ signature: 's' }),
      delta({ content: 'a' }),
      ...stop,
    )
    const data = JSON.stringify([{ type: 'reasoning.text', index: 0, text: 'think', signature: 's' }])
    expect(parts[0]).toEqual({
      type: 'reasoning',
      text: 'think',
      visibility: 'summary',
      seal: { maker: 'openai-chat', footprint: 'channel-a', data },
    })
  })

  it('tells proof without words before the call that it came with', () => {
    const details = [{ type: 'reasoning.encrypted', data: 'e' }]
    const call = { index: 0, id: 'c', ...fn({ name: 'f', arguments: '{}' }) }
    const { parts } = whole(delta({ reasoning_details: details, tool_calls: [call] }), ...stop)
    expect(parts).toMatchObject([
      { type: 'reasoning', text: '', seal: { data: JSON.stringify(details) } },
      { type: 'tool-call' },
    ])
  })

  it('reads thinking chunks in a content list', () => {
    const thinking = { type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] }
    expect(whole(delta({ content: [thinking, { type: 'text', text: 'a' }] }), ...stop).parts).toMatchObject([
      { type: 'reasoning', text: 'hm' },
      { type: 'text', text: 'a' },
    ])
  })

  it('takes a whole message where a delta is due', () => {
    const message = { role: 'assistant', content: 'a' }
    expect(whole({ choices: [{ index: 0, message, finish_reason: 'stop' }] }, '[DONE]').parts).toEqual([
      { type: 'text', text: 'a' },
    ])
  })

  it('tells a refusal as a refusal', () => {
    expect(whole(delta({ refusal: 'I ca' }), delta({ refusal: 'nnot' }), ...stop).parts).toEqual([
      { type: 'text', text: 'I cannot', refusal: true },
    ])
  })

  it('keeps annotations, citations and the fingerprint', () => {
    const note = { type: 'url_citation', url_citation: { url: 'u' } }
    const answer = whole(
      delta({ content: 'a' }),
      delta({ annotations: [note] }),
      finish('stop', { citations: ['u'], system_fingerprint: 'fp' }),
      DONE,
    )
    expect(answer.parts[0]?.type === 'text' && answer.parts[0].carry?.fields).toEqual({ annotations: [note] })
    expect(answer.carry?.fields).toEqual({ citations: ['u'], system_fingerprint: 'fp' })
  })

  it('takes sound with its transcript as the text', () => {
    const piece = (fields: JsonObject) => delta({ audio: fields })
    expect(
      whole(piece({ id: 'a1', transcript: 'he' }), piece({ data: 'QUJD', transcript: 'y' }), ...stop).parts,
    ).toMatchObject([
      { type: 'text', text: 'hey' },
      { type: 'media', kind: 'audio', source: { data: 'QUJD' } },
    ])
  })
})

describe('<think> tags', () => {
  const pieces = (source: string, size: number) => source.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? []

  it.each([1, 2, 3, 5, 100])('become reasoning when they open the answer, in pieces of %d', (size) => {
    const source = '\n<think>a < b </thin> c</think>\n\nThe <think> answer</think>'
    expect(whole(...pieces(source, size).map((content) => delta({ content })), ...stop).parts).toEqual([
      { type: 'reasoning', text: 'a < b </thin> c', visibility: 'summary' },
      { type: 'text', text: 'The <think> answer</think>' },
    ])
  })

  it.each(['<thing>', 'x <think>y</think>', '<', '<think', '  '])('are text elsewhere: %j', (source) => {
    expect(whole(...pieces(source, 1).map((content) => delta({ content })), ...stop).parts).toEqual([
      { type: 'text', text: source },
    ])
  })

  it('leave nothing behind when the answer ends inside', () => {
    expect(
      whole(delta({ content: '<think>half a thou' }), delta({ content: 'ght</thi' }), finish('length'), DONE)
        .parts,
    ).toMatchObject([{ type: 'reasoning', text: 'half a thought</thi' }])
  })
})

describe('tool calls', () => {
  it.each<[string, JsonObject[]]>([
    [
      'by index',
      [
        { index: 0, id: 'a', ...fn({ name: 'f', arguments: '' }) },
        { index: 1, id: 'b', ...fn({ name: 'g', arguments: '{"y"' }) },
        { index: 0, ...fn({ arguments: '{"x":1}' }) },
        { index: 1, ...fn({ arguments: ':2}' }) },
      ],
    ],
    [
      'without index, by id',
      [
        { id: 'a', ...fn({ name: 'f', arguments: '{"x":' }) },
        { id: 'a', ...fn({ arguments: '1}' }) },
        { id: 'b', ...fn({ name: 'g', arguments: '{"y":2}' }) },
      ],
    ],
    [
      'all with index 0, whole, ids differ',
      [
        { index: 0, id: 'a', ...fn({ name: 'f', arguments: '{"x":1}' }) },
        { index: 0, id: 'b', ...fn({ name: 'g', arguments: '{"y":2}' }) },
      ],
    ],
    [
      'with id and name repeated in each piece',
      [
        { index: 0, id: 'a', ...fn({ name: 'f', arguments: '{"x"' }) },
        { index: 0, id: 'a', ...fn({ name: 'f', arguments: ':1}' }) },
        { index: 1, id: 'b', ...fn({ name: 'g', arguments: '{"y":2}' }) },
      ],
    ],
    [
      'with empty ids and names in later pieces',
      [
        { index: 0, id: 'a', ...fn({ name: 'f', arguments: '{"x":' }) },
        { index: 0, id: '', ...fn({ name: '', arguments: '1}' }) },
        { index: 1, id: 'b', ...fn({ name: 'g', arguments: '{"y":2}' }) },
      ],
    ],
    [
      'with arguments before the name',
      [
        { index: 0, id: 'a', ...fn({ arguments: '{"x":' }) },
        { index: 0, ...fn({ name: 'f', arguments: '1}' }) },
        { index: 1, id: 'b', ...fn({ name: 'g', arguments: '{"y":2}' }) },
      ],
    ],
  ])('are put together: %s', (_name, pieces) => {
    const read = (answer: ReturnType<typeof whole>) =>
      answer.parts.map((part) => part.type === 'tool-call' && [part.id, part.name, JSON.parse(part.input)])
    const expected = [
      ['a', 'f', { x: 1 }],
      ['b', 'g', { y: 2 }],
    ]
    expect(read(whole(...pieces.map((piece) => calls(piece)), finish('tool_calls'), DONE))).toEqual(expected)
    expect(read(whole(calls(...pieces), finish('tool_calls'), DONE))).toEqual(expected)
  })

  it.each<[JsonObject]>([
    [{ name: 'f' }],
    [{ name: 'f', arguments: '' }],
    [{ name: 'f', arguments: null }],
    [{ name: 'f', arguments: ' ' }],
    [{ name: 'f', arguments: {} }],
  ])('without arguments (%j) have an empty object', (body) => {
    expect(whole(calls({ index: 0, id: 'a', ...fn(body) }), finish('tool_calls'), DONE).parts).toMatchObject([
      { input: '{}' },
    ])
  })

  it('turn object arguments into text', () => {
    expect(
      whole(calls({ index: 0, id: 'a', ...fn({ name: 'f', arguments: { a: [1] } }) }), ...stop).parts,
    ).toMatchObject([{ input: '{"a":[1]}' }])
  })

  it('get ids where the vendor gives none or the same one twice', () => {
    const { parts } = whole(
      calls({ index: 0, ...fn({ name: 'f' }) }),
      calls({ index: 1, id: 'x', ...fn({ name: 'f' }) }),
      calls({ index: 2, id: 'x', ...fn({ name: 'f' }) }),
      ...stop,
    )
    const ids = parts.map((part) => part.type === 'tool-call' && part.id)
    expect(new Set(ids).size).toBe(3)
    expect(ids).toContain('x')
  })

  it('end as soon as they are complete and another begins', () => {
    const events = decodeChunks([
      calls({ index: 0, id: 'a', ...fn({ name: 'f', arguments: '{}' }) }),
      calls({ index: 1, id: 'b', ...fn({ name: 'g', arguments: '{' }) }),
    ])
    const types = events.map((event) => event.type)
    expect(types.indexOf('tool-call-end')).toBeLessThan(types.lastIndexOf('tool-call-start'))
  })

  it('read the older function_call', () => {
    expect(
      whole(
        delta({ function_call: { name: 'f', arguments: '{"a"' } }),
        delta({ function_call: { arguments: ':1}' } }),
        finish('function_call'),
        DONE,
      ),
    ).toMatchObject({
      parts: [{ type: 'tool-call', name: 'f', input: '{"a":1}' }],
      finish: { reason: 'tool-calls' },
    })
  })

  it('read custom calls', () => {
    const piece = (fields: JsonObject) => calls({ index: 0, type: 'custom', ...fields })
    expect(
      whole(
        piece({ id: 'a', custom: { name: 'p', input: '*** ' } }),
        piece({ custom: { input: 'Begin' } }),
        ...stop,
      ).parts,
    ).toMatchObject([{ kind: 'custom', name: 'p', input: '*** Begin' }])
  })

  it('carry a vendor’s own fields', () => {
    const extra = { vendor: { note: 's' } }
    expect(
      whole(calls({ index: 0, id: 'a', extra_content: extra, ...fn({ name: 'f' }) }), ...stop).parts,
    ).toMatchObject([{ carry: { fields: { extra_content: extra } } }])
  })
})
