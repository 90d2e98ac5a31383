// How much sessions take on disk, how much of that is the index of the search, and whether the exact bytes come back.

import { statSync } from 'node:fs'
import { join } from 'node:path'
import { openStore } from '../../build/store/open.js'
import { showBody } from '../../build/store/show.js'
import { openWriter } from '../../build/store/writer.js'
import { records, session, source } from './store-session.mjs'

function write(writer, database, { trace, bodies, kept }) {
  let sent = 0
  let wrong = 0
  let number = 0
  let ms = 0
  for (const { body, answer } of bodies) {
    const id = `${trace}-${number}`
    const told = records({ id, trace, body, answer, startedAt: Date.now(), number })
    const at = performance.now()
    writer.write(told.map((message) => ({ message, bodiesDropped: 0 })))
    ms += performance.now() - at
    sent += body.length + answer.length
    if (kept(number)) {
      for (const [which, bytes] of [
        ['request', body],
        ['response', answer],
      ])
        if (!Buffer.from(showBody(database, { request: id, which })).equals(bytes)) wrong += 1
    }
    number += 1
  }
  return { sent, wrong, ms: ms / number }
}

function sizeOf(database, file) {
  database.pragma('wal_checkpoint(TRUNCATE)')
  const search = database.prepare('SELECT sum(length(block)) FROM search_data').pluck().get()
  return { all: statSync(file).size, search }
}

const percent = (share) => `${(share * 100).toFixed(2)} %`
const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`

export function* sizes({ folder, quick }) {
  const count = quick ? 60 : 200
  const one = join(folder, 'one.db')
  const database = openStore(one)
  const bodies = session(count, 1_000_000, 1)
  const done = write(openWriter(database), database, { trace: 'at-one', bodies, kept: () => true })
  const { all, search } = sizeOf(database, one)
  database.close()
  const name = `session of ${count} requests up to 1 MB from ${source}`
  yield { what: `${name}: sent`, figure: megabytes(done.sent) }
  const share = all / done.sent
  yield {
    what: `${name}: on disk`,
    figure: percent(share),
    goal: '≤ 3 %',
    met: quick ? undefined : share <= 0.03,
  }
  yield {
    what: 'bodies that came back otherwise',
    figure: String(done.wrong),
    goal: '0',
    met: done.wrong === 0,
  }
  yield {
    what: 'index of the search in it',
    figure: percent(search / all),
    goal: '≤ 20 %',
    met: search / all <= 0.2,
  }
  yield { what: 'work of the thread for a request', figure: `${done.ms.toFixed(1)} ms` }

  const many = join(folder, 'many.db')
  const second = openStore(many)
  const writer = openWriter(second)
  const sessions = quick ? 10 : 50
  let sent = 0
  let wrong = 0
  for (let seed = 1; seed <= sessions; seed += 1) {
    const trace = `at-${seed}`
    const told = write(writer, second, {
      trace,
      bodies: session(40, 300_000, seed),
      kept: (n) => n % 13 === 0,
    })
    sent += told.sent
    wrong += told.wrong
  }
  const total = sizeOf(second, many)
  second.close()
  yield { what: `${sessions} sessions of 40 requests up to 300 kB: sent`, figure: megabytes(sent) }
  yield {
    what: `${sessions} sessions: on disk`,
    figure: `${megabytes(total.all)} ${percent(total.all / sent)}`,
  }
  yield {
    what: `${sessions} sessions: index of the search`,
    figure: percent(total.search / total.all),
    goal: '≤ 20 %',
    met: total.search / total.all <= 0.2,
  }
  yield { what: 'bodies that came back otherwise', figure: String(wrong), goal: '0', met: wrong === 0 }
}
