// What the screens of quota, channels, profiles, usage and log make of keys and answers: state and effects, as tables.
import { describe, expect, it } from 'vitest'
import { footer } from '../../../src/tui/frame-foot.js'
import { glyphsFor } from '../../../src/tui/glyphs.js'
import { lineText } from '../../../src/tui/line.js'
import type { Message } from '../../../src/tui/message.js'
import type { Model } from '../../../src/tui/model.js'
import { matchingCommands } from '../../../src/tui/palette.js'
import { cursorOf, shownEntries } from '../../../src/tui/screens/log-state.js'
import { everyDay, firstMidnight, usageRows } from '../../../src/tui/screens/usage-state.js'
import { bare, drawn, heard, press, told } from './pressing.js'
import { channels, NOW } from './sample.js'
import { logEntries, usageByDay, usageByModel } from './sample-records.js'

const tick = (ms: number): Message => ({ type: 'tick', now: NOW + ms })
const asks = (effects: readonly { type: string }[]) =>
  effects.flatMap((effect) => ('question' in effect ? [JSON.stringify(effect.question)] : []))
const command = (model: Model, text: string) => matchingCommands(model, text)[0]
const foot = (model: Model) =>
  lineText(footer(model, { first: [], last: [] }, 80, glyphsFor('unicode'))).trim()

describe('what a screen shows is asked for', () => {
  it.each([
    ['quota', '{"of":"quota-history"}', 15_000],
    ['channels', '{"of":"channels"}', 3_000],
    ['profiles', '{"of":"profiles"}', 3_000],
    ['usage', `{"of":"usage","by":"day","days":14,"since":${firstMidnight(NOW, 14)}}`, 10_000],
  ] as const)('%s when it is gone to, and again after a while, not before', (screen, question, everyMs) => {
    const gone = heard(bare('live'), { type: 'go', screen })
    expect(asks(gone.effects)).toContain(question)
    expect(asks(heard(gone.model, tick(everyMs - 1)).effects)).not.toContain(question)
    const later = heard(gone.model, tick(everyMs))
    expect(asks(later.effects)).toContain(question)
    expect(asks(heard(later.model, { type: 'go', screen: 'live' }, tick(3 * everyMs)).effects)).not.toContain(
      question,
    )
  })

  it('not while the hub is away, and at once when it is back', () => {
    const lost = heard(told('channels'), { type: 'lost', absent: false, reason: 'gone' }, tick(60_000))
    expect(asks(lost.effects)).not.toContain('{"of":"channels"}')
    expect(asks(heard(lost.model, { type: 'connected' }).effects)).toContain('{"of":"channels"}')
  })

  it('a channel that is tested is looked at twice a second', () => {
    expect(asks(heard(told('channels'), tick(500)).effects)).toContain('{"of":"channels"}')
  })
})

describe('channels', () => {
  const act = (name: string, ...keys: string[]) =>
    press(
      heard(told('channels'), { type: 'key', key: { name: 'g', text: 'g' } }).model,
      ...keys,
    ).effects.find(({ type }) => type === name)

  it('asks before one is disabled, and does it only with y', () => {
    const asked = press(told('channels'), 'e')
    expect(drawn(asked.model)).toContain('Disable deepseek?')
    const action = { type: 'switch-channel', name: 'deepseek', enabled: false }
    expect(press(asked.model, 'y').effects).toEqual([{ type: 'act', action }])
    expect(press(asked.model, 'n').effects).toEqual([])
  })

  it.each([
    [['j', 'c'], { type: 'clear-channel', name: 'claude' }],
    [['j', 'j', 'j', 'e'], { type: 'switch-channel', name: 'local', enabled: true }],
    [['t'], { type: 'test-channel', name: 'deepseek' }],
    [['G', 'x'], { type: 'stop-test', name: 'moonshot' }],
  ])('%j does %j', (keys, action) => {
    expect(act('act', ...keys)).toEqual({ type: 'act', action })
  })

  it.each([[['c']], [['x']]])('%j does nothing to a channel that neither rests nor is tested', (keys) => {
    expect(press(told('channels'), ...keys).effects).toEqual([])
  })

  it('the cursor stays on its channel when others come and go', () => {
    const model = press(told('channels'), 'j', 'j').model
    const reply = channels()
    const fewer = { ...reply, channels: reply.channels.slice(1) }
    const next = heard(model, { type: 'answer', answer: { of: 'channels', channels: fewer } }).model
    expect(drawn(next)).toMatch(/▌✗ kimi/)
  })

  it('the filter is held against names, tags and health', () => {
    const model = press(told('channels'), '/', 'o', 'p', 'e', 'n', 'enter').model
    expect(drawn(model)).toContain('kimi')
    expect(drawn(model)).not.toContain('deepseek')
  })

  it('an action is told when it is done, when it fails, and while it takes its time', () => {
    const action = { type: 'test-channel', name: 'deepseek' } as const
    const started = heard(told('channels'), { type: 'acting', action }).model
    expect(foot(started)).toBe('Asking deepseek a dozen questions …')
    const done = { kind: 'good', text: 'deepseek answers; nothing is missing.' } as const
    expect(foot(heard(started, { type: 'acted', action, done }).model)).toBe(done.text)
    const effect = { type: 'act', action } as const
    const failed = heard(started, { type: 'failed', effect, message: 'It is gone.', hint: 'Look again.' })
    expect(foot(failed.model)).toBe('It is gone. Look again.')
  })
})

