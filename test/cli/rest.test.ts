// A channel that rests: the person sees it in the status, and ends the rest by enabling the channel.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RawUpstream, rawUpstream, sendJson } from '../support/raw-upstream.js'
import { askHub, type Bench, makeBench } from './bench.js'

let bench: Bench
let upstream: RawUpstream
beforeAll(async () => {
  upstream = await rawUpstream((response) => {
    response.setHeader('retry-after', '7200')
    sendJson(response, { error: { message: 'Slow down, please.' } }, 429)
  })
  bench = makeBench()
  mkdirSync(bench.hub, { recursive: true, mode: 0o700 })
  const endpoints = `{ openai-chat: "${upstream.url}/v1" }`
  writeFileSync(
    join(bench.hub, 'config.yml'),
    `channels:\n  - { name: limited, endpoints: ${endpoints}, api_key: sk-x }\n`,
  )
  await bench.run(['serve', '--detach', '--port', '0'])
  await bench.run(['key', 'create', 'mine'])
})
afterAll(async () => {
  await bench.close()
  await upstream.close()
})

describe('a channel that is at its limit', () => {
  it('stands in the status with how long and why, until it is enabled again', async () => {
    expect((await askHub(bench, 'any', 'hello')).status).toBe(429)
    // The longest rest is that of routing.cooldown_cap.
    expect((await bench.run(['status'])).stdout).toMatch(/Resting +limited for 30 min: Slow down, please/)
    const enabled = await bench.run(['channel', 'enable', 'limited'])
    expect(enabled.stdout).toBe('The channel "limited" was enabled already. It no longer rests.\n')
    expect((await bench.run(['status'])).stdout).not.toContain('Resting')
    expect((await bench.run(['channel', 'enable', 'limited'])).stdout).not.toContain('rests')
  })
})
