import { describe, expect, it } from 'vitest'
import { type Affinity, afterServed, emptyAffinity, placeOf } from '../../src/routing/affinity.js'

const served = (state: Affinity, trace: string, channel: string, key?: number) =>
  afterServed(state, { trace, place: { channel, key } })

describe('affinity', () => {
  it('remembers the last channel and key that served a trace', () => {
    let state = emptyAffinity()
    expect(placeOf(state, 't')).toBeUndefined()
    state = served(served(state, 't', 'a'), 'u', 'b', 2)
    expect([placeOf(state, 't'), placeOf(state, 'u')]).toEqual([{ channel: 'a' }, { channel: 'b', key: 2 }])
    expect(placeOf(served(state, 't', 'c'), 't')).toEqual({ channel: 'c' })
    expect(placeOf(served(state, 'u', 'b', 1), 'u')).toEqual({ channel: 'b', key: 1 })
  })

  it('changes nothing in the state it was given, and gives the same one when nothing is new', () => {
    const before = served(emptyAffinity(), 't', 'a')
    served(before, 't', 'b')
    expect(placeOf(before, 't')).toEqual({ channel: 'a' })
    expect(served(before, 't', 'a')).toBe(before)
  })

  it('forgets what was not used for long, keeps what is used, and never grows beyond its bound', () => {
    let state = emptyAffinity(100)
    for (let index = 0; index < 1000; index++) {
      state = served(served(state, 'kept', 'a'), `t${index}`, 'b')
      expect(state.newest.size + state.recent.size + state.older.size).toBeLessThanOrEqual(102)
    }
    expect(placeOf(state, 'kept')).toEqual({ channel: 'a' })
    expect(placeOf(state, 't999')).toEqual({ channel: 'b' })
    expect(placeOf(state, 't950')).toEqual({ channel: 'b' })
    expect(placeOf(state, 't800')).toBeUndefined()
  })

  it('costs next to nothing per request', () => {
    let state = emptyAffinity()
    const start = performance.now()
    for (let index = 0; index < 2000; index++) state = served(state, `t${index}`, 'a')
    expect((performance.now() - start) / 2000).toBeLessThan(2)
  })
})
