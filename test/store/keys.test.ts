import { describe, expect, it } from 'vitest'
import { listKeys, putKey, revokeKey } from '../../src/store/keys.js'
import { learn, listLearned } from '../../src/store/learned.js'
import { openReadOnly } from '../../src/store/read-only.js'
import { started } from '../support/records.js'
import { testStore } from '../support/test-store.js'

const key = (name: string, letter: string) => ({
  name,
  hash: letter.repeat(64),
  prefix: `ah-${letter.repeat(4)}`,
  createdAt: 1_700_000_000_000,
})

describe('keys', () => {
  it('are listed by name', () => {
    const { database } = testStore()
    putKey(database, key('work', 'b'))
    putKey(database, key('codex', 'a'))
    expect(listKeys(database)).toEqual([key('codex', 'a'), key('work', 'b')])
  })

  it('get a new value under the same name', () => {
    const { database } = testStore()
    putKey(database, key('codex', 'a'))
    putKey(database, key('codex', 'c'))
    expect(listKeys(database)).toEqual([key('codex', 'c')])
  })

  it('may not have the value of another key', () => {
    const { database } = testStore()
    putKey(database, key('codex', 'a'))
    expect(() => putKey(database, key('work', 'a'))).toThrow('The key named codex has the same value.')
    expect(listKeys(database)).toEqual([key('codex', 'a')])
  })

  it('are gone with their hash when they are revoked', () => {
    const { database } = testStore()
    putKey(database, key('codex', 'a'))
    revokeKey(database, 'codex')
    expect(listKeys(database)).toEqual([])
    expect(() => revokeKey(database, 'codex')).toThrow('There is no key named codex.')
  })
})

describe('learned compatibility', () => {
  it('is kept once for each channel, model and parameter', () => {
    const { database } = testStore()
    const lesson = { channel: 'local', model: 'qwen', parameter: 'top_k', reason: null, learnedAt: 1 }
    learn(database, lesson)
    learn(database, { ...lesson, reason: 'unknown parameter', learnedAt: 2 })
    learn(database, { ...lesson, model: 'llama' })
    expect(listLearned(database)).toEqual([
      { ...lesson, model: 'llama' },
      { ...lesson, reason: 'unknown parameter', learnedAt: 2 },
    ])
  })
})

describe('the read-only store', () => {
  it('answers questions beside the one who writes, and after', () => {
    const { database, file, write } = testStore()
    write(started())
    const view = openReadOnly(file)
    expect(view.query('list-traces', { limit: 5 })).toHaveLength(1)
    write(started({ requestId: 'ar-2', traceId: 'at-2' }))
    expect(view.query('list-traces', { limit: 5 })).toHaveLength(2)
    view.close()
    database.close()
    const later = openReadOnly(file)
    expect(later.query('show-request', { id: 'ar-2' }).traceId).toBe('at-2')
    expect(() => later.query('show-trace', { id: 'at-none' })).toThrow('There is no trace at-none.')
    later.close()
  })
})
