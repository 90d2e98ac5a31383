// What a large database costs, beside one with a single session: what agents wait for, commands, starts, memory, and retention
// of a day. Both hubs run side by side and take turns, so that neither is the younger one.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { openForReading } from '../../build/store/open.js'
import { measure, median, taskFor } from './measure.mjs'
import { LOOP_ARGS, loopDelay, memoryMb, sleep } from './processes.mjs'
import { SCENARIOS } from './scenarios.mjs'
import { exchange } from './store-hub.mjs'
import { largeDatabase, markOf } from './store-large.mjs'
import { hubHome } from './targets.mjs'

const named = (name) => SCENARIOS.find((scenario) => scenario.name === name)
const LOADS = {
  relayed: { ...named('agent messages'), warmUp: 2000 },
  converted: { ...named('agent messages>chat'), warmUp: 1200 },
}
const PACED = named('paced at 16 messages')
const ROUNDS = 5
const STARTS = 5
const DAY_MS = 24 * 3_600_000
const IDLE_MS = 12_000

/** Nothing is thrown away before it is asked for; and the channels by which the database was filled. */
const MORE = {
  capture: 'max_size: 900GB, retention: 3650d',
  channels: '  - { name: claude, provider: claude, auth: client }\n',
  rest: 'provider_quota: { check_interval: off }\n',
}

/** A word of one part near the end of the month, of which each gigabyte has some 25. */
const rareWord = ({ databaseGb }) => markOf(Math.max(1, Math.floor(databaseGb * 24)))

const fileOf = (place) => join(place.home, 'axonhub.db')

/** A place for a hub with a database of so many bytes. `kept`: a file that is used, and made where it is not there. */
async function placeWith({ bin, upstream }, bytes, kept) {
  const place = await hubHome({
    bin,
    upstreamPort: upstream.port,
    capture: 'full',
    more: MORE,
  })
  const file = fileOf(place)
  rmSync(file, { force: true })
  if (kept !== undefined && existsSync(kept)) renameSync(kept, file)
  else largeDatabase(file, bytes)
  return {
    ...place,
    remove() {
      if (kept !== undefined) renameSync(file, kept)
      place.remove()
    },
  }
}

const row = (name, figures) => ({ name, figures })

/** ms that each of the works takes, the median of rounds that take turns. */
async function inTurns(rounds, works) {
  const told = Object.fromEntries(Object.keys(works).map((name) => [name, []]))
  for (let round = 0; round < rounds; round += 1)
    for (const [name, work] of Object.entries(works)) {
      const at = performance.now()
      const own = await work()
      told[name].push(own ?? performance.now() - at)
    }
  return Object.fromEntries(Object.entries(told).map(([name, times]) => [name, median(times)]))
}

const each = (pairs, make) =>
  Object.fromEntries(Object.entries(pairs).map(([name, one]) => [name, make(one)]))

async function starts(places) {
  const startMs = (place) => async () => {
    const hub = await place.start()
    await hub.stop()
    return hub.startMs
  }
  return row('daemon to its first answer, ms', await inTurns(STARTS, each(places, startMs)))
}

async function loads(hubs, { upstream, client }) {
  const rows = []
  for (const [how, scenario] of Object.entries(LOADS)) {
    const figures = await measure(scenario, {
      upstream,
      client,
      targets: Object.values(hubs),
      rounds: ROUNDS,
      share: 1,
    })
    for (const [what, field] of [
      ['CPU ms/1000', 'cpuPer1000'],
      ['first byte p50, ms', 'firstByteP50'],
      ['first byte p99, ms', 'firstByteP99'],
      ['wrong', 'wrong'],
    ])
      rows.push(
        row(
          `${how}: ${what}`,
          each(hubs, ({ name }) => figures[name][field]),
        ),
      )
  }
  return rows
}

