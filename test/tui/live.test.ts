// The live screen: rows out of events, a cursor that stays with its row, folds, and a bound on all of it.
import { describe, expect, it } from 'vitest'
import { frame } from '../../src/tui/frame.js'
import { glyphsFor } from '../../src/tui/glyphs.js'
import { lineText } from '../../src/tui/line.js'
import type { HubEvent } from '../../src/tui/message.js'
import type { Model } from '../../src/tui/model.js'
import { liveRows } from '../../src/tui/screens/live-rows.js'
import { afterEvents, MOST_REQUESTS } from '../../src/tui/screens/live-state.js'
import { update } from '../../src/tui/update.js'
import { connected, EVENTS, finished, having, key, listed, lively, NOW, started } from './samples.js'

/** The first line that holds the words, of the whole frame. */
function drawnRow(model: Model, words: string): string {
  const lines = frame(model, glyphsFor('unicode')).map((line) => lineText(line).trimEnd())
  return lines.find((line) => line.includes(words)) ?? ''
}

function rows(model: Model, filter = ''): string[] {
  return liveRows(model.screens.live, filter, model.now).map((row) =>
    row.type === 'group' ? row.trace : `${'  '.repeat(row.depth - 1)}${row.key} ${row.request.outcome}`,
  )
}

describe('the rows', () => {
  it('stand under their conversations, subagents behind the others and indented', () => {
    expect(rows(lively())).toEqual([
      'trace-codex',
      'ar-5 failed',
      'ar-4 running',
      'trace-claude',
      'ar-1 completed',
      'ar-3 running',
      '  ar-2 completed',
      'trace-old',
    ])
  })

  it('keep the order of conversations that are in use, whoever answers next', () => {
    const model = lively()
    const later = having(model, {
      type: 'events',
      events: [started('ar-9', { startedAt: NOW + 50 }), finished('ar-9'), finished('ar-4')],
    })
    const groups = (one: Model) => rows(one).filter((row) => row.startsWith('trace'))
    expect(groups(later)).toEqual(groups(model))
  })

  it('are narrowed by what they hold: title, model, channel, outcome', () => {
    expect(rows(lively(), 'codex').filter((row) => row.startsWith('trace'))).toEqual(['trace-codex'])
    expect(rows(lively(), 'login test').filter((row) => row.startsWith('trace'))).toEqual(['trace-claude'])
    expect(rows(lively(), 'failed').filter((row) => row.startsWith('trace'))).toEqual(['trace-codex'])
    expect(rows(lively(), 'nothing of this')).toEqual([])
  })

  it('fold and unfold under the cursor', () => {
    const folded = having(lively(), key(' '))
    expect(rows(folded).slice(0, 3)).toEqual(['trace-codex', 'trace-claude', 'ar-1 completed'])
    expect(rows(having(folded, key(' ')))).toEqual(rows(lively()))
  })
})

describe('the agent of a conversation', () => {
  it.each([
    ['claude-code', '▌▾ claude a-trace'],
    ['opencode', '▌▾ opencode a-trace'],
    ['gemini-cli', '▌▾ gemini a-trace'],
    ['other', '▌▾ other  a-trace'],
  ])('%s is told by its word', (agent, row) => {
    const model = having(connected(), {
      type: 'events',
      events: [started('ar-1', { traceId: 'a-trace', agent })],
    })
    expect(drawnRow(model, 'a-trace').trim()).toMatch(new RegExp(`^${row} `))
  })
})

describe('the cursor', () => {
  it('stays with its row when others come above it', () => {
    const model = having(lively(), key('j'), key('j'), key('j'))
    expect(model.screens.live.cursor).toBe('trace-claude')
    const more = having(model, {
      type: 'events',
      events: [started('ar-8', { traceId: 'trace-codex', startedAt: NOW })],
    })
    expect(more.screens.live.cursor).toBe('trace-claude')
  })

  it('goes to the ends, and stays at the first row while it is there', () => {
    expect(having(lively(), key('G')).screens.live.cursor).toBe('trace-old')
    expect(having(lively(), key('G'), key('g')).screens.live.cursor).toBeNull()
  })

  it('opens the conversation that it is on, at the request that it is on', () => {
    const model = having(lively(), key('j'), key('enter'))
    expect([model.screen, model.screens.trace.id, model.screens.trace.wanted]).toEqual([
      'trace',
      'trace-codex',
      'ar-5',
    ])
  })

  it('copies the id of the conversation', () => {
    const { effects } = update(lively(), key('y'))
    expect(effects).toEqual([{ type: 'copy', text: 'trace-codex', what: 'the id of the conversation' }])
  })
})

