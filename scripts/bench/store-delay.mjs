// How late the event loop is while large bodies are recorded and while retention works on a large database, beside a loop
// that does nothing of the kind.

import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { openRecorder } from '../../build/recorder/recorder.js'
import { manyBytes } from './store-databases.mjs'
import { dice, printed, records } from './store-session.mjs'

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
const GOAL_MS = 5

/** The delay beyond the timer's own step while `work` runs, ms. */
async function delayOf(work) {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  await sleep(100)
  delay.enable()
  await work()
  delay.disable()
  const beyond = (ns) => Math.max(0, ns / 1e6 - 1)
  return { p50: beyond(delay.percentile(50)), p99: beyond(delay.percentile(99)), max: beyond(delay.max) }
}

function told(what, { p50, p99, max }, judged = true) {
  const figure = `${p99.toFixed(1)} ms`
  const about = `${what} (p50 ${p50.toFixed(1)}, most ${max.toFixed(1)})`
  return judged
    ? { what: about, figure, goal: `p99 < ${GOAL_MS} ms`, met: p99 < GOAL_MS }
    : { what: about, figure }
}

function open(database, more = {}) {
  const onError = (error) => process.stderr.write(`${error.message}\n`)
  return openRecorder({ database, capture: 'full', onError, ...more })
}

export async function* bodyDelay({ folder, quick }) {
  const recorder = await open(join(folder, 'bodies.db'))
  const rounds = quick ? 5 : 20
  yield told('event loop, idle', await delayOf(() => sleep(rounds * 300)), false)
  const words = printed(dice(3), 10_000_000)
  const body = Buffer.from(
    JSON.stringify({ model: 'm', messages: [{ role: 'user', content: `00000000${words}` }] }),
  )
  const place = body.indexOf('00000000')
  let longest = 0
  const beside = await delayOf(async () => {
    for (let number = 0; number < rounds; number += 1) {
      // Another body each time, without the work of making one.
      body.write(String(number).padStart(8, '0'), place)
      const [start, , end] = records({
        id: `ar-${number}`,
        trace: 'at-big',
        body,
        answer: body,
        startedAt: Date.now(),
      })
      for (const message of [start, end]) {
        await sleep(150)
        const at = performance.now()
        recorder.record(message)
        longest = Math.max(longest, performance.now() - at)
      }
    }
  })
  await recorder.flush()
  yield { what: `record() of a body of 10 MB, longest of ${rounds * 2}`, figure: `${longest.toFixed(1)} ms` }
  yield told('event loop, bodies of 10 MB recorded', beside)
  const dropped = recorder.stats().bodiesDropped
  yield { what: 'bodies left out meanwhile', figure: String(dropped) }
  await recorder.close()
}

export async function* retentionDelay({ folder, quick }) {
  const bytes = quick ? 200e6 : 2e9
  const file = join(folder, 'large.db')
  manyBytes(file, bytes, 24 * 60)
  const recorder = await open(file)
  const size = `${(bytes / 1e9).toFixed(1)} GB`
  yield told('event loop, idle', await delayOf(() => sleep(3_000)), false)
  let done
  let took = 0
  const questions = []
  const beside = await delayOf(async () => {
    const began = performance.now()
    const pruning = recorder.prune({ olderThanMs: 30 * 24 * 3_600_000, dryRun: false }).then((pruned) => {
      done = pruned
    })
    for (let number = 0; done === undefined; number += 1) {
      for (const message of records({
        id: `ar-beside-${number}`,
        trace: 'at-beside',
        body: Buffer.from('{}'),
        startedAt: Date.now(),
      }))
        recorder.record(message)
      const at = performance.now()
      await recorder.query('list-traces', { limit: 20 })
      questions.push(performance.now() - at)
      await sleep(5)
    }
    await pruning
    took = performance.now() - began
  })
  yield told(`event loop, retention on ${size}`, beside)
  const freed = (done.bytesBefore - done.bytesAfter) / 1e6
  yield {
    what: 'retention took',
    figure: `${(took / 1000).toFixed(1)} s`,
    goal: `freed ${freed.toFixed(0)} MB, ${done.bodies} bodies`,
  }
  questions.sort((one, other) => one - other)
  yield {
    what: 'a question beside retention, p99',
    figure: `${(questions[Math.floor(questions.length * 0.99)] ?? 0).toFixed(1)} ms`,
  }
  await recorder.close()
}
