import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../src/base/json.js'
import { anatomyOf } from '../../src/store/anatomy.js'
import { firstDifference, outlineOf as outlineOfParts } from '../../src/store/outline.js'
import { firstChange } from '../../src/store/prefix.js'
import { readPart } from '../../src/store/prompt-parts.js'
import { showRequest } from '../../src/store/show.js'
import { finished, STARTED_AT, started } from '../support/records.js'
import { type TestStore, testStore } from '../support/test-store.js'

const tool = (name: string, description = 'a tool') => ({ name, description })
const said = (role: string, content: string) => ({ role, content })
const stored = () => ({ chunk: 0, removed: 0 })
const partsOf = (text: string) => anatomyOf(Buffer.from(text), { piece: stored, part: readPart }).parts
const outlineOf = (body: JsonObject, indent = 0) =>
  outlineOfParts(partsOf(JSON.stringify(body, null, indent)))
const BODY: JsonObject = {
  tools: [tool('Read'), tool('Edit')],
  system: 'You help.',
  messages: [said('user', 'one'), said('assistant', 'two'), said('user', 'three')],
}

describe('the outline of a prompt', () => {
  it('differs just when the prompt does not go on, and in the same place', () => {
    const few = (items: string[]) => fc.array(fc.constantFrom(...items), { maxLength: 3 })
    const body = fc
      .record({
        tools: few(['a', 'b', 'c']),
        system: fc.constantFrom('x', 'y'),
        effort: fc.constantFrom('low', 'high'),
        messages: few(['one', 'two']),
      })
      .map(
        ({ tools, system, effort, messages }): JsonObject => ({
          tools: tools.map((name) => tool(name)),
          system,
          reasoning: { effort },
          messages: messages.map((text) => said('user', text)),
        }),
      )
    fc.assert(
      fc.property(body, body, (before, after) => {
        const cause = firstChange(before, after)?.cause
        const place = firstDifference(outlineOf(before), outlineOf(after))
        expect(place).toBe(cause === 'effort' ? 'settings' : cause)
      }),
      { numRuns: 500 },
    )
  })

  it('takes some bytes for each message', () => {
    const messages = Array.from({ length: 1_000 }, (_, index) => said('user', `${index} `.repeat(200)))
    expect(outlineOf({ messages }).length).toBeLessThan(9_000)
  })
})

const pricing = {
  provider: 'openai',
  listed: { rates: { input: 2, output: 8, cacheRead: 0.5 }, date: '2026-11-20' },
}

/** A request of a provider that tells only what it read from its cache. */
function ask({ write }: TestStore, number: number, body: JsonObject, cacheRead: number, bodies = true): void {
  const requestId = `ar-${number}`
  const startedAt = STARTED_AT + number * 1_000
  const usage = { inputFresh: 9_000, cacheRead, cacheWrite5m: 0, cacheWrite1h: 0, output: 5, reasoning: 0 }
  write(
    started({ requestId, startedAt, ...(bodies ? { body: Buffer.from(JSON.stringify(body)) } : {}) }),
    finished({
      requestId,
      finishedAt: startedAt + 9,
      mode: 'relay',
      modelUsed: 'm',
      channel: 'c',
      usage,
      pricing,
    }),
  )
}

const breakOf = ({ database }: TestStore, number: number) => showRequest(database, `ar-${number}`).cacheBreak

describe('a prompt that does not go on', () => {
  it.each<[string, JsonObject, string]>([
    ['tool-order', { tools: [tool('Edit'), tool('Read')] }, 'Edit'],
    ['tools', { tools: [tool('Read', 'another'), tool('Edit')] }, 'Read is described differently'],
    ['system', { system: 'You help more.' }, 'more'],
    ['effort', { reasoning: { effort: 'high' } }, 'reasoning was nothing and is {"effort":"high"}'],
    ['settings', { tool_choice: 'auto' }, 'tool_choice'],
    ['history', { messages: [said('user', 'another')] }, 'message 1 of 3'],
  ])('is told with what it cost: %s', (cause, change, detail) => {
    const store = testStore()
    ask(store, 1, BODY, 0)
    ask(store, 2, { ...BODY, ...change }, 0)
    expect(breakOf(store, 1)).toBeNull()
    expect(breakOf(store, 2)).toMatchObject({ cause, tokens: 9_000, detail: expect.stringContaining(detail) })
    expect(breakOf(store, 2)?.dollars).toBeCloseTo(0.0135, 6)
  })

  it('is told where the earlier body is gone', () => {
    const store = testStore()
    ask(store, 1, BODY, 0)
    store.database.exec('DELETE FROM bodies')
    ask(store, 2, { ...BODY, tools: [tool('Edit'), tool('Read')] }, 0)
    expect(breakOf(store, 2)).toMatchObject({ cause: 'tool-order', tokens: 9_000 })
  })

  it('is held against the last prompt of its own branch', () => {
    const store = testStore()
    ask(store, 1, BODY, 0)
    store.write(
      started({ requestId: 'ar-sub', subagent: 's', body: Buffer.from('{"messages":[]}') }),
      finished({ requestId: 'ar-sub' }),
    )
    ask(
      store,
      2,
      {
        ...BODY,
        messages: [
          said('user', 'one'),
          said('assistant', 'two'),
          said('user', 'three'),
          said('user', 'four'),
        ],
      },
      0,
    )
    expect(breakOf(store, 2)).toBeNull()
    expect(store.database.prepare('SELECT count(*) FROM prefixes').pluck().get()).toBe(2)
  })

  it('costs nothing to tell when no body is recorded', () => {
    const store = testStore()
    ask(store, 1, BODY, 0, false)
    ask(store, 2, BODY, 0, false)
    expect(breakOf(store, 2)).toBeNull()
    expect(store.database.prepare('SELECT count(*) FROM prefixes').pluck().get()).toBe(0)
  })
})
