// A channel gets another key without being taken away: profiles name it, and keys expire.
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { type RawUpstream, rawUpstream, sendJson, sendSse } from '../support/raw-upstream.js'
import { addressOf, type Bench, makeBench } from './bench.js'

const OLD = 'sk-old-0123456789abcdef'
const NEW = 'sk-new-0123456789abcdef'
const ANSWER =
  'data: {"id":"c","model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"hello"}}]}\n\n' +
  'data: {"id":"c","model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'

let upstream: RawUpstream
let bench: Bench
beforeAll(async () => {
  upstream = await rawUpstream((response, { headers }) =>
    headers.authorization === `Bearer ${NEW}`
      ? sendSse(response, ANSWER)
      : sendJson(response, { error: { message: 'Incorrect API key', code: 'invalid_api_key' } }, 401),
  )
})
afterAll(() => upstream.close())
beforeEach(() => {
  bench = makeBench()
})
afterEach(() => bench.close())

const config = () => readFileSync(join(bench.hub, 'config.yml'), 'utf8')

async function added(): Promise<void> {
  const place = ['--name', 'up', '--endpoint', `openai-chat=${upstream.url}/v1`, '--models', 'm']
  await bench.run(['channel', 'add', ...place, '--api-key-stdin', '--no-test'], { input: OLD })
  await bench.run(['profile', 'create', 'all', '--map', '*=m@up', '--use'])
}

it('is used from the next request on, also by a hub that runs, and the channel rests no longer', async () => {
  await added()
  await bench.run(['serve', '--detach'])
  const key = (await bench.run(['token'])).stdout.trim()
  const address = await addressOf(bench)
  const ask = () =>
    fetch(`${address}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: '{"model":"x","stream":true,"messages":[{"role":"user","content":"hi"}]}',
    })
  const refused = await ask()
  expect([refused.status, await refused.text()]).toEqual([502, expect.stringContaining('channel key up')])
  const before = config()
  const { code, stdout } = await bench.run(['channel', 'key', 'up', '--api-key-stdin'], { input: NEW })
  expect([code, config()]).toEqual([0, before])
  expect(stdout).toMatch(/^The key of the channel "up" is another one now\.\n✓ up\n/)
  expect((await ask()).status).toBe(200)
  expect(await bench.json(['status'])).toMatchObject({ channels: [{ resting: null }] })
})

it('takes a key out of config.yml into the store, and keeps the old one where the new one is no key', async () => {
  await added()
  const file = join(bench.hub, 'config.yml')
  writeFileSync(file, config().replace('keychain:up', `${OLD} # for now`))
  const bad = await bench.run(['channel', 'key', 'up', '--api-key-stdin'], { input: 'two words' })
  expect([bad.code, config()]).toEqual([2, expect.stringContaining(OLD)])
  const { code } = await bench.run(['channel', 'key', 'up', '--api-key-stdin', '--no-test'], { input: NEW })
  expect([code, config()]).toEqual([0, expect.stringContaining('api_key: keychain:up # for now')])
  expect(config()).not.toContain(OLD)
  await bench.run(['channel', 'key', 'up', '--api-key-env', 'UP_KEY', '--no-test'])
  expect(config()).toContain('api_key: env:UP_KEY')
})

it('is refused where it is not clear which key is meant, and without a terminal', async () => {
  await added()
  expect((await bench.run(['channel', 'key', 'up'])).stderr).toContain('--api-key-stdin')
  writeFileSync(join(bench.hub, 'config.yml'), config().replace('keychain:up', '[ env:A, env:B ]'))
  const { code, stderr } = await bench.run(['channel', 'key', 'up', '--api-key-env', 'C'])
  expect([code, stderr]).toEqual([4, expect.stringContaining('has 2 keys that take turns')])
})

const kept = (): unknown => JSON.parse(readFileSync(join(bench.hub, 'secrets.json'), 'utf8'))

it('is an entry of its own where another channel has the same, which keeps its key', async () => {
  await added()
  const shared = `  - { name: two, endpoints: { openai-chat: "${upstream.url}/v1" }, api_key: keychain:up, models: [n] }\n`
  writeFileSync(join(bench.hub, 'config.yml'), config().replace('channels:\n', `channels:\n${shared}`))
  const args = ['channel', 'key', 'two', '--api-key-stdin', '--no-test']
  expect((await bench.run(args, { input: NEW })).code).toBe(0)
  expect(config()).toMatch(/name: two.*api_key: "?keychain:two/)
  expect(kept()).toMatchObject({ secrets: { up: OLD, two: NEW } })
})

it('is kept once config.yml leads to it, also when the hub that runs does not take it', async () => {
  await added()
  const file = join(bench.hub, 'config.yml')
  writeFileSync(file, config().replace('keychain:up', 'env:UP_KEY'))
  const hub = createServer((request, response) => {
    const reply = request.url === '/reload' ? { changed: true, error: 'no' } : { error: null }
    sendJson(response, reply)
  })
  await new Promise<void>((resolve) => hub.listen(join(bench.hub, 'run', 'axonhub.sock'), resolve))
  const { stderr } = await bench.run(['channel', 'key', 'up', '--api-key-stdin'], { input: NEW })
  await new Promise((resolve) => hub.close(resolve))
  expect(stderr).toContain('It is saved')
  expect(config()).toContain('keychain:up')
  expect(kept()).toMatchObject({ secrets: { up: NEW } })
})

it('is what a channel is offered that a profile keeps from being removed', async () => {
  await added()
  const { code, stderr } = await bench.run(['channel', 'remove', 'up'])
  expect(code).toBe(4)
  expect(stderr).toContain('The channel "up" is named by the profile "all".')
  expect(stderr).toContain('"axonhub channel key up"')
})
