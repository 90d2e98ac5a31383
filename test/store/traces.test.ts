import { describe, expect, it } from 'vitest'
import { HubError, sentence } from '../../src/base/errors.js'
import { listTraces } from '../../src/store/listing.js'
import { showBody, showRequest, showTrace } from '../../src/store/show.js'
import { attempted, finished, STARTED_AT, started } from '../support/records.js'
import { type TestStore, testStore } from '../support/test-store.js'

function request(
  here: TestStore,
  number: number,
  trace: number,
  more: { agent?: 'codex'; failed?: true } = {},
) {
  const requestId = `ar-${number}`
  const startedAt = STARTED_AT + number * 1_000
  here.write(
    started({ requestId, traceId: `at-${trace}`, startedAt, ...(more.agent ? { agent: more.agent } : {}) }),
    finished({ requestId, finishedAt: startedAt + 500, outcome: more.failed ? 'failed' : 'completed' }),
  )
}

function failure(ask: () => unknown): HubError {
  try {
    ask()
  } catch (thrown) {
    if (thrown instanceof HubError) return thrown
  }
  throw new Error('no HubError was thrown')
}

describe('the list of traces', () => {
  it('keeps the words that a conversation began with, however many others come in the same commit', () => {
    const { database, write } = testStore()
    write(started({ requestId: 'ar-title', purpose: 'title' }))
    const others = Array.from({ length: 501 }, (_, index) =>
      started({ requestId: `ar-other-${index}`, traceId: `at-other-${index}` }),
    )
    const first = started({ requestId: 'ar-first', prompt: 'The first words' })
    write(first, ...others, started({ requestId: 'ar-later', prompt: 'Later words' }))
    expect(showTrace(database, 'at-0001')).toMatchObject({ requests: 3, title: 'The first words' })
  })

  it('takes an agent that a newer program wrote down for some other one', () => {
    const { database, write } = testStore()
    write(started(), finished())
    for (const table of ['traces', 'requests'])
      database.prepare(`UPDATE ${table} SET agent = 'agent-of-tomorrow'`).run()
    expect(listTraces(database, { limit: 1 })).toMatchObject([{ agent: 'other' }])
    expect(showTrace(database, 'at-0001')).toMatchObject({
      agent: 'other',
      turns: [{ requests: [{ agent: 'other' }] }],
    })
  })

  it('sums up each conversation, the most recently used first', () => {
    const here = testStore()
    request(here, 1, 1)
    request(here, 2, 2, { agent: 'codex' })
    request(here, 3, 1, { failed: true })
    const [first, second] = listTraces(here.database, { limit: 10 })
    expect(first).toMatchObject({
      id: 'at-1',
      agent: 'claude-code',
      title: 'Make the tests pass',
      requests: 2,
      failed: 1,
      turns: 1,
      canceled: 0,
      running: 0,
      models: ['deepseek-chat'],
      startedAt: STARTED_AT + 1_000,
      lastAt: STARTED_AT + 3_500,
    })
    expect(first?.usage).toEqual({
      inputFresh: 200,
      cacheRead: 1_800,
      cacheWrite5m: 40,
      cacheWrite1h: 6,
      output: 100,
      reasoning: 20,
    })
    expect(second).toMatchObject({ id: 'at-2', agent: 'codex' })
  })

  it('can be read page by page and by agent', () => {
    const here = testStore()
    for (let number = 1; number <= 5; number++)
      request(here, number, number, number === 2 ? { agent: 'codex' } : {})
    const page = listTraces(here.database, { limit: 2 })
    expect(page.map((trace) => trace.id)).toEqual(['at-5', 'at-4'])
    const next = listTraces(here.database, { limit: 2, before: page[1]?.lastAt ?? 0 })
    expect(next.map((trace) => trace.id)).toEqual(['at-3', 'at-2'])
    expect(listTraces(here.database, { limit: 9, agent: 'codex' }).map((trace) => trace.id)).toEqual(['at-2'])
  })

  it.each([
    ['a short prompt as it is', 'Fix  the\nbuild', 'Fix the build'],
    ['a long one cut between words', `${'word '.repeat(40)}`, `${'word '.repeat(15)}word…`],
    ['one without words as no title', '   \n', null],
  ])('shows %s', (_, prompt, title) => {
    const here = testStore()
    here.write(started({ prompt }))
    expect(listTraces(here.database, { limit: 1 })[0]?.title).toBe(title)
  })

  it('takes the title from the user, not from side requests or subagents', () => {
    const here = testStore()
    here.write(
      started({ requestId: 'ar-1', purpose: 'title', prompt: 'Generate a title' }),
      started({ requestId: 'ar-2', subagent: 'a', prompt: 'Explore' }),
      started({ requestId: 'ar-3', prompt: 'What the user said' }),
      started({ requestId: 'ar-4', prompt: 'And then said' }),
    )
    expect(listTraces(here.database, { limit: 1 })[0]?.title).toBe('What the user said')
  })
})

