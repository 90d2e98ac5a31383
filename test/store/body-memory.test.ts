// What the store remembers of bodies: the newest of each conversation, as far as there is room.

import { describe, expect, it } from 'vitest'
import type { Anatomy } from '../../src/store/anatomy.js'
import { bodyMemory } from '../../src/store/body-memory.js'

function body(text: string): Anatomy<never> {
  return {
    bytes: Buffer.from(new TextEncoder().encode(text).buffer),
    isObject: true,
    pieces: [],
    parts: [],
    stops: [],
  }
}

describe('the memory of bodies', () => {
  it('forgets the conversations that were used longest ago, however small their bodies are', () => {
    const memory = bodyMemory<never>()
    for (let lane = 0; lane < 1_000; lane++) memory.keep(`${lane}`, body(lane % 2 === 0 ? '' : '{"a":1}'))
    const lanes = Array.from({ length: 1_000 }, (_, lane) => lane)
    const left = lanes.filter((lane) => memory.find(`${lane}`, Buffer.from('{}')) !== undefined)
    expect(left).toEqual(lanes.slice(500))
  })

  it('keeps no body that is mostly places, such as a long list of numbers', () => {
    const memory = bodyMemory<string>()
    const parts = Array.from({ length: 100_000 }, () => 'a hash')
    memory.keep('numbers', { ...body('[1,1,1]'), parts })
    expect(memory.find('numbers', Buffer.from('[1]'))).toBeUndefined()
    memory.keep('usual', { ...body('{"a":1}'), parts: parts.slice(0, 1_000) })
    expect(memory.find('usual', Buffer.from('{}'))).toBeDefined()
  })

  it('names the buffers in which bodies stand that it has not forgotten', () => {
    const memory = bodyMemory<never>()
    const [first, second, third] = [body('{"a":1}'), body('{"a":2}'), body('{"a":3}')]
    memory.keep('one', first)
    memory.keep('two', second)
    expect([...memory.buffers()]).toEqual([first.bytes.buffer, second.bytes.buffer])
    memory.keep('one', third)
    expect([...memory.buffers()]).toEqual([second.bytes.buffer, third.bytes.buffer])
    memory.forget()
    expect(memory.buffers().size).toBe(0)
  })
})
