// What the store remembers of bodies: the newest of each conversation, as far as there is room.

import { describe, expect, it } from 'vitest'
import type { Anatomy } from '../../src/store/anatomy.js'
import { bodyMemory } from '../../src/store/body-memory.js'

function body(text: string): Anatomy<never> {
  return { bytes: Buffer.from(text), isObject: true, pieces: [], parts: [], stops: [] }
}

describe('the memory of bodies', () => {
  it('forgets the conversations that were used longest ago, however small their bodies are', () => {
    const memory = bodyMemory<never>()
    for (let lane = 0; lane < 1_000; lane++) memory.keep(`${lane}`, body(lane % 2 === 0 ? '' : '{"a":1}'))
    const lanes = Array.from({ length: 1_000 }, (_, lane) => lane)
    const left = lanes.filter((lane) => memory.find(`${lane}`, Buffer.from('{}')) !== undefined)
    expect(left).toEqual(lanes.slice(500))
  })
})
