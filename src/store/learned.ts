// Learned compatibility: parameters that an upstream refused for a model, left out from then on.
import type Database from 'better-sqlite3'
import type { Learned } from './views.js'

/** Remembers it; a second time only the date and the reason change. */
export function learn(database: Database.Database, lesson: Learned): void {
  database
    .prepare<[Learned]>(
      `INSERT INTO learned (channel, model, parameter, reason, learned_at)
       VALUES (@channel, @model, @parameter, @reason, @learnedAt)
       ON CONFLICT DO UPDATE SET reason = excluded.reason, learned_at = excluded.learned_at`,
    )
    .run(lesson)
}

/** Forgets all that was learned of a channel. */
export function forgetLearned(database: Database.Database, channel: string): void {
  database.prepare<[string]>('DELETE FROM learned WHERE channel = ?').run(channel)
}

export function listLearned(database: Database.Database): Learned[] {
  return database
    .prepare<[], Learned>(
      `SELECT channel, model, parameter, reason, learned_at AS learnedAt FROM learned
       ORDER BY channel, model, parameter`,
    )
    .all()
}