/** What the hub answers over its control socket: the store's time and little else. */
async function questions(hubs, rare) {
  const ask = async ({ place }, path) => {
    const { status, text } = await exchange({ socketPath: join(place.home, 'run', 'axonhub.sock'), path })
    if (status !== 200) throw new Error(`${path} was answered with ${status}: ${text}`)
    return JSON.parse(text)
  }
  // A session of 40 requests in both; what the loads sent came later.
  const ids = {}
  for (const [name, hub] of Object.entries(hubs)) {
    const listed = await ask(hub, '/traces?limit=200')
    ids[name] = listed.find(({ requests }) => requests === 40).id
  }
  const paths = {
    'trace list': () => '/traces?limit=20',
    'trace list by status': () => '/traces?limit=20&status=failed',
    'trace list by a model that nobody used': () => '/traces?limit=20&model=nothing',
    'search: a word of one part': () => `/traces?limit=20&text=${rare}`,
    'search: a word of all sessions': () => '/traces?limit=20&text=task',
    'search: three words': () => '/traces?limit=20&text=const+return+string',
    'trace show, 40 requests': ({ name }) => `/traces/${ids[name]}`,
    'usage of a day': () => `/usage?by=model&since=${Date.now() - DAY_MS}`,
    'usage of all': () => '/usage?by=day',
    channels: () => '/channels',
    quota: () => '/quota',
    status: () => '/status',
  }
  const rows = []
  for (const [what, path] of Object.entries(paths)) {
    const works = each(hubs, (hub) => () => ask(hub, path(hub)).then(() => undefined))
    rows.push(row(`${what}, ms`, await inTurns(9, works)))
  }
  return rows
}

async function commands(hubs, rare) {
  const run =
    ({ place }, args) =>
    async () => {
      const child = spawn(process.execPath, [place.bin, ...args], { env: place.env, stdio: 'ignore' })
      const [code] = await once(child, 'close')
      if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}.`)
    }
  const rows = []
  for (const args of [['status'], ['quota'], ['trace', 'list'], ['trace', 'list', '--text', rare]])
    rows.push(
      row(
        `axonhub ${args.join(' ')}, ms`,
        await inTurns(
          9,
          each(hubs, (hub) => run(hub, args)),
        ),
      ),
    )
  return rows
}

/** How late the loop and its streams are, alone and while the oldest day is taken out. */
async function retention({ large }, { upstream, client }) {
  const { kind, events, paceMs } = PACED
  await upstream.ask({ kind, events, paceMs })
  const watched = async (isOver) => {
    const firsts = []
    const delays = []
    await loopDelay(large.pid)
    do {
      const { firstByte, delay } = await client.ask(taskFor(PACED, large, PACED.connections))
      firsts.push(firstByte.p99)
      delays.push(delay.p99)
    } while (!isOver())
    const loop = await loopDelay(large.pid)
    return { loop, first: median(firsts), delay: median(delays) }
  }
  const until = performance.now() + 5_000
  const alone = await watched(() => performance.now() > until)
  const file = openForReading(fileOf(large.place))
  const oldest = file.prepare('SELECT min(started_at) FROM requests').pluck().get()
  file.close()
  const days = Math.floor((Date.now() - oldest - DAY_MS) / 1000)
  let isOver = false
  const began = performance.now()
  const pruned = large.place.axonhub('trace', 'prune', '--older-than', `${days}s`, '--json').then((text) => {
    isOver = true
    return { ...JSON.parse(text), took: performance.now() - began }
  })
  const beside = await watched(() => isOver)
  const { took, requests, bytesBefore, bytesAfter } = await pruned
  const about = (what, of) => row(what, { small: of(alone), large: of(beside) })
  return {
    title: `retention of a day: ${requests} requests, ${Math.round((bytesBefore - bytesAfter) / 1e6)} MB in ${(took / 1000).toFixed(1)} s (small: without it)`,
    rows: [
      about('loop delay p99, ms', ({ loop }) => loop.p99),
      about('loop delay at most, ms', ({ loop }) => loop.most),
      about('first byte p99, ms', ({ first }) => first),
      about('delay of an event p99, ms', ({ delay }) => delay),
    ],
  }
}

/** The tables of growth with the database, one after the other. */
export async function* byDatabase(tools) {
  const places = {
    small: await placeWith(tools, 0),
    large: await placeWith(tools, tools.databaseGb * 1e9, tools.database),
  }
  const hubs = {}
  try {
    const rare = rareWord(tools)
    const rows = [await starts(places)]
    for (const [name, place] of Object.entries(places)) {
      const hub = await place.start(LOOP_ARGS)
      hubs[name] = { ...hub, name, place, key: await place.axonhub('token', 'bench') }
    }
    const memory = (when) =>
      row(
        `memory ${when}, MB`,
        each(hubs, ({ pid }) => memoryMb(pid).now),
      )
    await sleep(IDLE_MS)
    rows.push(memory('after the start'))
    rows.push(
      ...(await loads(hubs, tools)),
      ...(await questions(hubs, rare)),
      ...(await commands(hubs, rare)),
    )
    await sleep(IDLE_MS)
    rows.push(memory('after all this'))
    yield { title: 'database', rows }
    yield await retention(hubs, tools)
  } finally {
    for (const hub of Object.values(hubs)) await hub.stop()
    for (const place of Object.values(places)) place.remove()
  }
}
