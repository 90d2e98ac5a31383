import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anatomyOf } from '../../src/store/anatomy.js'

const bytes = (text: string) => Buffer.from(text)
const reader = { piece: () => ({ chunk: 0, removed: 0 }), part: () => undefined }
const split = (body: Uint8Array): Buffer[] => {
  let from = 0
  return anatomyOf(Buffer.from(body), reader).pieces.map(({ end }) => {
    const piece = Buffer.from(body.subarray(from, end))
    from = end
    return piece
  })
}
const texts = (body: Uint8Array) => split(body).map((piece) => piece.toString())
const long = (letter: string) => letter.repeat(600)

describe('the pieces of a body', () => {
  it('gives back any bytes when the pieces are joined', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2_000 }), (body) => {
        expect(Buffer.concat(split(body)).equals(body)).toBe(true)
      }),
    )
  })

  it('gives back any JSON, however it is laid out, when the pieces are joined', () => {
    const message = fc.record({ role: fc.string(), content: fc.string({ maxLength: 900 }) })
    const request = fc.record({ model: fc.string(), messages: fc.array(message), rest: fc.jsonValue() })
    fc.assert(
      fc.property(request, fc.constantFrom(0, 1, 2), (value, indent) => {
        const body = bytes(JSON.stringify(value, null, indent))
        expect(Buffer.concat(split(body)).equals(body)).toBe(true)
      }),
    )
  })

  it.each([
    ['text that is not JSON', 'hello '.repeat(300)],
    ['a list', JSON.stringify([long('a'), long('b')])],
    ['an object that ends too early', `{"messages":["${long('a')}","${long('b')}"`],
    ['a string that ends too early', `{"messages":["${long('a')}`],
    ['brackets of the wrong kind', `{"messages":["${long('a')}"}]`],
    ['something after the object', `{"messages":["${long('a')}"]} x`],
  ])('keeps %s in one piece', (_, body) => {
    expect(texts(bytes(body))).toEqual([body])
  })

  it('has no piece for an empty body', () => {
    expect(split(bytes(''))).toEqual([])
  })

  it('cuts between the elements of a list, the comma with the element that follows', () => {
    const first = `{"role":"user","content":"${'a'.repeat(100)}"}`
    const second = `{"role":"assistant","content":"${'b'.repeat(100)}"}`
    const head = `{"model":"${'m'.repeat(80)}","messages":[`
    expect(texts(bytes(`${head}${first},${second}],"stream":true}`))).toEqual([
      head,
      first,
      `,${second}`,
      '],"stream":true}',
    ])
  })

  it('cuts round a long string, so that it is one piece whatever stands beside it', () => {
    const marked = bytes(`{"messages":[{"text":"${long('a')}","cache_control":{"type":"ephemeral"}}]}`)
    const bare = bytes(`{"input":[{"type":"input_text","text":"${long('a')}"}]}`)
    expect(texts(marked)).toContain(long('a'))
    expect(texts(bare)).toContain(long('a'))
  })

  it('is not misled by quotes, brackets and backslashes inside strings', () => {
    const tricky = `${'x'.repeat(100)}\\"],[{\\\\`
    const element = `{"text":"${tricky}"}`
    const head = `{"model":"${'m'.repeat(80)}","input":[`
    expect(texts(bytes(`${head}${element},${element}]}`))).toEqual([head, element, `,${element}`, ']}'])
  })

  it('cuts what was appended to a history and leaves the pieces before it as they were', () => {
    const body = (count: number) => {
      const messages = Array.from({ length: count }, (_, index) => ({
        role: 'user',
        content: [{ type: 'text', text: `${index} ${'w'.repeat(90 + index * 13)}` }],
      }))
      return bytes(JSON.stringify({ model: 'claude-opus-4-8', messages, max_tokens: 1_000, stream: true }))
    }
    const before = texts(body(40))
    const after = new Set(texts(body(41)))
    expect(before.filter((piece) => !after.has(piece)).length).toBeLessThanOrEqual(1)
  })

  it('makes no flood of pieces of a list of numbers', () => {
    const body = bytes(JSON.stringify({ input: Array.from({ length: 20_000 }, (_, index) => index) }))
    expect(split(body).length).toBeLessThan(body.length / 60)
  })
})
