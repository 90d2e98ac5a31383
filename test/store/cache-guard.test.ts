import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../src/base/json.js'
import { firstChange } from '../../src/store/prefix.js'
import type { AttemptFinished, RequestFinished } from '../../src/store/record.js'
import { showRequest } from '../../src/store/show.js'
import { openWriter } from '../../src/store/writer.js'
import { attempted, finished, STARTED_AT, started } from '../support/records.js'
import { type TestStore, testStore } from '../support/test-store.js'

const tool = (name: string, description = 'a tool') => ({
  name,
  description,
  input_schema: { type: 'object' },
})
const said = (role: string, text: string, mark = false) => ({
  role,
  content: [{ type: 'text', text, ...(mark ? { cache_control: { type: 'ephemeral' } } : {}) }],
})
const BODY: JsonObject = {
  tools: [tool('Read'), tool('Edit')],
  system: [{ type: 'text', text: 'You help. Today is 2026-11-20. Be kind.' }],
  messages: [said('user', 'one', true)],
}
const LATER: JsonObject = {
  ...BODY,
  messages: [said('user', 'one'), said('assistant', 'two'), said('user', 'three', true)],
}

describe('what changed first in a prompt', () => {
  it('is nothing when it goes on, wherever the cache marks are', () => {
    expect(firstChange(BODY, LATER)).toBeUndefined()
  })

  it.each<[string, JsonObject, string]>([
    ['tool-order', { tools: [tool('Edit'), tool('Read')] }, 'the tools are in another order from Edit on'],
    ['tools', { tools: [tool('Read'), tool('Edit'), tool('Bash')] }, 'the tool Bash was added'],
    ['tools', { tools: [tool('Read')] }, 'the tool Edit was removed'],
    ['tools', { tools: [tool('Read'), tool('Edit', 'other')] }, 'the tool Edit is described differently'],
    ['date', { system: [{ type: 'text', text: 'You help. Today is 2026-11-21. Be kind.' }] }, 'character 28'],
    [
      'system',
      { system: [{ type: 'text', text: 'You help not. Today is 2026-11-20.' }] },
      '“You help. Today',
    ],
    ['settings', { thinking: { type: 'adaptive' } }, 'thinking changed'],
    ['history', { messages: [said('user', 'another')] }, 'message 1 of 1'],
    ['history', { messages: [] }, 'shorter: 0 messages after 1'],
  ])('%s', (cause, change, detail) => {
    const found = firstChange(BODY, { ...LATER, ...change })
    expect(found?.cause).toBe(cause)
    expect(found?.detail).toContain(detail)
  })

  it('is told alike for the other protocols', () => {
    const chat = (system: string, name: string): JsonObject => ({
      tools: [{ type: 'function', function: { name } }],
      messages: [
        { role: 'system', content: system },
        { role: 'user', content: 'x' },
      ],
    })
    expect(firstChange(chat('a', 'f'), chat('b', 'f'))?.cause).toBe('system')
    expect(firstChange(chat('a', 'f'), chat('a', 'g'))?.detail).toBe('the tool g was added')
    const responses = (instructions: string): JsonObject => ({
      instructions,
      input: [{ role: 'user', content: 'x' }],
    })
    expect(firstChange(responses('a'), responses('b'))?.cause).toBe('system')
    const gemini = (system: string, names: readonly string[], said: string): JsonObject => ({
      systemInstruction: { parts: [{ text: system }] },
      tools: [{ functionDeclarations: names.map((name) => ({ name })) }],
      contents: [{ role: 'user', parts: [{ text: said }] }],
    })
    const first = gemini('a', ['f', 'g'], 'x')
    expect(firstChange(first, gemini('b', ['f', 'g'], 'x'))?.cause).toBe('system')
    expect(firstChange(first, gemini('a', ['g', 'f'], 'x'))?.cause).toBe('tool-order')
    expect(firstChange(first, gemini('a', ['f', 'g', 'h'], 'x'))?.detail).toBe('the tool h was added')
    expect(firstChange(first, gemini('a', ['f', 'g'], 'y'))?.cause).toBe('history')
  })
})

const usage = (cacheRead: number, cacheWrite5m: number) => ({
  inputFresh: 100,
  cacheRead,
  cacheWrite5m,
  cacheWrite1h: 0,
  output: 10,
  reasoning: 0,
})
const pricing = {
  provider: 'anthropic',
  listed: { rates: { input: 3, output: 15, cacheRead: 0.3, cacheWrite5m: 3.75 }, date: '2026-11-20' },
}

type Step = {
  readonly body?: JsonObject
  readonly at?: number
  readonly end?: Partial<RequestFinished>
  readonly attempt?: Partial<AttemptFinished>
}

function request({ write }: TestStore, id: string, { body, at = 0, end = {}, attempt }: Step): void {
  const startedAt = STARTED_AT + at
  const bytes = body === undefined ? {} : { body: Buffer.from(JSON.stringify(body)) }
  write(
    started({ requestId: id, startedAt, ...bytes }),
    ...(attempt === undefined ? [] : [attempted({ requestId: id, ...attempt })]),
    finished({
      requestId: id,
      finishedAt: startedAt + 900,
      mode: 'relay',
      modelUsed: 'm',
      channel: 'c',
      pricing,
      ...end,
    }),
  )
}

const breakOf = ({ database }: TestStore, id: string) => showRequest(database, id).cacheBreak

