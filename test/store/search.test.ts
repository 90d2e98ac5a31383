import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HubError } from '../../src/base/errors.js'
import { listTraces } from '../../src/store/listing.js'
import type { RequestFinished, RequestStarted } from '../../src/store/record.js'
import { prune, usedBytes } from '../../src/store/retention.js'
import { finished, STARTED_AT, started, wordsOf } from '../support/records.js'
import { type TestStore, testStore } from '../support/test-store.js'

const HOUR = 3_600_000

function asked(words: string): Buffer {
  return Buffer.from(
    JSON.stringify({ system: 'the word zebra', messages: [{ role: 'user', content: words }] }),
  )
}

function streamed(...words: string[]): Buffer {
  const events = words.map((text) => ({
    type: 'content_block_delta',
    index: 0,
    delta: { type: 'text_delta', text },
  }))
  return Buffer.from(events.map((event) => `event: x\ndata: ${JSON.stringify(event)}\n\n`).join(''))
}

/** Records a request of a conversation, `hour` hours after the first. */
function talk(
  { write }: TestStore,
  hour: number,
  { prompt, answer }: { prompt: string; answer: Buffer },
  change: { started?: Partial<RequestStarted>; finished?: Partial<RequestFinished> } = {},
): void {
  const requestId = `ar-${hour}`
  const { prompt: _prompt, ...silent } = started({
    requestId,
    traceId: `at-${hour}`,
    startedAt: STARTED_AT + hour * HOUR,
    body: asked(prompt),
    ...change.started,
  })
  const end = finished({
    requestId,
    finishedAt: STARTED_AT + hour * HOUR + 900,
    responseBody: answer,
    ...change.finished,
  })
  write(silent, end)
}

function found(store: TestStore, text: string): string[] {
  return listTraces(store.database, { limit: 50, text }).map(({ id }) => id)
}

function outcomeOf({ database }: TestStore, text: string): string {
  try {
    listTraces(database, { limit: 5, text })
    return 'a list'
  } catch (thrown) {
    return thrown instanceof HubError ? thrown.message : String(thrown)
  }
}

function library(): TestStore {
  const store = testStore()
  talk(store, 1, {
    prompt: 'Why is the naïve parser slow?',
    answer: streamed('It scans ', 'cache_guard', 's twice.'),
  })
  talk(store, 2, { prompt: '请解释数据库索引', answer: streamed('データベースの索引です。') })
  talk(store, 3, { prompt: 'Make the Straße test pass', answer: streamed('Done: all 1250 green') })
  return store
}

