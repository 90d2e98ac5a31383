// What a person waits for: commands on a database of 100 000 requests, process start included, with the hub running and
// without, and how soon `trace tail` shows a request.

import { execFile, spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { manyRequests } from './store-databases.mjs'
import { hubAt, medianOf, sleep } from './store-hub.mjs'

const run = promisify(execFile)

async function timesOf(rounds, args, env) {
  const times = []
  for (let round = 0; round < rounds; round += 1) {
    const at = performance.now()
    await run(process.execPath, args, { env, maxBuffer: 64 * 1024 * 1024 })
    times.push(performance.now() - at)
  }
  return medianOf(times)
}

const ms = (value) => `${value.toFixed(0)} ms`

export async function* commandTimes({ folder, quick }) {
  const home = join(folder, 'h')
  mkdirSync(home, { recursive: true })
  const count = quick ? 20_000 : 100_000
  manyRequests(join(home, 'axonhub.db'), count, 200)
  const hub = hubAt(home, { demo: true })
  const rounds = quick ? 5 : 15
  const bare = await timesOf(rounds, ['-e', '0'], process.env)
  yield { what: 'node -e 0', figure: ms(bare) }
  const commands = [
    { name: 'trace list', args: ['trace', 'list'] },
    { name: 'trace list --json', args: ['trace', 'list', '--json'] },
    { name: 'trace show (200 requests)', args: ['trace', 'show', 'at-000050'] },
    { name: 'trace show --json (200 requests)', args: ['trace', 'show', 'at-000050', '--json'] },
    { name: 'trace show of a request', args: ['trace', 'show', 'ar-00010050'] },
  ]
  const all = async function* (how) {
    for (const { name, args } of commands) {
      const took = await timesOf(rounds, [hub.bin, ...args], hub.env)
      yield {
        what: `${name}, ${count} requests, ${how}`,
        figure: ms(took),
        goal: '< 150 ms',
        met: took < 150,
      }
    }
  }
  yield* all('hub off')
  await hub.start()
  try {
    yield* all('hub running')
    yield* searchTimes(hub, rounds)
    yield await tailTime(hub, rounds)
  } finally {
    await hub.stop()
  }
}

/** Over the control socket, so that it is the store's time and little else. */
async function* searchTimes(hub, rounds) {
  for (const [name, query] of [
    ['list', 'limit=20'],
    ['list by model', 'limit=20&model=deepseek'],
    ['list by a model that nobody used', 'limit=20&model=nothing'],
    ['list by channel and status', 'limit=20&channel=claude&status=failed'],
    ['search for a word', 'limit=20&text=question'],
  ]) {
    const times = []
    for (let round = 0; round < rounds; round += 1) {
      const at = performance.now()
      await hub.control(`/traces?${query}`)
      times.push(performance.now() - at)
    }
    yield { what: `the store answers: ${name}`, figure: `${medianOf(times).toFixed(1)} ms` }
  }
}

/** From the moment a request is sent until `trace tail` prints it. */
async function tailTime(hub, rounds) {
  const tail = spawn(process.execPath, [hub.bin, 'trace', 'tail', '--json'], {
    env: hub.env,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  let heard
  tail.stdout.setEncoding('utf8').on('data', (text) => {
    if (text.includes('"request-started"')) heard?.()
  })
  await sleep(1_500)
  const times = []
  for (let round = 0; round < rounds; round += 1) {
    const shown = new Promise((resolve) => {
      heard = resolve
    })
    const at = performance.now()
    const answer = hub.ask({ messages: [{ role: 'user', content: `round ${round}` }] })
    await shown
    times.push(performance.now() - at)
    await answer
  }
  tail.kill()
  const took = medianOf(times)
  return {
    what: 'trace tail shows a request after',
    figure: `${took.toFixed(1)} ms`,
    goal: '< 100 ms',
    met: took < 100,
  }
}
