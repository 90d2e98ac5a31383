// What runs right now, as who begins to watch is told it.
import { describe, expect, it } from 'vitest'
import { createRunning } from '../../src/daemon/running.js'
import { finished, STARTED_AT, started } from '../support/records.js'

describe('the requests that run', () => {
  it('are told in the order in which they began, whoever of them has gone', () => {
    const running = createRunning()
    for (const number of [1, 2, 3, 4, 5])
      running.note(started({ requestId: `ar-${number}`, startedAt: STARTED_AT + number }))
    running.note(finished({ requestId: 'ar-2' }))
    expect(running.snapshot().map(({ requestId }) => requestId)).toEqual(['ar-1', 'ar-3', 'ar-4', 'ar-5'])
    expect(running.counts().running).toBe(4)
  })
})
