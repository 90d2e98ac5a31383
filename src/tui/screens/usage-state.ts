// What the usage screen keeps: the rows that the hub added up, by what, of how long, and what the bars show. Pure.

import type { ShownUsage } from '../../control/trace-reader.js'
import type { Effect } from '../effect.js'
import { inputTokens } from '../figures.js'
import { type Key, moved } from '../keys.js'
import type { Message } from '../message.js'
import { filterOf, type Model, type Update, unchanged, withScreen } from '../model.js'
import { bodyArea } from '../screen.js'
import { holds, isDue } from './asking.js'

export type UsageGroup = 'day' | 'model' | 'channel'

export type UsageState = {
  readonly by: UsageGroup
  readonly days: number
  readonly measure: 'cost' | 'tokens'
  /** What was told last; for other settings than these it is not shown. */
  readonly told: {
    readonly by: UsageGroup
    readonly days: number
    readonly rows: readonly ShownUsage[]
  } | null
  readonly cursor: number
  /** Ms since the epoch. */
  readonly askedAt: number
}

export function noUsage(): UsageState {
  return { by: 'day', days: 14, measure: 'cost', told: null, cursor: 0, askedAt: 0 }
}

const EVERY_MS = 10_000
const SPANS: readonly number[] = [1, 7, 14, 30, 90]

const NONE: ShownUsage['usage'] = {
  inputFresh: 0,
  cacheRead: 0,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  output: 0,
  reasoning: 0,
}

const two = (value: number) => String(value).padStart(2, '0')

/** `2026-11-20`, local time: as the store names its days. */
function dayOf(date: Date): string {
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}

/** The local midnight with which the first of so many days began, ms since the epoch. */
export function firstMidnight(now: number, days: number): number {
  const date = new Date(now)
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() - days + 1).getTime()
}

/** Every day until today, the newest first; those without a request are empty. */
export function everyDay(rows: readonly ShownUsage[], now: number, days: number): ShownUsage[] {
  const known = new Map(rows.map((row) => [row.key, row]))
  const today = new Date(now)
  return Array.from({ length: days }, (_, back) => {
    const key = dayOf(new Date(today.getFullYear(), today.getMonth(), today.getDate() - back))
    return known.get(key) ?? { key, title: null, requests: 0, failed: 0, usage: NONE, cost: 0, unpriced: 0 }
  })
}

/** What the screen lists; undefined while it is not told. */
export function usageRows(model: Model): ShownUsage[] | undefined {
  const { by, days, told } = model.screens.usage
  if (told === null || told.by !== by || told.days !== days) return undefined
  const filter = filterOf(model, 'usage')
  const rows = by === 'day' ? everyDay(told.rows, model.now, days) : [...told.rows]
  const shown = shownMeasure(model.screens.usage, rows)
  const sorted = by === 'day' ? rows : rows.toSorted((a, b) => measuredOf(b, shown) - measuredOf(a, shown))
  return sorted.filter(({ key }) => holds(key, filter))
}

/** Where nothing has a price the bars are of tokens, whatever is asked. */
export function shownMeasure({ measure }: UsageState, rows: readonly ShownUsage[]): UsageState['measure'] {
  return rows.some(({ cost }) => cost > 0) ? measure : 'tokens'
}

export function tokensOf({ usage }: ShownUsage): number {
  return inputTokens(usage) + usage.output
}

export function measuredOf(row: ShownUsage, measure: UsageState['measure']): number {
  return measure === 'cost' ? row.cost : tokensOf(row)
}

function asked({ by, days }: UsageState, now: number): Effect {
  return { type: 'ask', question: { of: 'usage', by, days, since: firstMidnight(now, days) } }
}

/** With other settings, which are asked for at once. */
function settled(model: Model, change: Partial<UsageState>): Update {
  const state = { ...model.screens.usage, ...change, cursor: 0, askedAt: model.now }
  return { model: withScreen(model, 'usage', state), effects: [asked(state, model.now)] }
}

function spanBeside(days: number, step: number): number {
  const index = SPANS.indexOf(days) + step
  return SPANS[Math.max(0, Math.min(SPANS.length - 1, index))] ?? days
}

function keyPressed(model: Model, key: Key): Update {
  const state = model.screens.usage
  switch (key.name) {
    case 'd':
      return settled(model, { by: 'day' })
    case 'm':
      return settled(model, { by: 'model' })
    case 'c':
      return settled(model, { by: 'channel' })
    case '+':
    case 'right':
      return settled(model, { days: spanBeside(state.days, 1) })
    case '-':
    case 'left':
      return settled(model, { days: spanBeside(state.days, -1) })
    case 't':
      return unchanged(
        withScreen(model, 'usage', { ...state, measure: state.measure === 'cost' ? 'tokens' : 'cost' }),
      )
    default: {
      const cursor = moved(key, state.cursor, usageRows(model)?.length ?? 0, bodyArea(model).height)
      return unchanged(cursor === undefined ? model : withScreen(model, 'usage', { ...state, cursor }))
    }
  }
}

export function updateUsage(model: Model, message: Message): Update {
  const state = model.screens.usage
  if (message.type === 'key') return keyPressed(model, message.key)
  if (message.type === 'answer' && message.answer.of === 'usage') {
    const { by, days, rows } = message.answer
    return unchanged(withScreen(model, 'usage', { ...state, told: { by, days, rows } }))
  }
  if (!isDue(model, 'usage', message, { askedAt: state.askedAt, everyMs: EVERY_MS })) return unchanged(model)
  return {
    model: withScreen(model, 'usage', { ...state, askedAt: model.now }),
    effects: [asked(state, model.now)],
  }
}