describe('the cache guard', () => {
  it('says what changed and what it cost when a turn finds little of what the last one left', () => {
    const store = testStore()
    request(store, 'ar-first', { body: BODY, end: { usage: usage(0, 100_000) } })
    request(store, 'ar-second', { body: LATER, at: 2_000, end: { usage: usage(100_000, 2_000) } })
    const changed = { ...LATER, tools: [tool('Edit'), tool('Read')] }
    request(store, 'ar-third', { body: changed, at: 4_000, end: { usage: usage(0, 104_000) } })
    expect(breakOf(store, 'ar-first')).toBeNull()
    expect(breakOf(store, 'ar-second')).toBeNull()
    expect(breakOf(store, 'ar-third')).toMatchObject({ cause: 'tool-order', tokens: 102_000 })
    expect(breakOf(store, 'ar-third')?.dollars).toBeCloseTo(0.2754, 6)
  })

  it('looks at what the provider was sent where the request was converted', () => {
    const store = testStore()
    const step = (text: string, read: number, write: number): Step => ({
      body: BODY,
      attempt: {
        requestBody: Buffer.from(JSON.stringify({ messages: [{ role: 'system', content: text }] })),
      },
      end: { mode: 'convert', usage: usage(read, write) },
    })
    request(store, 'ar-first', step('a', 50_000, 0))
    request(store, 'ar-second', step('b', 0, 0))
    expect(breakOf(store, 'ar-second')).toMatchObject({ cause: 'system', tokens: 50_000 })
  })

  it("reads Gemini's bodies too", () => {
    const store = testStore()
    const body = (said: string): JsonObject => ({
      systemInstruction: { parts: [{ text: said }] },
      contents: [{ role: 'user', parts: [{ text: 'x' }] }],
    })
    request(store, 'ar-first', { body: body('a'), end: { usage: usage(40_000, 0) } })
    request(store, 'ar-second', { body: body('b'), at: 2_000, end: { usage: usage(0, 0) } })
    expect(breakOf(store, 'ar-second')).toMatchObject({ cause: 'system', tokens: 40_000 })
  })

  it.each<[string, Step, Step]>([
    ['model', {}, { end: { modelUsed: 'other' } }],
    ['route', {}, { end: { channel: 'other' } }],
    ['expired', { body: BODY }, { body: LATER, at: 600_000 }],
    ['provider', { body: BODY }, { body: LATER, at: 2_000 }],
    ['unknown', {}, { at: 2_000 }],
  ])('blames %s', (cause, first, second) => {
    const store = testStore()
    request(store, 'ar-first', { ...first, end: { ...first.end, usage: usage(40_000, 0) } })
    request(store, 'ar-second', { ...second, end: { ...second.end, usage: usage(0, 0) } })
    expect(breakOf(store, 'ar-second')).toMatchObject({ cause, tokens: 40_000 })
  })

  it('is silent about small losses, other lanes and other conversations', () => {
    const store = testStore()
    request(store, 'ar-first', { body: BODY, end: { usage: usage(10_000, 0) } })
    request(store, 'ar-second', { body: BODY, end: { usage: usage(9_000, 0) } })
    store.write(
      started({ requestId: 'ar-agent', subagent: 'sub' }),
      finished({ requestId: 'ar-agent', usage: usage(0, 0) }),
      started({ requestId: 'ar-other', traceId: 'at-other' }),
      finished({ requestId: 'ar-other', usage: usage(0, 0) }),
    )
    for (const id of ['ar-second', 'ar-agent', 'ar-other']) expect(breakOf(store, id)).toBeNull()
  })

  it('goes on looking when hundreds of requests never ended', () => {
    const store = testStore()
    const body = Buffer.from(JSON.stringify(BODY))
    store.write(
      ...Array.from({ length: 501 }, (_, index) => started({ requestId: `ar-lost-${index}`, body })),
    )
    const step = (text: string): Step => ({
      body: { ...BODY, system: text },
      end: { usage: usage(1_000, 0) },
    })
    request(store, 'ar-first', step('one'))
    request(store, 'ar-second', step('two'))
    expect(breakOf(store, 'ar-second')).toMatchObject({ cause: 'system' })
  })

  it('does not keep the end of a request from being stored when a body that it reads is damaged', () => {
    const store = testStore()
    request(store, 'ar-first', { body: BODY, end: { usage: usage(40_000, 0) } })
    store.database.exec('UPDATE chunks SET coding = 99, hash = randomblob(32)')
    request(store, 'ar-second', { body: LATER, at: 2_000, end: { usage: usage(0, 0) } })
    expect(showRequest(store.database, 'ar-second').outcome).toBe('completed')
    expect(breakOf(store, 'ar-second')).toMatchObject({ cause: 'unknown', tokens: 40_000 })
  })

  it('does not take a prompt for that of another request that gets the number of one that was not stored', () => {
    const { database } = testStore()
    const writer = openWriter(database)
    database.exec(`CREATE TRIGGER no_drop BEFORE UPDATE OF bodies_dropped ON requests
      BEGIN SELECT raise(ABORT, 'not this one'); END`)
    const refused = started({ requestId: 'ar-refused', body: Buffer.from(JSON.stringify(BODY)) })
    const title = { requestId: 'ar-title', traceId: 'at-other' }
    const written = writer.write([
      { message: refused, bodiesDropped: 1 },
      { message: started({ ...title, purpose: 'title' }), bodiesDropped: 0 },
      { message: finished(title), bodiesDropped: 0 },
    ])
    expect(written).toMatchObject({ stored: 2, rejected: { length: 1 } })
    expect(database.prepare('SELECT * FROM prefixes').all()).toEqual([])
  })
})
