import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { restOf } from '../../src/daemon/hub-rest.js'

describe('a hub that nobody asks', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  /** A hub after its start and one request; what it does is told with the second of quiet in which it does so. */
  function hub() {
    const told: string[] = []
    const state = { done: 0, isBusy: false, held: 100_000_000, began: 0 }
    const tell = (what: string) => void told.push(`${what} ${Math.round((Date.now() - state.began) / 1000)}`)
    const end = restOf(
      {
        done: () => state.done,
        isBusy: () => state.isBusy,
        held: () => state.held,
        giveBack: () => tell('give back'),
      },
      { once: () => tell('collect once'), all: () => tell('collect all') },
    )
    vi.advanceTimersByTime(10_000)
    const atStart = told.splice(0)
    state.done++
    vi.advanceTimersByTime(2_500)
    state.began = Date.now()
    return { told, atStart, state, end }
  }

  it('collects after its start, gives memory back soon after work, again when all is collected, and again when the store has forgotten; then no more', () => {
    const { told, atStart } = hub()
    expect(atStart.map((what) => what.replace(/ \d+$/, ''))).toEqual(['collect all', 'give back'])
    vi.advanceTimersByTime(600_000)
    expect(told).toEqual([
      'collect once 10',
      'give back 11',
      'collect all 30',
      'give back 31',
      'give back 75',
    ])
  })

  it('collects only when it has been quiet for longer, where there is little to collect', () => {
    const { told, state } = hub()
    state.held = 1_000_000
    vi.advanceTimersByTime(30_600)
    expect(told).toEqual(['give back 11', 'collect all 30', 'give back 31'])
  })

  it('keeps it between the requests of an agent that thinks for some seconds', () => {
    const { told, state } = hub()
    for (let request = 0; request < 20; request++) {
      vi.advanceTimersByTime(7_000)
      state.done++
    }
    expect(told).toEqual([])
  })

  it('keeps it when somebody asks right after the collection, until that is over', () => {
    const { told, state } = hub()
    vi.advanceTimersByTime(10_000)
    state.isBusy = true
    vi.advanceTimersByTime(20_000)
    expect(told).toEqual(['collect once 10'])
    state.isBusy = false
    state.done++
    vi.advanceTimersByTime(15_000)
    expect(told).toHaveLength(3)
    expect(told.at(-1)).toMatch('give back')
  })

  it('does nothing after its end, also when it has just collected', () => {
    const { told, end } = hub()
    vi.advanceTimersByTime(10_000)
    end()
    vi.advanceTimersByTime(600_000)
    expect(told).toEqual(['collect once 10'])
  })

  it('keeps it while an answer runs, and does nothing after its end', () => {
    const { told, state, end } = hub()
    state.isBusy = true
    vi.advanceTimersByTime(600_000)
    expect(told).toEqual([])
    state.isBusy = false
    end()
    vi.advanceTimersByTime(600_000)
    expect(told).toEqual([])
  })
})
