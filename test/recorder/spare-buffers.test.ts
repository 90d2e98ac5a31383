import { describe, expect, it } from 'vitest'
import { SpareBuffers } from '../../src/recorder/spare-buffers.js'

const MB = 1024 * 1024

describe('buffers that came back', () => {
  it('are taken again, the last one first, for what fits in', () => {
    const spare = new SpareBuffers()
    const [first, second] = [new ArrayBuffer(MB), new ArrayBuffer(MB)]
    spare.add([first, second])
    expect(spare.take(MB - 1)).toBe(second)
    expect(spare.take(MB)).toBe(first)
    expect(spare.take(MB)).not.toBe(first)
  })

  it('are not taken for more than they hold, nor for so little that most of them would be held for nothing', () => {
    const spare = new SpareBuffers()
    const large = new ArrayBuffer(4 * MB)
    spare.add([large])
    expect(spare.take(4 * MB + 1)).not.toBe(large)
    expect(spare.take(2 * MB)).not.toBe(large)
    expect(spare.take(3 * MB)).toBe(large)
  })

  it('are a little longer than what they are made for, because a conversation grows', () => {
    const spare = new SpareBuffers()
    const made = spare.take(MB + 1)
    spare.add(made === undefined ? [] : [made])
    expect(spare.take(MB + 100_000)).toBe(made)
  })

  it('are not worth it for small bodies, nor for those of which there are few', () => {
    expect(new SpareBuffers().take(100_000)).toBeUndefined()
    expect(new SpareBuffers().take(8 * MB + 1)).toBeUndefined()
    expect(new SpareBuffers().take(8 * MB)?.byteLength).toBe(8 * MB)
  })

  it('are kept up to a bound, the last ones, and until they are forgotten', () => {
    const spare = new SpareBuffers()
    const buffers = Array.from({ length: 20 }, () => new ArrayBuffer(MB))
    spare.add(buffers)
    const taken = Array.from({ length: 20 }, () => spare.take(MB))
    expect(taken.slice(0, 16)).toEqual(buffers.slice(4).reverse())
    expect(buffers.slice(0, 4).filter((buffer) => taken.includes(buffer))).toEqual([])
    spare.add(buffers)
    spare.forget()
    expect(buffers.some((buffer) => buffer === spare.take(MB))).toBe(false)
  })
})
