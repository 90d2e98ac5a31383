// How soon `trace tail` shows that a request began: before anybody could wonder.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { addressOf, type Bench, keyOf, makeBench } from '../cli/bench.js'
import { type RawUpstream, rawUpstream } from '../support/raw-upstream.js'

const SOON_MS = 100
const TIMES = 9

let bench: Bench
let upstream: RawUpstream

beforeAll(async () => {
  // It never answers: what is shown is the beginning.
  upstream = await rawUpstream(() => undefined)
  bench = makeBench()
  bench.write(
    '../hub/config.yml',
    `channels:\n  - { name: own, endpoints: { openai-chat: "${upstream.url}" } }\n`,
  )
  await bench.run(['serve', '--detach'])
})
afterAll(async () => {
  await upstream.close()
  await bench.close()
})

it('shows a request less than 100 ms after it began', async () => {
  const key = await keyOf(bench)
  const address = await addressOf(bench)
  const tail = bench.start(['trace', 'tail'])
  await tail.shows(/Watching/)
  const seen = (words: string) =>
    new Promise<number>((resolve) => {
      const look = (chunk: Buffer) => {
        if (!chunk.includes(words)) return
        tail.child.stdout?.off('data', look)
        resolve(performance.now())
      }
      tail.child.stdout?.on('data', look)
    })
  const took: number[] = []
  for (let number = 0; number < TIMES; number++) {
    const shown = seen(`asks model-${number}`)
    const hangUp = new AbortController()
    const startedAt = performance.now()
    const asked = fetch(`${address}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: `model-${number}`, messages: [{ role: 'user', content: 'hi' }] }),
      signal: hangUp.signal,
    }).catch(() => undefined)
    took.push((await shown) - startedAt)
    hangUp.abort()
    await asked
  }
  tail.child.kill('SIGINT')
  await tail.ended
  const median = took.toSorted((one, other) => one - other)[Math.floor(TIMES / 2)] ?? 0
  expect(median, `ms: ${took.map(Math.round).join(' ')}`).toBeLessThan(SOON_MS)
})
