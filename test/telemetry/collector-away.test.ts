// The built hub and a collector that is not there, answers with an error, and comes back: `status` says how it stands.

import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { controlClient } from '../../src/control/client.js'
import { askHub, type Bench, makeBench } from '../cli/bench.js'
import { freePort } from '../support/free-port.js'

let bench: Bench
let collector: Server | undefined
let status = 500

beforeEach(() => {
  bench = makeBench()
})
afterEach(async () => {
  await bench.close()
  collector?.closeAllConnections()
  collector?.close()
})

/** A collector on this port. */
async function collect(port: number): Promise<void> {
  collector = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(status).end())
  })
  collector.listen(port, '127.0.0.1')
  await once(collector, 'listening')
}

async function warnings(): Promise<string> {
  const { warnings: told } = await controlClient(join(bench.hub, 'run', 'axonhub.sock')).status()
  return told.join('\n')
}

const soon = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 20_000, interval: 100 })

it('a collector that is away, then fails, then takes spans is told by "status", and no request notices', async () => {
  const port = await freePort()
  await bench.run(['key', 'create', 'default'])
  const file = join(bench.hub, 'config.yml')
  writeFileSync(
    file,
    `keys: { default: {} }\ntelemetry: { otlp: { endpoint: "http://127.0.0.1:${port}" } }\n`,
  )
  await bench.run(['serve', '--detach', '--demo'])
  const ask = async () => expect((await askHub(bench, 'm', 'hi')).status).toBe(200)

  await ask()
  await soon(async () => expect(await warnings()).toMatch(/takes no spans .*ECONNREFUSED/))
  expect((await bench.run(['status'])).stdout).toContain('requests are answered all the same')
  await collect(port)
  await ask()
  await soon(async () => expect(await warnings()).toMatch(/takes no spans .*Internal Server Error/))
  status = 200
  await ask()
  await soon(async () => expect(await warnings()).toBe(''))
}, 90_000)
