import { describe, expect, it } from 'vitest'
import { listTraces } from '../../src/store/listing.js'
import type { RequestFinished } from '../../src/store/record.js'
import { closeInterrupted } from '../../src/store/requests.js'
import type { ListTraces } from '../../src/store/views.js'
import { finished, STARTED_AT, started } from '../support/records.js'
import { type TestStore, testStore } from '../support/test-store.js'

function record(
  { write }: TestStore,
  id: string,
  at: number,
  end: Partial<RequestFinished> | undefined,
  traceId = `at-${id}`,
) {
  const requestId = `ar-${id}-${at}`
  write(started({ requestId, traceId, startedAt: STARTED_AT + at, modelAsked: 'claude-haiku-4-5' }))
  if (end !== undefined) write(finished({ requestId, finishedAt: STARTED_AT + at + 1, ...end }))
}

function house(): TestStore {
  const store = testStore()
  record(store, 'ok', 10, { channel: 'deepseek', modelUsed: 'deepseek-chat' })
  record(store, 'failed', 20, { channel: 'local', modelUsed: 'qwen3', outcome: 'failed', status: 500 })
  record(store, 'canceled', 30, { channel: 'local', modelUsed: 'qwen3', outcome: 'canceled' })
  record(store, 'running', 40, undefined)
  record(store, 'mixed', 50, { channel: 'deepseek', modelUsed: 'deepseek-chat', outcome: 'failed' })
  record(store, 'mixed', 60, { channel: 'local', modelUsed: 'qwen3' })
  return store
}

describe('the list of conversations', () => {
  it.each<[string, Omit<ListTraces, 'limit'>, string[]]>([
    ['by a part of the model that answered', { model: 'Qwen' }, ['mixed', 'canceled', 'failed']],
    ['by the model that was asked for', { model: 'haiku', since: STARTED_AT + 40 }, ['mixed', 'running']],
    ['by channel, whatever its case', { channel: 'DeepSeek' }, ['mixed', 'ok']],
    ['by what failed', { status: 'failed' }, ['mixed', 'failed']],
    ['by what failed on a channel', { status: 'failed', channel: 'local' }, ['failed']],
    ['by what runs', { status: 'running' }, ['running']],
    ['by what was canceled', { status: 'canceled' }, ['canceled']],
    ['by what went well', { status: 'ok' }, ['canceled', 'ok']],
    ['by time', { since: STARTED_AT + 30, before: STARTED_AT + 41 }, ['running', 'canceled']],
    ['by a model that nobody used', { model: 'gpt%' }, []],
  ])('is filtered %s', (_, ask, ids) => {
    const listed = listTraces(house().database, { limit: 20, ...ask })
    expect(listed.map(({ id }) => id)).toEqual(ids.map((id) => `at-${id}`))
  })

  it('counts what was canceled, and what the end of the hub interrupted as failed', () => {
    const { database } = house()
    closeInterrupted(database)
    const listed = listTraces(database, { limit: 20 })
    const counts = listed.map(({ id, failed, canceled, running }) => [id, failed, canceled, running])
    expect(counts).toEqual([
      ['at-mixed', 1, 0, 0],
      ['at-running', 1, 0, 0],
      ['at-canceled', 0, 1, 0],
      ['at-failed', 1, 0, 0],
      ['at-ok', 0, 0, 0],
    ])
  })
})
