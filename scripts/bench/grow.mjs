// How the hub's cost grows: with streams at once, turns of a session, channels, mappings and keys, and the size of the database.
// Nothing may grow faster than what it grows with, and what the agent waits for not at all with the database.

import { byDatabase } from './grow-database.mjs'
import { measure } from './measure.mjs'
import { GROWING_STREAMS, SCENARIOS } from './scenarios.mjs'
import { hubTarget } from './targets.mjs'

const RELAY = SCENARIOS.find(({ name }) => name === 'agent messages')
const CONVERSION = SCENARIOS.find(({ name }) => name === 'agent messages>chat')
const TURNS = [1, 10, 50, 200]
const COUNTS = [1, 10, 100, 1000]
const BYTES_PER_TURN = 3300

const row = (name, { cpuPer1000, firstByteP50, firstByteP99, peakMb, wrong }) => ({
  name,
  figures: {
    'CPU ms/1000': cpuPer1000,
    'p50 ms': firstByteP50,
    'p99 ms': firstByteP99,
    'peak MB': peakMb,
    wrong,
  },
})

function channels(count) {
  return Array.from(
    { length: count },
    (_, index) =>
      `  - name: other-${index}\n    api_key: sk-bench\n    models: [other-${index}]\n    endpoints: { openai-chat: "http://127.0.0.1:9/v${index}" }\n`,
  ).join('')
}

function mappings(count) {
  const rules = Array.from({ length: count }, (_, index) => `{ from: "no-${index}-.*", to: other }`)
  return `profiles:\n  bench:\n    mappings: [${rules.join(', ')}]\nactive_profile: bench\n`
}

const keys = (count) =>
  `keys:\n${Array.from({ length: count }, (_, index) => `  other-${index}: {}\n`).join('')}`

async function withHub(tools, more, work) {
  const { bin, upstream } = tools
  const hub = await hubTarget({ name: 'full', bin, upstreamPort: upstream.port, capture: 'full', more })
  try {
    return await work(
      (scenario) =>
        measure(scenario, { ...tools, targets: [hub], rounds: 3, share: 0.5 }).then(({ full }) => full),
      hub,
    )
  } finally {
    await hub.stop()
  }
}

async function byStreams(tools) {
  return withHub(tools, {}, async (ask) => {
    const rows = []
    for (const scenario of GROWING_STREAMS) rows.push(row(scenario.name, await ask(scenario)))
    return { title: 'slow streams at once', rows }
  })
}

async function byTurns(tools) {
  return withHub(tools, {}, async (ask) => {
    const rows = []
    for (const turns of TURNS)
      for (const scenario of [RELAY, CONVERSION]) {
        const bytes = 38_000 + turns * BYTES_PER_TURN
        const kind = scenario === RELAY ? 'relayed' : 'converted'
        rows.push(
          row(`${turns} turns, ${kind}`, await ask({ ...scenario, bytes, requests: 200, warmUp: 300 })),
        )
      }
    return { title: 'turns of a session', rows }
  })
}

async function byCount(tools, title, moreOf) {
  const rows = []
  for (const count of COUNTS)
    rows.push(
      row(`${count} ${title}`, await withHub(tools, moreOf(count), (ask) => ask({ ...RELAY, warmUp: 600 }))),
    )
  return { title, rows }
}

/** The tables by name, so that one of them can be asked for. */
export const GROWTH = {
  'grow-streams': byStreams,
  'grow-turns': byTurns,
  'grow-channels': (tools) => byCount(tools, 'channels', (count) => ({ channels: channels(count) })),
  'grow-mappings': (tools) => byCount(tools, 'mappings', (count) => ({ rest: mappings(count) })),
  'grow-keys': (tools) => byCount(tools, 'keys', (count) => ({ rest: keys(count) })),
  'grow-database': byDatabase,
}

/**
 * Tables of rows, each with its title, as they come. `names`: of `GROWTH`. `tools.databaseGb`: how large the database gets;
 * `tools.database`: where it is kept for the next time.
 */
export async function* measureGrowth(names, tools) {
  for (const name of names) {
    const told = GROWTH[name](tools)
    if (Symbol.asyncIterator in told) yield* told
    else yield await told
  }
}
