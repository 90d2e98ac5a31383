// What differs between two bodies: true, readable, and never endless.
import { describe, expect, it } from 'vitest'
import { diffBodies } from '../../src/cli/trace-diff.js'
import { wordsOf } from '../support/records.js'

const told = (before: unknown, after: unknown) => {
  const { lines, bound } = diffBodies(JSON.stringify(before), JSON.stringify(after))
  const signs = { same: ' ', gone: '-', new: '+', 'left-out': '⋯' }
  return { text: lines.map(({ type, text }) => `${signs[type]}${text}`).join('\n'), bound }
}

describe('the difference of two bodies', () => {
  it('is told line by line, with a little of what stands around it', () => {
    const { text, bound } = told(
      { model: 'a', list: [1, 2, 3, 4, 5, 6, 7], stream: true },
      { model: 'b', list: [1, 2, 3, 4, 5, 6, 7], stream: true },
    )
    expect(text).toBe('⋯8 like lines\n     7\n   ]\n-  "model": "a"\n+  "model": "b"\n   "stream": true\n }')
    expect(bound).toBeNull()
  })

  it('is nothing when only the order of keys differs', () => {
    const { text } = told({ a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2 }, a: 1 })
    expect(text).not.toMatch(/^[+-]/m)
  })

  it('shows of long texts the place that changed', () => {
    const long = wordsOf(7, 50_000)
    const { text } = told(
      { system: `${long} today is Monday ${long}` },
      { system: `${long} today is Friday ${long}` },
    )
    expect(text).toMatch(/-.*…[^…]{1,60}Mon[^…]{1,60}…/)
    expect(text).toMatch(/\+.*…[^…]{1,60}Fri[^…]{1,60}…/)
    expect(text.length).toBeLessThan(1_000)
  })

  it('says so when a body is no JSON', () => {
    expect(diffBodies('{', '{}')).toEqual({ lines: [], bound: 'not compared: one of them is no JSON' })
  })

  it('of ten megabytes with one change takes seconds at most, and finds it', () => {
    const messages = Array.from({ length: 5_000 }, (_, index) => ({
      role: 'user',
      content: wordsOf(index, 2_000),
    }))
    const changed = messages.with(2_500, { role: 'user', content: 'only this' })
    const startedAt = performance.now()
    const { text, bound } = told({ messages }, { messages: changed })
    expect(performance.now() - startedAt).toBeLessThan(10_000)
    expect(text).toContain('+      "content": "only this"')
    expect(bound).toBeNull()
  })

  it('of ten megabytes with nothing in common ends too, and says how far it went', () => {
    const body = (seed: number) => ({
      model: 'm',
      messages: Array.from({ length: 40_000 }, (_, index) => ({ content: wordsOf(seed + index, 100) })),
    })
    const startedAt = performance.now()
    const { text, bound } = told(body(0), body(500_000))
    expect(performance.now() - startedAt).toBeLessThan(15_000)
    expect(bound).toContain('only the fields at the top')
    expect(text).toMatch(/^-"messages": \d\.\d MB\n\+"messages": \d\.\d MB\n "model": the same$/)
  })
})
