// The reducer: what each message makes of the model, and what it asks of the outside.
import { describe, expect, it } from 'vitest'
import type { Effect } from '../../src/tui/effect.js'
import type { Message } from '../../src/tui/message.js'
import type { Model } from '../../src/tui/model.js'
import { opened, update } from '../../src/tui/update.js'
import { connected, empty, having, key, lively, NOW, started } from './samples.js'

const LOST: Message = { type: 'lost', absent: false, reason: 'The hub has ended.' }
const ABSENT: Message = { type: 'lost', absent: true, reason: 'The hub is not running.' }

function effectsOf(model: Model, message: Message): readonly Effect['type'][] {
  return update(model, message).effects.map(({ type }) => type)
}

function waits(model: Model, message: Message): number[] {
  return update(model, message).effects.flatMap((effect) =>
    effect.type === 'retry-after' ? [effect.ms] : [],
  )
}

describe('the hub that is followed', () => {
  it('is followed from the beginning, and asked how it stands when it answers', () => {
    expect(opened(empty()).effects).toEqual([{ type: 'follow' }])
    const asked = update(empty(), { type: 'connected' }).effects
    const questions = asked.flatMap((effect) => (effect.type === 'ask' ? [effect.question.of] : []))
    expect(questions).toEqual(expect.arrayContaining(['status', 'quota', 'today', 'traces']))
  })

  it('is asked again every ten seconds, not with every tick', () => {
    const model = connected()
    expect(effectsOf(model, { type: 'tick', now: NOW + 9_000 })).not.toContain('follow')
    const asks = (now: number) =>
      update(model, { type: 'tick', now }).effects.filter(
        (effect) => effect.type === 'ask' && effect.question.of === 'status',
      )
    expect(asks(NOW + 9_000)).toHaveLength(0)
    expect(asks(NOW + 10_000)).toHaveLength(1)
  })

  it('is looked for again with pauses that grow up to eight seconds', () => {
    let model = connected()
    const pauses: number[] = []
    for (let tries = 0; tries < 8; tries++) {
      pauses.push(...waits(model, tries % 2 === 0 ? LOST : ABSENT))
      model = having(model, LOST)
    }
    expect(pauses).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000])
    expect(effectsOf(model, { type: 'retry' })).toEqual(['follow'])
    expect(having(model, { type: 'connected' }).hub.connection).toEqual({ type: 'open' })
  })

  it('is offered to be started when none ran, and a start that fails says why', () => {
    const model = having(empty(), ABSENT)
    expect(model.hub.connection).toEqual({ type: 'absent' })
    const pressed = update(model, key('enter'))
    expect(pressed.effects).toEqual([{ type: 'start-hub' }])
    expect(pressed.model.hub.connection).toEqual({ type: 'starting' })
    // It is still looked for meanwhile.
    expect(having(pressed.model, ABSENT).hub.connection).toEqual({ type: 'starting' })
    const failed = having(pressed.model, {
      type: 'failed',
      effect: { type: 'start-hub' },
      message: 'The port is in use.',
      hint: 'Take another.',
    })
    expect(failed.hub.connection).toEqual({
      type: 'failed',
      message: 'The port is in use.',
      hint: 'Take another.',
    })
    expect(effectsOf(pressed.model, { type: 'hub-started' })).toEqual(['follow'])
  })

  it('counts the requests that began within the last minute', () => {
    const begun = (ids: string[], startedAt: number): Message => ({
      type: 'events',
      events: ids.map((id) => started(id, { startedAt })),
    })
    const model = having(connected(), begun(['a', 'b'], NOW - 50_000), begun(['c'], NOW), {
      type: 'tick',
      now: NOW,
    })
    expect(model.hub.begun).toHaveLength(3)
    expect(having(model, { type: 'tick', now: NOW + 20_000 }).hub.begun).toHaveLength(1)
  })
})

describe('keys', () => {
  it.each(['q', 'ctrl-c'])('%s leaves, from an overlay too', (name) => {
    expect(effectsOf(lively(), key(name))).toContain('quit')
    expect(effectsOf(having(lively(), key(':')), key('ctrl-c'))).toContain('quit')
  })

  it('ctrl-L draws the screen anew, wherever one is', () => {
    expect(effectsOf(having(lively(), key('/')), key('ctrl-l'))).toEqual(['repaint'])
  })

  it('show screens by number, and the next or the previous one by tab', () => {
    expect(having(lively(), key('2')).screen).toBe('trace')
    expect(having(lively(), key('tab')).screen).toBe('trace')
    expect(having(lively(), key('tab'), key('shift-tab')).screen).toBe('live')
    expect(having(lively(), key('9')).screen).toBe('live')
  })

  it('type a filter, which enter keeps and escape clears', () => {
    const typing = having(lively(), key('/'), key('q'), key('w'), key('backspace'))
    expect(typing.filters.live).toBe('q')
    const kept = having(typing, key('enter'))
    expect([kept.overlay.type, kept.filters.live]).toEqual(['none', 'q'])
    expect(having(kept, key('escape')).filters.live).toBe('')
    expect(having(typing, key('escape')).filters.live).toBe('')
    expect(having(kept, key('2')).filters.trace).toBeUndefined()
  })

  it('run a command of the palette', () => {
    const model = having(lively(), key(':'), key('t'), key('r'), key('a'), key('enter'))
    expect([model.screen, model.overlay.type]).toEqual(['trace', 'none'])
    expect(having(lively(), key(':'), key('escape')).overlay.type).toBe('none')
    const pasted: Message = { type: 'key', key: { name: 'profiles', text: 'profiles' } }
    expect(having(lively(), key(':'), pasted).overlay).toMatchObject({ text: 'profiles' })
  })

  it('answer a question: only y is yes', () => {
    const effects = [{ type: 'copy', text: 'x', what: 'it' }] as const
    const asked = having(lively(), { type: 'confirm', question: 'Sure?', effects })
    expect(update(asked, key('y')).effects).toEqual(effects)
    for (const name of ['n', 'enter', 'escape', ' ']) {
      expect(update(asked, key(name)).effects).toEqual([])
      expect(having(asked, key(name)).overlay.type).toBe('none')
    }
  })
})

describe('notices', () => {
  it('stand for five seconds', () => {
    const model = having(lively(), { type: 'notice', notice: { kind: 'good', text: 'Copied.' } })
    expect(having(model, { type: 'tick', now: NOW + 4_999 }).notice?.text).toBe('Copied.')
    expect(having(model, { type: 'tick', now: NOW + 5_000 }).notice).toBeNull()
  })

  it('tell what did not work, but not of what is asked again by itself', () => {
    const fail = (effect: Effect): Message => ({ type: 'failed', effect, message: 'No.', hint: 'Do this.' })
    expect(having(lively(), fail({ type: 'export', trace: 'x', open: false })).notice?.text).toBe(
      'No. Do this.',
    )
    expect(having(lively(), fail({ type: 'ask', question: { of: 'status' } })).notice).toBeNull()
  })
})
