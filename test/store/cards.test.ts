import type Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { dropCard, listCards, putCard } from '../../src/store/cards.js'
import { migrate } from '../../src/store/migrations/migrate.js'
import { sqlite } from '../../src/store/sqlite.js'
import type { StoredCard } from '../../src/store/views.js'

const card = (more: Partial<StoredCard> = {}): StoredCard => ({
  channel: 'up',
  model: 'm',
  protocol: 'openai-chat',
  fingerprint: 'f',
  testedAt: 1,
  card: '{}',
  ...more,
})

function opened(): Database.Database {
  const database = new (sqlite())(':memory:')
  migrate(database)
  return database
}

describe('capability cards', () => {
  it('are one for each channel, model and endpoint, the newest', () => {
    const database = opened()
    const other = card({ protocol: 'anthropic-messages' })
    for (const one of [card(), card({ testedAt: 2, card: '{"a":1}' }), other]) putCard(database, one)
    expect(listCards(database)).toEqual([other, card({ testedAt: 2, card: '{"a":1}' })])
  })

  it('are forgotten one by one', () => {
    const database = opened()
    putCard(database, card())
    putCard(database, card({ model: 'n' }))
    dropCard(database, { channel: 'up', model: 'm', protocol: 'openai-chat' })
    dropCard(database, { channel: 'up', model: 'not there', protocol: 'openai-chat' })
    expect(listCards(database).map(({ model }) => model)).toEqual(['n'])
  })
})
