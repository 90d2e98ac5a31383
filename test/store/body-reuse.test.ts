// The store remembers the bodies that came last, and takes over what a new one repeats: what must hold all the same.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openCleaner } from '../../src/store/cleaning.js'
import { decompress } from '../../src/store/compress.js'
import { prune } from '../../src/store/retention.js'
import { showBody } from '../../src/store/show.js'
import { openWriter } from '../../src/store/writer.js'
import { attempted, finished, started } from '../support/records.js'
import { testStore } from '../support/test-store.js'

const said = (content: string) => ({ role: 'user', content })
const bodyOf = (messages: readonly object[], more: object = {}) =>
  Buffer.from(JSON.stringify({ model: 'm', messages, ...more }))
const long = (letter: string) => `${letter} `.repeat(400)

type Store = Pick<ReturnType<typeof testStore>, 'database' | 'write'>

const shown = ({ database }: Pick<Store, 'database'>, request: string) =>
  Buffer.from(showBody(database, { request, which: 'request' })).toString()

function ask(store: Store, number: number, body: Buffer, traceId = 'at-1'): string {
  const requestId = `ar-${number}`
  store.write(started({ requestId, traceId, body }), finished({ requestId }))
  return requestId
}

describe('bodies that repeat one another', () => {
  it('come back byte for byte, in any order of any conversations', () => {
    const store = testStore()
    const message = fc.constantFrom('a', 'b', 'c', 'd').map((letter) => said(long(letter)))
    const step = fc.record({
      trace: fc.constantFrom('at-1', 'at-2', 'at-3'),
      messages: fc.array(message, { maxLength: 8 }),
      tools: fc.array(message, { maxLength: 3 }),
      cut: fc.nat(400),
    })
    let number = 0
    fc.assert(
      fc.property(fc.array(step, { minLength: 2, maxLength: 6 }), (steps) => {
        for (const { trace, messages, tools, cut } of steps) {
          const whole = bodyOf(messages, { tools })
          const body = cut % 5 === 0 ? whole.subarray(0, whole.length - cut) : whole
          expect(shown(store, ask(store, ++number, body, trace))).toBe(body.toString())
        }
      }),
      { numRuns: 60 },
    )
  })

  it('share their pieces with the converted bodies of the same conversation, each side with its own predecessor', () => {
    const store = testStore()
    for (let number = 1; number <= 3; number++) {
      const messages = Array.from({ length: number }, (_, index) => said(long(`w${index}`)))
      const requestId = `ar-${number}`
      const requestBody = bodyOf([{ role: 'system', content: long('s') }, ...messages])
      store.write(
        started({ requestId, body: bodyOf(messages, { system: long('s') }) }),
        attempted({ requestId, mode: 'convert', requestBody }),
        finished({ requestId }),
      )
      const sent = showBody(store.database, { request: requestId, which: 'upstream-request' })
      expect(Buffer.from(sent).equals(requestBody)).toBe(true)
    }
    const long_ = store.database.prepare<[], number>('SELECT count(*) FROM chunks WHERE size > 512').pluck()
    expect(long_.get()).toBe(4)
  })

  it('are whole after retention took away the pieces of the body before', () => {
    const { database } = testStore()
    const writer = openWriter(database)
    const store: Store = {
      database,
      write: (...messages) => writer.write(messages.map((message) => ({ message, bodiesDropped: 0 }))),
    }
    ask(store, 1, bodyOf([said(long('a')), said(long('b'))]))
    const steps = prune(database, {
      before: Number.MAX_SAFE_INTEGER,
      dryRun: false,
      removed: () => writer.forget(),
    })
    while (steps.next().done !== true);
    expect(database.prepare('SELECT count(*) FROM chunks').pluck().get()).toBe(0)
    const body = bodyOf([said(long('a')), said(long('b')), said('more')])
    expect(shown(store, ask(store, 2, body))).toBe(body.toString())
  })

  it('are whole after a batch in between could not be stored', () => {
    const { database } = testStore()
    const writer = openWriter(database)
    const entries = (...messages: Parameters<Store['write']>) =>
      messages.map((message) => ({ message, bodiesDropped: 0 }))
    const body = bodyOf([said(long('a')), said(long('b'))])
    // A value that no column takes.
    const bad = Object.assign(finished({ requestId: 'ar-bad' }), { status: {} })
    const written = writer.write(
      entries(
        started({ requestId: 'ar-bad', body }),
        bad,
        started({ requestId: 'ar-1', body }),
        finished({ requestId: 'ar-1' }),
      ),
    )
    expect(written.rejected).toHaveLength(1)
    const again = bodyOf([said(long('a')), said(long('b')), said('c')])
    writer.write(entries(started({ requestId: 'ar-2', body: again })))
    expect(shown({ database }, 'ar-1')).toBe(body.toString())
    expect(shown({ database }, 'ar-2')).toBe(again.toString())
  })

  it('lose each secret, wherever it stands beside what is new, and keep the rest', () => {
    const store = testStore()
    const secret = `sk-proj-${'a1B2c3D4'.repeat(5)}`
    const known = `${'v'.repeat(12)}-77-of-mine`
    const cleaner = openCleaner()
    cleaner.know([known])
    const writer = openWriter(store.database, cleaner)
    const words = fc.array(fc.constantFrom(secret, known, 'x', long('a'), long('b'), ' ', 'Bearer '), {
      maxLength: 4,
    })
    const message = words.map((parts) => said(parts.join(' ')))
    const stored = store.database.prepare<[], { data: Buffer; coding: number }>(
      'SELECT coding, data FROM chunks',
    )
    let number = 0
    const step = (messages: readonly object[]) => {
      const body = bodyOf(messages, { tools: [said(long('t'))] })
      const requestId = `ar-${++number}`
      const entries = [started({ requestId, body }), finished({ requestId })]
      writer.write(entries.map((one) => ({ message: one, bodiesDropped: 0 })))
      const kept = shown(store, requestId)
      expect(kept).toHaveLength(body.length)
      expect(kept.replace(/\[removed\]\**/g, '')).toBe(
        body.toString().replaceAll(secret, '').replaceAll(known, ''),
      )
    }
    fc.assert(
      fc.property(fc.array(message, { maxLength: 5 }), fc.array(message, { maxLength: 3 }), (first, more) => {
        step(first)
        step([...first, ...more])
        step([...more, ...first.slice(1)])
      }),
      { numRuns: 60 },
    )
    const all = stored.all().map((chunk) => Buffer.from(decompress(chunk)).toString('latin1'))
    expect(all.filter((chunk) => chunk.includes(secret) || chunk.includes(known))).toEqual([])
    expect(all.length).toBeGreaterThan(10)
  })
})
