// The load scenarios as data. A daemon runs for days, so its code is compiled when an agent asks: `warmUp` is how many requests
// may be sent before the first that counts (measure.mjs stops when they get no cheaper).
// `to`: 'relay', or the protocol to convert to. `bytes`: about how long a request is.

import { PROTOCOLS } from './bodies.mjs'

const AGENT_BYTES = 56_000
const BIG_BYTES = 1_000_000
const EVENTS = 200

const SHORT = { 'anthropic-messages': 'messages', 'openai-responses': 'responses', 'openai-chat': 'chat' }

const name = (from, to) => (to === 'relay' ? SHORT[from] : `${SHORT[from]}>${SHORT[to]}`)

const PAIRS = PROTOCOLS.flatMap((from) => [
  [from, 'relay'],
  ...PROTOCOLS.filter((to) => to !== from).map((to) => [from, to]),
])

const STREAM = { kind: 'stream', events: EVENTS, paceMs: 0 }
const JSON_ANSWER = { kind: 'json', events: 20, paceMs: 0 }

function agent([from, to]) {
  return {
    ...STREAM,
    name: `agent ${name(from, to)}`,
    group: 'agent',
    from,
    to,
    bytes: AGENT_BYTES,
    connections: 4,
    requests: 400,
    warmUp: 3000,
  }
}

function big([from, to]) {
  return {
    ...JSON_ANSWER,
    name: `1 MB ${name(from, to)}`,
    group: 'big',
    from,
    to,
    bytes: BIG_BYTES,
    connections: 2,
    requests: 60,
    warmUp: 900,
  }
}

const CHAT = { from: 'openai-chat', to: 'relay' }
const MESSAGES = { from: 'anthropic-messages', to: 'relay' }

function small(connections) {
  const requests = connections === 1 ? 1000 : 3000
  const about = { group: 'small', bytes: 300, connections, requests, warmUp: 5000 }
  return { ...JSON_ANSWER, ...CHAT, ...about, name: `small JSON at ${connections}` }
}

function streams(connections) {
  const requests = 64 * 8
  const about = { group: 'streams', bytes: 300, connections, requests, warmUp: 1000 }
  return { ...STREAM, ...MESSAGES, ...about, name: `streams at ${connections}` }
}

function paced(connections, [from, to]) {
  const about = { group: 'paced', events: 100, paceMs: 5, bytes: 300, connections }
  return {
    ...STREAM,
    ...about,
    name: `paced at ${connections} ${name(from, to)}`,
    from,
    to,
    requests: connections * 3,
    warmUp: connections * 2,
  }
}

function slow(connections) {
  const about = { group: 'slow', events: 12, paceMs: 250, bytes: 300, connections, rounds: 1 }
  return {
    ...STREAM,
    ...MESSAGES,
    ...about,
    name: `slow at ${connections}`,
    requests: connections,
    // The code is that of the streams before.
    warmUp: 0,
  }
}

/** In the order of the table. */
export const SCENARIOS = [
  ...PAIRS.map(agent),
  ...PAIRS.map(big),
  small(1),
  small(32),
  streams(1),
  streams(16),
  streams(64),
  paced(16, ['anthropic-messages', 'relay']),
  paced(16, ['anthropic-messages', 'openai-chat']),
  slow(200),
  slow(1000),
]

/** What `--quick` measures: one of each kind; the slow ones take their seconds whatever the hub does. */
export const QUICK = [
  'agent messages',
  'agent messages>chat',
  '1 MB messages',
  '1 MB messages>chat',
  'small JSON at 32',
  'streams at 64',
  'paced at 16 messages',
]

/** For 'the same at 10, 100, 1 000 streams'. */
export const GROWING_STREAMS = [10, 100, 1000].map(slow)
