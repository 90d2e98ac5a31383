// The trace screen: what it asks for, what it follows, how it scrolls.
import { describe, expect, it } from 'vitest'
import type { Effect } from '../../src/tui/effect.js'
import type { Message } from '../../src/tui/message.js'
import type { Model } from '../../src/tui/model.js'
import { shownRequest } from '../../src/tui/screens/trace-state.js'
import { update } from '../../src/tui/update.js'
import { having, key, lively, NOW, shown, started, trace } from './samples.js'

const OPEN: Message = { type: 'open-trace', trace: 'trace-claude' }

function told(requests: ReturnType<typeof shown>[]): Message {
  return { type: 'answer', answer: { of: 'trace', trace: trace(requests) } }
}

function names(effects: readonly Effect[]): string[] {
  return effects.map((effect) => {
    if (effect.type === 'ask') return effect.question.of
    return effect.type === 'watch' ? `watch ${effect.request}` : effect.type
  })
}

const long = Array.from(
  { length: 100 },
  (_, index) => ({ type: 'text', text: `paragraph ${index}` }) as const,
)

function read(requests = [shown('ar-1')], rows = 20): Model {
  const request = requests.at(-1)?.id ?? ''
  return having(lively(80, rows), OPEN, told(requests), {
    type: 'answer',
    answer: { of: 'conversation', request, conversation: { asked: long, answered: [] } },
  })
}

describe('a conversation that is opened', () => {
  it('is asked for, then what its newest request says', () => {
    const open = update(lively(), OPEN)
    expect(names(open.effects)).toEqual(['unwatch', 'trace'])
    expect(open.model.screen).toBe('trace')
    expect(names(update(open.model, told([shown('ar-1'), shown('ar-2')])).effects)).toEqual(['conversation'])
  })

  it('shows the newest request of its own, not of a subagent or of a title', () => {
    const model = read([shown('ar-1'), shown('ar-2', { subagent: 's' }), shown('ar-3', { purpose: 'title' })])
    expect(shownRequest(model.screens.trace)?.id).toBe('ar-1')
  })

  it('watches an answer that runs, once, and takes the whole answer when it is over', () => {
    const running = shown('ar-1', { outcome: 'running', finishedAt: null })
    const open = having(lively(), OPEN)
    const asked = update(open, told([running]))
    expect(names(asked.effects)).toEqual(['conversation', 'watch ar-1'])
    const said = [{ type: 'text', text: 'so far' }] as const
    const heard = having(asked.model, { type: 'heard', request: 'ar-1', said, ended: false })
    expect(heard.screens.trace.heard?.said).toBe(said)
    expect(names(update(heard, told([running])).effects)).not.toContain('watch ar-1')
    const over = update(heard, told([shown('ar-1')]))
    expect(names(over.effects)).toEqual(['conversation'])
    const conversation = { asked: [], answered: [{ type: 'text', text: 'all of it' }] } as const
    const whole = having(over.model, {
      type: 'answer',
      answer: { of: 'conversation', request: 'ar-1', conversation },
    })
    expect(whole.screens.trace.heard).toBeNull()
    expect(whole.screens.trace.conversation?.conversation).toBe(conversation)
  })

  it('ignores what is told of another', () => {
    const model = read()
    const other: Message = { type: 'heard', request: 'ar-9', said: [], ended: false }
    expect(having(model, other).screens.trace).toBe(model.screens.trace)
    const late: Message = {
      type: 'answer',
      answer: { of: 'conversation', request: 'ar-9', conversation: { asked: [], answered: [] } },
    }
    expect(having(model, late).screens.trace).toBe(model.screens.trace)
  })

  it('is asked for again when something happened in it, not otherwise', () => {
    const model = having(read(), { type: 'tick', now: NOW + 60_000 })
    const quiet = update(
      { ...model, screens: { ...model.screens, trace: { ...model.screens.trace, askedAt: NOW + 60_000 } } },
      {
        type: 'tick',
        now: NOW + 70_000,
      },
    )
    expect(names(quiet.effects)).not.toContain('trace')
    const more = having(quiet.model, {
      type: 'events',
      events: [started('ar-7', { startedAt: NOW + 70_500 })],
    })
    expect(names(update(more, { type: 'tick', now: NOW + 72_000 }).effects)).toContain('trace')
  })
})

describe('keys of the trace screen', () => {
  const requests = [shown('ar-1'), shown('ar-2'), shown('ar-3')]

  it('step through the requests and read each', () => {
    const back = update(read(requests), key('h'))
    expect(shownRequest(back.model.screens.trace)?.id).toBe('ar-2')
    expect(names(back.effects)).toEqual(['unwatch', 'conversation'])
    expect(shownRequest(having(back.model, key('h'), key('h'), key('h')).screens.trace)?.id).toBe('ar-1')
    expect(shownRequest(having(back.model, key('l'), key('l')).screens.trace)?.id).toBe('ar-3')
  })

  it('turn through conversation, decision and wire, which is asked for then', () => {
    const views = ['v', 'v', 'v'].map((_, count) => {
      const turns = Array.from({ length: count + 1 }, () => key('v'))
      return having(read(), ...turns).screens.trace.view
    })
    expect(views).toEqual(['facts', 'wire', 'said'])
    expect(names(update(read(), key('w')).effects)).toEqual(['wire'])
  })

  it('scroll, and follow the end again when it is reached', () => {
    const up = having(read(), key('k'))
    expect(up.screens.trace.top).toBeGreaterThan(0)
    expect(having(up, key('g')).screens.trace.top).toBe(0)
    expect(having(up, key('g'), key('G')).screens.trace.top).toBeNull()
    expect(having(up, key('j')).screens.trace.top).toBeNull()
  })

  it('go back to the list', () => {
    expect(having(read(), key('escape')).screen).toBe('live')
  })
})