describe('what is done to channels', () => {
  const action = { type: 'test-channel', name: 'deepseek' } as const
  const calm = () => {
    const reply = { ...channels(), channels: channels().channels.slice(0, 2) }
    return heard(told('channels'), { type: 'answer', answer: { of: 'channels', channels: reply } }).model
  }

  it('is looked after often from its beginning to its end', () => {
    expect(asks(heard(calm(), tick(500)).effects)).toEqual([])
    const begun = heard(calm(), { type: 'acting', action }).model
    expect(asks(heard(begun, tick(500)).effects)).toEqual(['{"of":"channels"}'])
    const ended = heard(begun, { type: 'acted', action, done: { kind: 'good', text: '' } })
    expect(asks(ended.effects)).toEqual(['{"of":"channels"}'])
    expect(asks(heard(ended.model, tick(500)).effects)).toEqual([])
  })

  it('a question that fails is not asked again before its time', () => {
    const effect = { type: 'ask', question: { of: 'channels' } } as const
    expect(heard(calm(), { type: 'failed', effect, message: 'silent' }).effects).toEqual([])
  })
})

describe('profiles', () => {
  it.each([
    ['u', 'cheap'],
    ['enter', 'cheap'],
    ['n', null],
  ])('%s switches with one key', (key, name) => {
    expect(press(told('profiles'), key).effects).toEqual([
      { type: 'act', action: { type: 'use-profile', name } },
    ])
  })

  it('the explain box takes every key, and asks with enter', () => {
    const typed = press(told('profiles'), 'e', 'q', '1', '?', 'backspace')
    expect(typed.model.screens.profiles.explain).toEqual({ type: 'typing', text: 'q1' })
    const asked = press(typed.model, 'enter')
    expect(asked.effects).toEqual([{ type: 'ask', question: { of: 'explain', model: 'q1' } }])
    expect(press(typed.model, 'escape').model.screens.profiles.explain).toEqual({ type: 'closed' })
  })

  it('an answer to an older question is left', () => {
    const asked = press(told('profiles'), 'e', 'a', 'enter').model
    const explained = { profile: null, model: 'b', targets: [], reasons: [], error: null }
    const next = heard(asked, { type: 'answer', answer: { of: 'explain', explained } }).model
    expect(next.screens.profiles.explain).toEqual({ type: 'asked', text: 'a' })
  })

  it('a switch asks for profiles and status, whatever screen is shown', () => {
    const action = { type: 'use-profile', name: 'careful' } as const
    const { effects } = heard(told('live'), { type: 'acted', action, done: { kind: 'good', text: '' } })
    expect(asks(effects)).toEqual(expect.arrayContaining(['{"of":"profiles"}', '{"of":"status"}']))
  })

  it('the palette offers each profile, for all keys and for one', () => {
    expect(command(told('live'), 'profile use careful')?.does).toEqual({
      type: 'run',
      effects: [{ type: 'act', action: { type: 'use-profile', name: 'careful' } }],
    })
    expect(command(told('live'), 'profile use cheap for codex')?.does).toMatchObject({
      effects: [{ action: { name: 'cheap', key: 'codex' } }],
    })
    expect(command(told('live'), 'channel disable deepseek')?.does).toMatchObject({ type: 'confirm' })
  })
})

