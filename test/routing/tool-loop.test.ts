import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Lane, nextToolLoops, noToolLoops, type Rules, rulesFor } from '../../src/routing/tool-loop.js'

const CHEAP: Rules = { name: 'cheap', fingerprint: 'c1' }
const FAST: Rules = { name: 'fast', fingerprint: 'f1' }
const NONE: Rules = { name: undefined, fingerprint: '' }
const LANE: Lane = { trace: 't' }

type Ask = { lane?: Lane; key?: string; current?: Rules; known?: string[]; inside?: boolean }

function ask(state: ReturnType<typeof noToolLoops<Rules>>, question: Ask) {
  return rulesFor(state, {
    lane: question.lane ?? LANE,
    key: question.key ?? 'k',
    current: question.current ?? FAST,
    exists: (name) => (question.known ?? ['cheap', 'fast']).includes(name),
    continues: () => question.inside ?? true,
  })
}

const answered = (rules: Rules, lane = LANE, key = 'k') =>
  nextToolLoops(noToolLoops<Rules>(), { type: 'answered', lane, key, rules })

describe('a switch of the profile', () => {
  it('does not reach a tool loop that began before it, and says so', () => {
    expect(ask(answered(CHEAP), {})).toEqual({
      rules: CHEAP,
      reason:
        'profile cheap: kept, and not fast, because this request is inside a tool loop that began under it',
    })
  })

  it.each<[name: string, ask: Ask]>([
    ['the next turn of the user', { inside: false }],
    ['another conversation', { lane: { trace: 'u' } }],
    ['another subagent', { lane: { trace: 't', subagent: 's' } }],
    ['another key', { key: 'other' }],
    ['a conversation whose profile is gone', { known: ['fast'] }],
  ])('reaches %s', (_, question) => {
    expect(ask(answered(CHEAP), question)).toEqual({ rules: FAST })
  })

  it('waits as well where there was no profile, or will be none', () => {
    expect(ask(answered(NONE), {}).reason).toMatch(/^no profile: kept, and not fast, /)
    expect(ask(answered(CHEAP), { current: NONE }).reason).toMatch(
      /^profile cheap: kept, and not without a profile, /,
    )
  })

  it('waits as well when the profile itself was changed', () => {
    const changed = { name: 'cheap', fingerprint: 'c2' }
    expect(ask(answered(CHEAP), { current: changed })).toEqual({
      rules: CHEAP,
      reason:
        'profile cheap: kept, as it was before its change, because this request is inside a tool loop that began under it',
    })
  })

  it('does not look into the request when nothing was switched', () => {
    const state = answered(CHEAP)
    const question = {
      lane: LANE,
      key: 'k',
      current: { ...CHEAP },
      exists: () => true,
      continues: () => expect.unreachable(),
    }
    expect(rulesFor(state, question).rules).toBe(question.current)
  })

  it('reaches a loop whose last request nobody answered', () => {
    const state = nextToolLoops(answered(CHEAP), { type: 'failed', lane: LANE })
    expect(ask(state, {}).rules).toBe(FAST)
  })

  it('reaches every loop at once when it is to, or those of one key', () => {
    const both = nextToolLoops(answered(CHEAP), {
      type: 'answered',
      lane: { trace: 'u' },
      key: 'other',
      rules: CHEAP,
    })
    const rulesOf = (state: typeof both) => [
      ask(state, {}).rules.name,
      ask(state, { lane: { trace: 'u' }, key: 'other' }).rules.name,
    ]
    expect(rulesOf(both)).toEqual(['cheap', 'cheap'])
    expect(rulesOf(nextToolLoops(both, { type: 'released', key: 'other' }))).toEqual(['cheap', 'fast'])
    expect(rulesOf(nextToolLoops(both, { type: 'released' }))).toEqual(['fast', 'fast'])
  })
})

describe('what is remembered of conversations', () => {
  it('stays the same state when nothing is new', () => {
    const state = answered(CHEAP)
    expect(nextToolLoops(state, { type: 'answered', lane: LANE, key: 'k', rules: { ...CHEAP } })).toBe(state)
    expect(nextToolLoops(state, { type: 'failed', lane: { trace: 'nobody' } })).toBe(state)
  })

  it('is bounded, and the newest half of the bound is always there', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 120 }), (traces) => {
        const bound = 16
        let state = noToolLoops<Rules>(bound)
        for (const trace of traces)
          state = nextToolLoops(state, {
            type: 'answered',
            lane: { trace: String(trace) },
            key: 'k',
            rules: CHEAP,
          })
        expect(state.newest.size + state.recent.size + state.older.size).toBeLessThanOrEqual(bound + 1)
        const newest = [...new Set(traces.toReversed())].slice(0, bound / 2)
        for (const trace of newest) expect(ask(state, { lane: { trace: String(trace) } }).rules).toBe(CHEAP)
      }),
    )
  })
})
