// Real daemons, several at once and killed again and again: the provider is asked as often as by one that runs quietly.
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { type Bench, makeBench } from '../cli/bench.js'
import { type AskedServer, startAskedServer } from './asked-server.js'

let provider: AskedServer
let bench: Bench

beforeEach(async () => {
  provider = await startAskedServer()
  provider.answer = {
    body: { is_available: true, balance_infos: [{ currency: 'USD', total_balance: '5' }] },
  }
  bench = makeBench()
  const channel = (name: string) =>
    `  - { name: ${name}, provider: deepseek, api_key: sk-${name}, endpoints: { openai-chat: "${provider.url}" } }`
  const config = ['server: { port: 0 }', 'channels:', ...['a', 'b', 'c', 'd'].map(channel)].join('\n')
  bench.write('.axonhub/config.yml', config.replace('api_key: sk-d', 'api_key: sk-c'))
})
afterEach(async () => {
  await bench.close()
  await provider.close()
})

/** The keys that asked, in the order of the alphabet. */
const asked = () => provider.asked.map(({ headers }) => String(headers['authorization'])).toSorted()
const EACH_ONCE = ['Bearer sk-a', 'Bearer sk-b', 'Bearer sk-c']

/** Longer than a hub waits before it asks first. */
const firstTick = () => pause(2600)

it('of five that start at once in one home one asks, and each account is asked once over three crashes', async () => {
  const env = { AXONHUB_HOME: `${bench.home}/.axonhub` }
  const five = Array.from({ length: 5 }, () => bench.start(['serve'], { env }))
  const refused = five.map(({ ended }) => ended.then(({ code, stderr }) => ({ code, stderr })))
  await vi.waitFor(() => expect(five.filter(({ child }) => child.exitCode === null)).toHaveLength(1), {
    timeout: 15_000,
  })
  await vi.waitFor(() => expect(asked()).toEqual(EACH_ONCE), { timeout: 10_000 })
  let running = five.find(({ child }) => child.exitCode === null)
  const others = await Promise.all(refused.filter((_, index) => five[index] !== running))
  for (const { code, stderr } of others) {
    expect(code).toBe(1)
    expect(stderr).toMatch(/already running|under way/)
  }
  for (let crash = 0; crash < 3; crash++) {
    running?.child.kill('SIGKILL')
    await running?.ended
    running = bench.start(['serve'], { env })
    await running.shows(/hub\.started/)
  }
  await firstTick()
  running?.child.kill('SIGTERM')
  await running?.ended
  expect(asked()).toEqual(EACH_ONCE)
}, 60_000)