describe('usage', () => {
  it('has every day, those without a request too, over a change of the clock', () => {
    const march = new Date(2026, 3, 2, 12).getTime()
    const days = everyDay([], march, 10).map(({ key }) => key)
    expect(days).toEqual([
      ...['2026-04-02', '2026-04-01', '2026-03-31', '2026-03-30', '2026-03-29'],
      ...['2026-03-28', '2026-03-27', '2026-03-26', '2026-03-25', '2026-03-24'],
    ])
    expect(
      usageRows(told('usage'))
        ?.map(({ requests }) => requests > 0)
        .slice(0, 5),
    ).toEqual([true, true, true, false, true])
  })

  it('other settings are asked for at once, and what was told for the old ones is not shown', () => {
    const { model, effects } = press(told('usage'), 'm')
    expect(asks(effects)[0]).toContain('"by":"model"')
    expect(usageRows(model)).toBeUndefined()
    expect(asks(press(told('usage'), '+').effects)[0]).toContain('"days":30')
    expect(asks(press(told('usage'), '-', '-', '-', '-').effects).at(-1)).toContain('"days":1,')
  })

  it('models are in the order of what the bars show', () => {
    const asked = press(told('usage'), 'm').model
    const rows = usageByModel().toReversed()
    const model = heard(asked, { type: 'answer', answer: { of: 'usage', by: 'model', days: 14, rows } }).model
    expect(usageRows(model)?.map(({ cost }) => cost)).toEqual([4.21, 3.6, 2.99, 1.77])
  })

  it('without any price the bars are of tokens', () => {
    const free = usageByDay().map((row) => ({ ...row, cost: 0 }))
    const model = heard(told('usage'), {
      type: 'answer',
      answer: { of: 'usage', by: 'day', days: 14, rows: free },
    })
    expect(drawn(model.model)).toMatch(/Day +Tokens/)
    expect(drawn(model.model)).toContain('▆▆▆')
  })
})

it('details scroll no further than they go, so that the first key back goes back', () => {
  const far = press(told('channels', 80, 24), ...Array<string>(60).fill('J')).model
  const back = press(far, 'K').model
  expect(far.screens.channels.top).toBeGreaterThan(0)
  expect(back.screens.channels.top).toBe(far.screens.channels.top - 1)
  expect(drawn(back)).not.toBe(drawn(far))
  expect(press(told('profiles'), ...Array<string>(60).fill('J')).model.screens.profiles.top).toBeLessThan(10)
})

describe('the log', () => {
  it('follows the lines that come, whatever was pressed before there was one', () => {
    const early = press(bare('log'), 'k', 'enter', 'p').model
    expect(early.screens.log).toMatchObject({ cursor: null, isOpen: false })
  })

  it('tells what happened before the long name of the request', () => {
    const entry = {
      time: NOW,
      level: 'info' as const,
      event: 'request',
      fields: [
        ['request', 'ar-0123456789'],
        ['model', 'gpt-5'],
        ['status', '200'],
      ] as const,
    }
    const shown = heard(bare('log'), { type: 'logged', entries: [entry] }).model
    expect(drawn(shown)).toContain('model=gpt-5 status=200 request=ar-0123456789')
  })

  it('is followed while it is shown and the hub answers, and let go when it is not', () => {
    const shown = heard(bare('live'), { type: 'go', screen: 'log' })
    expect(shown.effects).toContainEqual({ type: 'follow-log', lines: 500 })
    expect(heard(shown.model, { type: 'go', screen: 'live' }).effects).toContainEqual({
      type: 'unfollow-log',
    })
    const lost = heard(shown.model, { type: 'lost', absent: false, reason: '' })
    expect(lost.effects).toContainEqual({ type: 'unfollow-log' })
    expect(heard(lost.model, { type: 'connected' }).effects).toContainEqual({
      type: 'follow-log',
      lines: 500,
    })
  })

  it('stands still on its line while new ones come, and follows again with G', () => {
    const paused = press(told('log'), 'k').model
    const more = heard(paused, { type: 'logged', entries: logEntries() }).model
    expect(cursorOf(more, shownEntries(more))).toBe(3)
    const following = press(more, 'G').model
    expect(cursorOf(following, shownEntries(following))).toBe(9)
  })

  it('l goes through the levels', () => {
    const levels = [1, 2, 3].map(
      (times) => shownEntries(press(told('log'), ...Array<string>(times).fill('l')).model).length,
    )
    expect(levels).toEqual([2, 1, 5])
  })

  it('keeps the newest lines only, however many come', () => {
    const many = Array.from({ length: 7_000 }, (_, index) => ({
      time: NOW,
      level: 'info' as const,
      event: `e${index}`,
      fields: [],
    }))
    const model = heard(press(told('log'), 'k').model, { type: 'logged', entries: many }).model
    expect(model.screens.log.entries).toHaveLength(5_000)
    expect(model.screens.log.entries.at(-1)?.event).toBe('e6999')
    expect(cursorOf(model, shownEntries(model))).toBe(0)
  })
})
