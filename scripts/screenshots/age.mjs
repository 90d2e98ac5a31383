// Moves what was recorded just now back in time, so that the pictures show weeks of use: each real request to a day of its
// own, each figure of a plan to an hour of the last day. Only while no hub runs on the database.

import { sqlite } from '../../build/store/sqlite.js'

const HOUR = 3_600_000
const DAY = 24 * HOUR

export function ageDatabase(file, now) {
  const database = new (sqlite())(file)
  const requests = database.prepare('SELECT seq, started_at AS at FROM requests ORDER BY seq').all()
  const moveRequest = database.prepare(
    'UPDATE requests SET started_at = started_at - @back, finished_at = finished_at - @back WHERE seq = @seq',
  )
  const moveAttempts = database.prepare(
    'UPDATE attempts SET started_at = started_at - @back WHERE request = @seq',
  )
  const figures = database.prepare('SELECT seq, taken_at AS at FROM quota_snapshots ORDER BY seq').all()
  const moveFigure = database.prepare(
    'UPDATE quota_snapshots SET taken_at = taken_at - @back, resets_at = resets_at - @back WHERE seq = @seq',
  )
  database.transaction(() => {
    for (const [index, { seq }] of requests.entries()) {
      // More on some days than on others, as people work.
      const share = 1 - (index + 1) / requests.length
      const back = Math.round(share ** 1.4 * 13) * DAY + (index % 5) * HOUR
      moveRequest.run({ seq, back })
      moveAttempts.run({ seq, back })
    }
    database.exec(
      `UPDATE traces SET started_at = (SELECT min(started_at) FROM requests WHERE trace = traces.seq),
         last_at = (SELECT max(started_at) FROM requests WHERE trace = traces.seq)`,
    )
    for (const [index, { seq, at }] of figures.entries()) {
      const target = now - 23.5 * HOUR + (index / figures.length) * 23 * HOUR
      moveFigure.run({ seq, back: Math.round(at - target) })
    }
  })()
  database.close()
}
