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
    hubs.push({ name: bodies, hub, rounds: [] })
  }
  try {
    const content = printed(dice(7), 60_000)
    const body = JSON.stringify({ model: 'bench', stream: true, messages: [{ role: 'user', content }] })
    for (const { hub } of hubs) await round(hub, quick ? 100 : 400, body)
    for (let number = 0; number < (quick ? 6 : 14); number += 1)
      for (const one of number % 2 === 0 ? hubs : hubs.toReversed()) {
        await sleep(300)
        one.rounds.push(await round(one.hub, quick ? 60 : 150, body))
      }
    const [full, off] = hubs.map(({ rounds }) => ({
      p50: medianOf(rounds.map(({ p50 }) => p50)),
      perSecond: medianOf(rounds.map(({ perSecond }) => perSecond)),
    }))
    yield {
      what: 'capture off: p50, requests a second',
      figure: `${off.p50.toFixed(2)} ms ${off.perSecond.toFixed(0)}`,
    }
    yield {
      what: 'capture full: p50, requests a second',
      figure: `${full.p50.toFixed(2)} ms ${full.perSecond.toFixed(0)}`,
    }
    const p50 = full.p50 / off.p50
    const speed = full.perSecond / off.perSecond
    yield { what: 'p50, full to off', figure: p50.toFixed(3), goal: '≤ 1.02', met: p50 <= 1.02 }
    yield {
      what: 'requests a second, full to off',
      figure: speed.toFixed(3),
      goal: '≥ 0.95',
      met: speed >= 0.95,
    }
  } finally {
    for (const { hub } of hubs) await hub.stop()
    provider.kill()
  }
}
