// The end of a request from outside, as its listeners hear of it.
import { describe, expect, it } from 'vitest'
import { hangUp } from '../../src/daemon/hang-up.js'

describe('a hang-up', () => {
  it('tells each listener once, with the first reason', () => {
    const end = hangUp()
    const { signal } = end
    const heard: unknown[] = []
    signal.addEventListener('abort', () => heard.push(signal.reason))
    expect([signal.aborted, signal.reason]).toEqual([false, undefined])
    end.abort('the agent left')
    end.abort('the hub stops')
    expect(heard).toEqual(['the agent left'])
    expect([signal.aborted, signal.reason]).toEqual([true, 'the agent left'])
  })

  it('tells nobody who left before', () => {
    const end = hangUp()
    const { signal } = end
    const heard: string[] = []
    const leaving = () => heard.push('leaving')
    signal.addEventListener('abort', leaving)
    signal.addEventListener('abort', () => heard.push('staying'))
    signal.removeEventListener('abort', leaving)
    end.abort('over')
    expect(heard).toEqual(['staying'])
  })
})
