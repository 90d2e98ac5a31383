import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Roster, type Seat } from '../../src/base/roster.js'

const numbers = (values: Iterable<number>) => [...values].sort((one, other) => one - other)

describe('a roster', () => {
  it('holds who has come and not gone, in whatever order they go, and lets each go once', () => {
    const steps = fc.array(fc.oneof(fc.constant('come' as const), fc.nat(9)), { maxLength: 60, size: 'max' })
    fc.assert(
      fc.property(steps, (taken) => {
        const roster = new Roster<number>()
        const seats: Seat<number>[] = []
        const there = new Set<number>()
        for (const step of taken) {
          if (step === 'come') {
            there.add(seats.length)
            seats.push(roster.enter(seats.length))
          }
          const leaving = step === 'come' ? undefined : seats[step]
          const hasLeft = leaving !== undefined && roster.leave(leaving)
          expect(hasLeft).toBe(step !== 'come' && there.delete(step))
          expect(numbers(roster)).toEqual(numbers(there))
          expect(roster.size).toBe(there.size)
        }
      }),
    )
  })

  it('holds nothing of who has gone, and skips who goes while it is read', () => {
    const roster = new Roster<object>()
    const [first, second] = [roster.enter({ name: 'first' }), roster.enter({ name: 'second' })]
    const read: object[] = []
    for (const one of roster) {
      read.push(one)
      roster.leave(second)
      roster.enter({ name: 'third' })
    }
    expect(read).toEqual([{ name: 'first' }])
    expect([first.value, second.value]).toEqual([{ name: 'first' }, undefined])
    expect([...roster]).toEqual([{ name: 'first' }, { name: 'third' }])
  })
})
