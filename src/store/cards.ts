// Capability cards, one for each channel, model and endpoint; the card itself is JSON that only its readers understand.
import type Database from 'better-sqlite3'
import type { CardPlace, StoredCard } from './views.js'

/** Keeps the card in place of an earlier one. */
export function putCard(database: Database.Database, card: StoredCard): void {
  database
    .prepare<[StoredCard]>(
      `INSERT OR REPLACE INTO cards (channel, model, protocol, fingerprint, tested_at, card)
       VALUES (@channel, @model, @protocol, @fingerprint, @testedAt, @card)`,
    )
    .run(card)
}

/** Forgets one card; none there is fine. */
export function dropCard(database: Database.Database, place: CardPlace): void {
  database
    .prepare<[CardPlace]>(
      'DELETE FROM cards WHERE channel = @channel AND model = @model AND protocol = @protocol',
    )
    .run(place)
}

export function listCards(database: Database.Database): StoredCard[] {
  return database
    .prepare<[], StoredCard>(
      `SELECT channel, model, protocol, fingerprint, tested_at AS testedAt, card FROM cards
       ORDER BY channel, model, protocol`,
    )
    .all()
}
