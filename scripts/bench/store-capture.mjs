// What an agent notices of recording: the same requests through one hub that keeps everything and one that keeps nothing, in
// rounds that take turns, as ratios. The provider answers at once, so that nothing hides the hub.

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { hubAt, medianOf, sleep } from './store-hub.mjs'
import { dice, printed } from './store-session.mjs'

const PROVIDER = 'provider'
const CONNECTIONS = 4

/** In a process of its own: answers each chat request with a stream of 200 events. */
function provide() {
  const words = printed(dice(5), 6_000).match(/[\s\S]{1,30}/g) ?? []
  const event = (delta, finish_reason = null) =>
    `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'bench', choices: [{ index: 0, delta, finish_reason }] })}\n\n`
  const answer = `${words.map((content) => event({ content })).join('')}${event({}, 'stop')}data: [DONE]\n\n`
  const server = createServer((incoming, outgoing) => {
    incoming.resume().on('end', () => {
      outgoing.writeHead(200, { 'content-type': 'text/event-stream' })
      outgoing.end(answer)
    })
  })
  server.listen(0, '127.0.0.1', () => process.send?.(server.address().port))
}

if (process.argv[2] === PROVIDER) provide()

/** `count` requests over some connections; the median time of one, ms, and how many a second. */
async function round(hub, count, body) {
  const times = []
  const began = performance.now()
  let left = count
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      while (left > 0) {
        left -= 1
        const at = performance.now()
        await hub.ask(body)
        times.push(performance.now() - at)
      }
    }),
  )
  return { p50: medianOf(times), perSecond: (count / (performance.now() - began)) * 1000 }
}

/** Rounds of `count` requests that take turns among the hubs, after a pause each; the medians by the hub's name. */
async function inTurns(hubs, rounds, count, body) {
  const told = Object.fromEntries(hubs.map(({ name }) => [name, []]))
  for (let number = 0; number < rounds; number += 1)
    for (const { name, hub } of number % 2 === 0 ? hubs : hubs.toReversed()) {
      await sleep(300)
      told[name].push(await round(hub, count, body))
    }
  const medians = (name) => ({
    p50: medianOf(told[name].map(({ p50 }) => p50)),
    perSecond: medianOf(told[name].map(({ perSecond }) => perSecond)),
  })
  return { full: medians('full'), off: medians('off') }
}

/** Bursts as agents make them, and seconds without a pause, in which the store must keep up on the same two cores. */
const LOADS = [
  { name: 'bursts of 150 requests', count: 150, rounds: 14, goals: true },
  { name: '2 s without a pause', count: 1_500, rounds: 4, goals: false },
]

function* ratios({ name, goals }, { full, off }) {
  const told = ({ p50, perSecond }) => `${p50.toFixed(2)} ms ${perSecond.toFixed(0)}`
  yield { what: `${name}, capture off: p50, requests a second`, figure: told(off) }
  yield { what: `${name}, capture full: p50, requests a second`, figure: told(full) }
  const p50 = full.p50 / off.p50
  const speed = full.perSecond / off.perSecond
  const goal = (words, met) => (goals ? { goal: words, met } : {})
  yield { what: `${name}: p50, full to off`, figure: p50.toFixed(3), ...goal('≤ 1.02', p50 <= 1.02) }
  yield {
    what: `${name}: requests a second, full to off`,
    figure: speed.toFixed(3),
    ...goal('≥ 0.95', speed >= 0.95),
  }
}

export async function* captureCost({ folder, quick }) {
  const provider = fork(fileURLToPath(import.meta.url), [PROVIDER])
  const [port] = await once(provider, 'message')
  const hubs = []
  for (const bodies of ['full', 'off']) {
    const home = join(folder, bodies.slice(0, 1))
    mkdirSync(home)
    const config = `server: { capture: { bodies: ${bodies} } }\nchannels:\n  - { name: up, api_key: sk-bench, endpoints: { openai-chat: "http://127.0.0.1:${port}/v1" } }\n`
    const hub = hubAt(home, { config })
    await hub.start()
    hubs.push({ name: bodies, hub })
  }
  try {
    const content = printed(dice(7), 60_000)
    const body = JSON.stringify({ model: 'bench', stream: true, messages: [{ role: 'user', content }] })
    for (const { hub } of hubs) await round(hub, quick ? 300 : 1_500, body)
    for (const load of quick ? LOADS.slice(0, 1) : LOADS)
      yield* ratios(load, await inTurns(hubs, quick ? 6 : load.rounds, load.count, body))
  } finally {
    for (const { hub } of hubs) await hub.stop()
    provider.kill()
  }
}