describe('an id', () => {
  it('may be given by its first characters when they belong to one only', () => {
    const here = testStore()
    here.write(started({ requestId: 'ar-abc1', traceId: 'at-abc1' }), started({ requestId: 'ar-abd2' }))
    expect(showRequest(here.database, 'ar-abd').id).toBe('ar-abd2')
    expect(showTrace(here.database, 'at-abc').id).toBe('at-abc1')
  })

  it('that is whole is found though it is the beginning of another', () => {
    const here = testStore()
    here.write(started({ requestId: 'ar-12345' }), started({ requestId: 'ar-1234' }))
    expect(showRequest(here.database, 'ar-1234').id).toBe('ar-1234')
  })

  it('that several begin with is an error that names some of them', () => {
    const here = testStore()
    for (let number = 1; number <= 5; number++) here.write(started({ requestId: `ar-same-${number}` }))
    expect(sentence(failure(() => showRequest(here.database, 'ar-same')))).toBe(
      'Several request ids begin with ar-same: ar-same-1, ar-same-2, ar-same-3 and more. Give more characters of the id.',
    )
  })

  it('that is too short or unknown is an error that says where ids are found', () => {
    const here = testStore()
    here.write(started())
    expect(failure(() => showTrace(here.database, 'at-')).code).toBe('usage')
    const unknown = failure(() => showTrace(here.database, 'at-none'))
    expect(unknown.code).toBe('not-found')
    expect(sentence(unknown)).toContain('`axonhub trace list` shows the ids')
  })

  it('is compared as it is, without wildcards', () => {
    const here = testStore()
    here.write(started())
    expect(failure(() => showTrace(here.database, 'at-%')).code).toBe('not-found')
    expect(failure(() => showTrace(here.database, 'at_0001')).code).toBe('not-found')
  })
})

describe('a body', () => {
  const bodyOf = (
    here: TestStore,
    which: 'upstream-request' | 'upstream-response' | 'response',
    attempt?: number,
  ) =>
    Buffer.from(
      showBody(here.database, { request: 'ar-0001', which, ...(attempt === undefined ? {} : { attempt }) }),
    ).toString()

  it('of the upstream is the one of the last attempt, or of the one asked for', () => {
    const here = testStore()
    here.write(
      started(),
      attempted({ number: 1, requestBody: Buffer.from('first'), responseBody: Buffer.from('no') }),
      attempted({ number: 2, requestBody: Buffer.from('second') }),
    )
    expect(bodyOf(here, 'upstream-request')).toBe('second')
    expect(bodyOf(here, 'upstream-request', 1)).toBe('first')
    expect(bodyOf(here, 'upstream-response', 1)).toBe('no')
  })

  it('that is not there says why', () => {
    const here = testStore()
    here.write(started())
    expect(failure(() => bodyOf(here, 'response')).detail.hint).toContain('still running')
    here.write(finished({ mode: 'relay' }))
    expect(failure(() => bodyOf(here, 'upstream-request')).detail.hint).toContain('relayed')
    expect(failure(() => bodyOf(here, 'response')).detail.hint).toContain('server.capture.bodies')
    expect(failure(() => bodyOf(here, 'response')).message).toBe(
      'No response body is kept for request ar-0001.',
    )
  })
})