describe('a search', () => {
  it.each([
    ['a word of a prompt', 'parser', ['at-1']],
    ['the beginning of a word', 'pars', ['at-1']],
    ['words in any order and case', 'SLOW why', ['at-1']],
    ['a word without its accents', 'naive', ['at-1']],
    ['a word that a stream cut in two', 'cache_guards', ['at-1']],
    ['words of prompt or answer', '1250', ['at-3']],
    ['signs inside a Chinese sentence', '数据库', ['at-2']],
    ['signs inside a Japanese answer', 'ベース', ['at-2']],
    ['words side by side in quotes', '"naïve parser"', ['at-1']],
    ['nothing where they stand apart', '"parser naïve"', []],
    ['nothing where one word is missing', 'parser quickly', []],
    ['nothing of the system text', 'zebra', []],
  ])('finds %s', (_, text, ids) => {
    expect(found(library(), text)).toEqual(ids)
  })

  it('shows the newest place where the words stand, and which', () => {
    const store = library()
    const [shown] = listTraces(store.database, { limit: 5, text: 'scan cache_gua' })
    const { match } = shown ?? {}
    expect(match).toMatchObject({ request: 'ar-1', which: 'response', text: 'It scans cache_guards twice.' })
    expect(match?.hits.map(([from, to]) => match.text.slice(from, to))).toEqual(['scan', 'cache_gua'])
    expect(listTraces(store.database, { limit: 5 })[0]?.match).toBeNull()
  })

  it('shows a long text around the place, on one line', () => {
    const store = testStore()
    const prompt = `${'before '.repeat(100)}\n\tneedle\n${'after '.repeat(100)}`
    talk(store, 1, { prompt, answer: streamed('no') })
    const match = listTraces(store.database, { limit: 5, text: 'needle' })[0]?.match
    expect(match?.text).toMatch(/^…before .* needle after .*…$/)
    expect(match?.text.length).toBeLessThan(210)
    expect(match?.hits.map(([from, to]) => match.text.slice(from, to))).toEqual(['needle'])
  })

  it('takes any text of a user for words and never for syntax', () => {
    const store = library()
    const nasty = fc.oneof(
      fc.string({ maxLength: 60, unit: 'binary' }),
      fc.stringMatching(/^["*^():+\-{} ]*(AND|OR|NOT|NEAR)?[ "*(]*[a-z你]?$/),
    )
    fc.assert(
      fc.property(nasty, (text) => {
        const hasWord = /[\p{L}\p{N}]/u.test(text.replace(/\p{Cc}/gu, ' '))
        expect(outcomeOf(store, text)).toBe(hasWord ? 'a list' : 'There is no word to look for.')
      }),
      { numRuns: 300 },
    )
  })

  it('finds the words around any other signs', () => {
    const store = library()
    for (const text of [
      'parser"',
      '"parser',
      'parser*',
      '(parser',
      'parser AND',
      'NOT parser',
      '^parser:',
      '-parser',
    ])
      expect([text, found(store, text).length]).toEqual([text, /AND|NOT/.test(text) ? 0 : 1])
  })

  it('keeps a prompt that a tool loop repeats once', () => {
    const store = testStore()
    for (let hour = 1; hour <= 5; hour++)
      talk(
        store,
        hour,
        { prompt: 'the same words', answer: streamed('x') },
        { started: { traceId: 'at-loop' } },
      )
    const prompts = store.database.prepare("SELECT count(*) FROM texts WHERE which = 'request'").pluck().get()
    expect(prompts).toBe(1)
  })

  it('finds nothing of what retention took', () => {
    const store = library()
    talk(store, 9, { prompt: 'still here', answer: streamed('green too') })
    for (const _ of prune(store.database, { before: STARTED_AT + 4 * HOUR, dryRun: false }));
    expect(found(store, 'green')).toEqual(['at-9'])
    expect(found(store, 'parser')).toEqual([])
    expect(store.database.prepare('SELECT count(*) FROM texts').pluck().get()).toBe(2)
    expect(
      store.database.prepare("SELECT count(*) FROM search WHERE search MATCH 'parser'").pluck().get(),
    ).toBe(0)
  })

  it('gives the room of its words back when they go', () => {
    const store = testStore()
    for (let hour = 0; hour < 60; hour++)
      talk(store, hour, { prompt: wordsOf(hour, 6_000), answer: streamed('ok') })
    const size = () => store.database.prepare('SELECT sum(length(block)) FROM search_data').pluck().get()
    const before = Number(size())
    expect(before).toBeGreaterThan(200_000)
    for (const _ of prune(store.database, { before: STARTED_AT + 58 * HOUR, dryRun: false }));
    expect(Number(size())).toBeLessThan(before / 10)
    expect(found(store, wordsOf(59, 6_000).split(/\s/)[4] ?? '')).toContain('at-59')
  })

  it('keeps its index within a share of the database: long answers are then found by their beginning', () => {
    const store = testStore()
    for (let hour = 0; hour < 40; hour++)
      talk(store, hour, {
        prompt: `question ${hour}`,
        answer: streamed(`begin${hour} ${wordsOf(hour, 12_000)} end${hour}`),
      })
    const index = Number(store.database.prepare('SELECT sum(length(block)) FROM search_data').pluck().get())
    expect(index / usedBytes(store.database)).toBeLessThan(0.2)
    expect(found(store, 'begin39')).toEqual(['at-39'])
    expect(found(store, 'end39')).toEqual([])
  })
})
