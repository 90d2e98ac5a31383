import { describe, expect, it } from 'vitest'
import { lentBuffers } from '../../src/store/lent-buffers.js'

describe('buffers that were lent to the store', () => {
  it('go back when their batch is settled, but for those in which a remembered body stands', () => {
    const held = new Set<ArrayBufferLike>()
    const lent = lentBuffers(() => held)
    const [one, two, three] = [new ArrayBuffer(1), new ArrayBuffer(2), new ArrayBuffer(3)]
    held.add(two)
    expect(lent.settled([one, two])).toEqual([one])
    expect(lent.settled([])).toEqual([])
    held.delete(two)
    held.add(three)
    expect(lent.settled([three])).toEqual([two])
    held.clear()
    expect(lent.settled([])).toEqual([three])
    expect(lent.settled([])).toEqual([])
  })
})
