import { describe, expect, it } from 'vitest'
import { channelOf, emptyAffinity, nextAffinity } from '../../src/routing/affinity.js'

const served = (trace: string, channel: string) => ({ type: 'served', trace, channel }) as const

describe('affinity', () => {
  it('remembers the last channel that served a trace', () => {
    let state = emptyAffinity()
    expect(channelOf(state, 't')).toBeUndefined()
    state = nextAffinity(state, served('t', 'a'))
    state = nextAffinity(state, served('u', 'b'))
    expect([channelOf(state, 't'), channelOf(state, 'u')]).toEqual(['a', 'b'])
    expect(channelOf(nextAffinity(state, served('t', 'c')), 't')).toBe('c')
  })

  it('changes nothing in the state it was given', () => {
    const before = nextAffinity(emptyAffinity(), served('t', 'a'))
    nextAffinity(before, served('t', 'b'))
    expect(channelOf(before, 't')).toBe('a')
  })

  it('forgets what was not used for long, keeps what is used, and never grows beyond its bound', () => {
    let state = emptyAffinity(100)
    for (let index = 0; index < 1000; index++) {
      state = nextAffinity(state, served('kept', 'a'))
      state = nextAffinity(state, served(`t${index}`, 'b'))
      expect(state.recent.size + state.older.size).toBeLessThanOrEqual(102)
    }
    expect(channelOf(state, 'kept')).toBe('a')
    expect(channelOf(state, 't999')).toBe('b')
    expect(channelOf(state, 't950')).toBe('b')
    expect(channelOf(state, 't800')).toBeUndefined()
  })

  it('costs next to nothing per request', () => {
    let state = emptyAffinity()
    const start = performance.now()
    for (let index = 0; index < 2000; index++) state = nextAffinity(state, served(`t${index}`, 'a'))
    expect((performance.now() - start) / 2000).toBeLessThan(2)
  })
})