describe('events', () => {
  const one = (events: readonly HubEvent[], id: string) => afterEvents(new Map(), events).get(id)

  it('tell a request from its beginning to its end', () => {
    expect(one(EVENTS, 'ar-3')).toMatchObject({ outcome: 'running', firstTokenMs: 1_400, outputSoFar: 310 })
    expect(one(EVENTS, 'ar-1')).toMatchObject({
      outcome: 'completed',
      cost: 0.0123,
      firstTokenMs: 812,
      outputSoFar: null,
    })
    expect(one(EVENTS, 'ar-5')).toMatchObject({
      outcome: 'failed',
      status: 429,
      error: 'The plan is used up.',
    })
  })

  it('count the tries that failed', () => {
    const attempt: HubEvent = {
      type: 'attempt-finished',
      requestId: 'a',
      number: 1,
      channel: 'x',
      mode: 'relay',
      modelUsed: 'm',
      outcome: 'failed',
      durationMs: 4,
      errorText: 'refused',
    }
    expect(one([started('a'), attempt], 'a')).toMatchObject({ failedTries: 1, error: 'refused' })
  })

  it('of an unknown request change nothing', () => {
    expect(afterEvents(new Map(), [finished('nobody')]).size).toBe(0)
  })

  it('end what a hub that came back no longer knows, and learn what it runs', () => {
    const before = afterEvents(new Map(), [started('a'), started('b')])
    const now = afterEvents(before, [{ type: 'snapshot', running: [started('b'), started('c')] }])
    expect([...now.values()].map(({ id, outcome }) => `${id} ${outcome}`)).toEqual([
      'a unknown',
      'b running',
      'c running',
    ])
  })

  it('never make more than a bounded number of rows; what runs is not forgotten', () => {
    let requests = afterEvents(new Map(), [started('first')])
    for (let bunch = 0; bunch < 40; bunch++) {
      const ids = Array.from({ length: 50 }, (_, index) => `r-${bunch}-${index}`)
      requests = afterEvents(
        requests,
        ids.flatMap((id) => [started(id), finished(id)]),
      )
    }
    expect(requests.size).toBe(MOST_REQUESTS)
    expect(requests.get('first')?.outcome).toBe('running')
  })

  it('make the conversations be asked for again, not more often than needed', () => {
    const asks = (model: Model, now: number) =>
      update(model, { type: 'tick', now }).effects.filter(
        (effect) => effect.type === 'ask' && effect.question.of === 'traces',
      ).length
    const model = having(connected(), { type: 'events', events: [started('a', { startedAt: NOW })] })
    expect(asks(model, NOW + 1_000)).toBe(0)
    expect(asks(model, NOW + 1_500)).toBe(1)
    const asked = having(model, { type: 'tick', now: NOW + 1_500 })
    expect(asks(asked, NOW + 4_000)).toBe(0)
  })
})

describe('while the hub is away', () => {
  const away = having(lively(120), { type: 'lost', absent: false, reason: 'gone' })
  const later = having(away, { type: 'tick', now: NOW + 60_000 })
  const running = (model: Model) =>
    [...model.screens.live.requests.values()].filter(({ id }) => id === 'ar-4')

  it('what ran stands still, since nobody tells how far it is', () => {
    expect(drawnRow(later, 'unheard')).toBe(drawnRow(away, 'unheard'))
    expect(drawnRow(away, 'unheard')).not.toBe('')
  })

  it('what is over when it answers again ended nobody knows how, and does not go on', () => {
    const back = having(
      later,
      { type: 'connected' },
      { type: 'events', events: [{ type: 'snapshot', running: [] }] },
    )
    expect(running(back)).toMatchObject([{ outcome: 'unknown' }])
    expect(drawnRow(having(back, { type: 'tick', now: NOW + 90_000 }), 'unknown')).toBe(
      drawnRow(back, 'unknown'),
    )
  })

  it('what still runs when it answers again goes on', () => {
    const event = { ...started('ar-4'), type: 'request-started' as const }
    const back = having(later, { type: 'events', events: [{ type: 'snapshot', running: [event] }] })
    expect(running(back)).toMatchObject([{ outcome: 'running', durationMs: null }])
  })
})

it('a conversation without a counted token tells no figures', () => {
  const fresh = having(connected(), { type: 'events', events: [started('ar-1', { traceId: 'new' })] })
  expect(drawnRow(fresh, 'new')).toMatch(/1 req +– +– +– +now$/)
})

it('a conversation that is a replay is marked as one, and no other', () => {
  const traces = [listed('again', { source: 'replay', title: 'Ask again' }), listed('first')]
  const model = having(connected(), { type: 'answer', answer: { of: 'traces', traces } })
  expect(drawnRow(model, 'Ask again')).toContain('↻ Ask again')
  expect(drawnRow(model, 'Fix the login')).not.toContain('↻')
})

it('an answer that took several tries says so', () => {
  const failed = {
    type: 'attempt-finished',
    requestId: 'ar-1',
    number: 1,
    channel: 'a',
    mode: 'relay',
    modelUsed: 'm',
    outcome: 'failed',
  } as const
  const events = [
    started('ar-1'),
    { ...failed, errorText: 'used up', durationMs: 5, status: 429 },
    finished('ar-1'),
  ]
  expect(drawnRow(having(connected(120), { type: 'events', events }), 'try')).toContain('✓ try 2')
})

it('the trace screen opens what the cursor is on when nothing was opened', () => {
  const model = having(lively(), key('2'))
  expect(model).toMatchObject({ screen: 'trace', screens: { trace: { id: 'trace-codex' } } })
})
