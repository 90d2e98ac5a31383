import { describe, expect, it } from 'vitest'
import type { RequestStarted } from '../../src/store/record.js'
import { showTrace } from '../../src/store/show.js'
import { started } from '../support/records.js'
import { testStore } from '../support/test-store.js'

/** The requests of each turn of the trace, after these began in order. */
function turnsOf(...changes: Partial<RequestStarted>[]): [string | null, string[]][] {
  const { database, write } = testStore()
  changes.forEach((change, index) => {
    write(started({ requestId: `ar-${index}`, startedAt: 1_000 + index, ...change }))
  })
  const { turns } = showTrace(database, 'at-0001')
  expect(turns.map((turn) => turn.number)).toEqual(turns.map((_, index) => index + 1))
  return turns.map((turn) => [turn.prompt, turn.requests.map((request) => request.id)])
}

describe('turns', () => {
  it('begin when the newest message of the user changes', () => {
    expect(turnsOf({ prompt: 'one' }, { prompt: 'one' }, { prompt: 'two' }, { prompt: 'two' })).toEqual([
      ['one', ['ar-0', 'ar-1']],
      ['two', ['ar-2', 'ar-3']],
    ])
  })

  it('follow the ids of the agent where it gives them, also when a prompt is repeated', () => {
    const first = { prompt: 'continue', turnKey: 't1' }
    const second = { prompt: 'continue', turnKey: 't2' }
    expect(turnsOf(first, first, second, first)).toEqual([
      ['continue', ['ar-0', 'ar-1', 'ar-3']],
      ['continue', ['ar-2']],
    ])
  })

  it('hold the side requests and subagents that they caused', () => {
    const side = [
      { purpose: 'web-search', prompt: 'search for it' },
      { purpose: 'compaction', prompt: 'summarise' },
      { subagent: 'a1', prompt: 'explore the code' },
    ] as const
    expect(turnsOf({ prompt: 'one' }, ...side, { prompt: 'two' })).toEqual([
      ['one', ['ar-0', 'ar-1', 'ar-2', 'ar-3']],
      ['two', ['ar-4']],
    ])
  })

  it('take over a side request that came before the first message of the user', () => {
    expect(turnsOf({ purpose: 'title', prompt: '<session>one</session>' }, { prompt: 'one' })).toEqual([
      ['one', ['ar-0', 'ar-1']],
    ])
  })

  it('go on when a request does not tell what the user said', () => {
    const { prompt: _prompt, ...silent } = started({ requestId: 'ar-9' })
    const { database, write } = testStore()
    write(started({ prompt: 'one' }), silent)
    expect(showTrace(database, 'at-0001').turns).toHaveLength(1)
  })

  it('are counted apart in each conversation', () => {
    const { database, write } = testStore()
    write(started({ prompt: 'one' }), started({ requestId: 'ar-2', traceId: 'at-0002', prompt: 'one' }))
    expect(showTrace(database, 'at-0001').turns).toHaveLength(1)
    expect(showTrace(database, 'at-0002').turns[0]).toMatchObject({ number: 1 })
  })
})
