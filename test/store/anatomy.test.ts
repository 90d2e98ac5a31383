import { hash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Anatomy, anatomyOf } from '../../src/store/anatomy.js'

type Part = { key: string; isElement: boolean; text: string }

/** Counts what it is asked to look at. */
function reading() {
  let looked = 0
  const reader = {
    piece(bytes: Buffer) {
      looked += bytes.length
      return { chunk: hash('sha256', bytes, 'buffer').readUInt32LE(), removed: 0 }
    },
    part: (key: string, isElement: boolean, bytes: Buffer): Part => ({
      key,
      isElement,
      text: bytes.toString('latin1'),
    }),
  }
  return { reader, looked: () => looked }
}

const told = ({ pieces, parts, isObject }: Anatomy<Part>) => ({ pieces, parts, isObject })
const alone = (bytes: Buffer) => anatomyOf(bytes, reading().reader)

const text = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.constantFrom('a', 'b', '\\"', '"cache_control":{', ',{"role":"user"}').map((piece) => piece.repeat(150)),
)
const message = fc.record({ role: fc.constantFrom('user', 'assistant'), content: text })
const request = fc.record({
  model: fc.constantFrom('m', 'n'.repeat(90)),
  messages: fc.array(message, { maxLength: 6 }),
  system: fc.option(text, { nil: undefined }),
  tools: fc.array(message, { maxLength: 4 }),
  rest: fc.jsonValue({ maxDepth: 2 }),
})
const indent = fc.constantFrom(0, 0, 0, 1)

describe('a body that is held against an earlier one', () => {
  it('is taken apart as it would be alone, whatever was appended, put in, taken away or changed', () => {
    const edit = fc.record({
      keep: fc.nat(6),
      drop: fc.nat(2),
      more: fc.array(message, { maxLength: 3 }),
      tools: fc.boolean(),
    })
    fc.assert(
      fc.property(request, edit, indent, (value, { keep, drop, more, tools }, blanks) => {
        const { messages } = value
        const changed = {
          ...value,
          messages: [...messages.slice(0, keep), ...more, ...messages.slice(keep + drop)],
          tools: tools ? value.tools : value.tools.toReversed(),
        }
        const before = Buffer.from(JSON.stringify(value, null, blanks))
        const after = Buffer.from(JSON.stringify(changed, null, blanks))
        expect(told(anatomyOf(after, reading().reader, alone(before)))).toEqual(told(alone(after)))
      }),
      { numRuns: 400 },
    )
  })

  it('is so when any bytes of it are other ones, be it JSON or not', () => {
    const bytes = fc.uint8Array({ maxLength: 12 })
    const signs = fc
      .constantFrom('"', ',', ']', '}', '[', '{', '\\', ':', 'x')
      .map((sign) => Buffer.from(sign))
    fc.assert(
      fc.property(request, fc.nat(4_000), fc.nat(30), fc.oneof(bytes, signs), (value, at, length, other) => {
        const before = Buffer.from(JSON.stringify(value))
        const from = at % before.length
        const after = Buffer.concat([before.subarray(0, from), other, before.subarray(from + length)])
        expect(told(anatomyOf(after, reading().reader, alone(before)))).toEqual(told(alone(after)))
        expect(told(anatomyOf(before, reading().reader, alone(after)))).toEqual(told(alone(before)))
      }),
      { numRuns: 400 },
    )
  })

  it('is looked at only where it differs', () => {
    const said = (index: number) => ({ role: 'user', content: `${index} ${'words '.repeat(150)}` })
    const body = (count: number, last = '') => {
      const messages = Array.from({ length: count }, (_, index) => said(index))
      const tools = Array.from({ length: 30 }, (_, index) => ({
        name: `t${index}`,
        description: 'd'.repeat(700),
      }))
      return Buffer.from(
        JSON.stringify({ model: 'm', messages: [...messages, { role: 'user', content: last }], tools }),
      )
    }
    const first = alone(body(100))
    const { reader, looked } = reading()
    const second = anatomyOf(body(102, 'more'), reader, first)
    expect(second.bytes.length).toBeGreaterThan(100_000)
    expect(looked()).toBeLessThan(4_000)
    expect(told(second)).toEqual(told(alone(body(102, 'more'))))
  })
})
